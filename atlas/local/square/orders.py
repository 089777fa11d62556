"""Square's Orders API, as far as invoices need it: https://developer.squareup.com/reference/square/orders-api"""

import json
import re
import sqlite3
from typing import Any

from . import order_document
from .calls import Answer, Call, Endpoint
from .errors import SquareError, not_found
from .fields import Fields, Money
from .idempotency import once

LONGEST_ORDER_KEY = 192
_KNOWN = frozenset({"location_id", "reference_id", "customer_id", "line_items", "metadata", "ticket_name", "source"})
_UNSUPPORTED = frozenset(
    {"taxes", "discounts", "service_charges", "fulfillments", "rewards", "pricing_options", "state"}
)
_ITEM_KNOWN = frozenset({"uid", "name", "quantity", "note", "base_price_money", "item_type", "metadata"})
_ITEM_UNSUPPORTED = frozenset(
    {
        "catalog_object_id",
        "catalog_version",
        "variation_name",
        "modifiers",
        "applied_taxes",
        "applied_discounts",
        "applied_service_charges",
        "quantity_unit",
        "pricing_blocklists",
    }
)
_MOST_ITEMS = 500
_WHOLE = re.compile(r"[1-9][0-9]{0,8}")


def create_order(call: Call) -> Answer:
    """An OPEN order of ad-hoc line items."""
    outer = Fields(call.body, known={"idempotency_key", "order"})
    key = outer.text("idempotency_key", longest=LONGEST_ORDER_KEY)
    given = outer.mapping("order")
    if given is None:
        raise SquareError("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="order")
    fields = Fields(given, known=_KNOWN, unsupported=_UNSUPPORTED, prefix="order.")
    echoed = {
        name: value
        for name, longest in (("reference_id", 40), ("customer_id", 191), ("ticket_name", 30))
        if (value := fields.text(name, longest=longest)) is not None
    }
    metadata = fields.mapping("metadata")
    lines = [_line(call, entry) for entry in _items(given.get("line_items"))]

    def work() -> Answer:
        document = order_document.new_order(
            lines,
            location_id=fields.required_text("location_id", longest=50),
            currency=call.config.currency,
            now=call.now,
            echoed={**echoed, **({"metadata": metadata} if metadata else {})},
        )
        insert_order(call.db, document)
        return Answer({"order": document})

    return once(call, scope="CreateOrder", key=key, work=work) if key else work()


def get_order(call: Call) -> Answer:
    return Answer({"order": load_order(call.db, call.path["order_id"])})


def insert_order(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute("INSERT INTO orders (id, body) VALUES (?, ?)", (document["id"], json.dumps(document)))


def save_order(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute("UPDATE orders SET body = ? WHERE id = ?", (json.dumps(document), document["id"]))


def load_order(db: sqlite3.Connection, order_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM orders WHERE id = ?", (order_id,)).fetchone()
    if row is None:
        raise not_found("order", order_id)
    return dict(json.loads(row["body"]))


def _items(given: Any) -> list[dict[str, Any]]:
    items = given or []
    if not isinstance(items, list) or not all(isinstance(entry, dict) for entry in items):
        raise SquareError("EXPECTED_ARRAY", "Expected an array of objects.", field="order.line_items")
    if len(items) > _MOST_ITEMS:
        raise SquareError("ARRAY_LENGTH_TOO_LONG", f"At most {_MOST_ITEMS} items.", field="order.line_items")
    return items


def _line(call: Call, entry: dict[str, Any]) -> tuple[dict[str, Any], Money]:
    fields = Fields(entry, known=_ITEM_KNOWN, unsupported=_ITEM_UNSUPPORTED, prefix="order.line_items.")
    quantity = fields.required_text("quantity", longest=12)
    if not _WHOLE.fullmatch(quantity):
        raise SquareError("INVALID_VALUE", "Expected a whole quantity.", field="order.line_items.quantity")
    price = fields.required_money("base_price_money", currency=call.config.currency)
    given: dict[str, Any] = {"name": fields.required_text("name", longest=512), "quantity": quantity}
    given |= {name: value for name in ("uid", "note") if (value := fields.text(name, longest=2000)) is not None}
    return {**given, "base_price_money": price.as_json()}, price._replace(amount=price.amount * int(quantity))


ENDPOINTS = (
    Endpoint("POST", "/v2/orders", create_order),
    Endpoint("GET", "/v2/orders/{order_id}", get_order),
)
