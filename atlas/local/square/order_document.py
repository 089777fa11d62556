"""What an order is and what it may become: pure functions on Square's JSON document.

Only what an invoice needs: line items with a price of their own, which add up; no catalogue, taxes, discounts or
fulfilments. An order is OPEN, then COMPLETED (paid through its invoice) or CANCELED (its invoice was).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from . import identifiers
from .fields import Money
from .times import rfc3339


def new_order(
    lines: Sequence[tuple[dict[str, Any], Money]], *, location_id: str, currency: str, now: datetime, echoed: Any
) -> dict[str, Any]:
    """``lines`` are the items as they were given, each with its total; ``echoed`` goes into the document as it came."""
    nothing = Money(0, currency)
    total = Money(sum(amount.amount for _, amount in lines), currency).as_json()
    moment = rfc3339(now)
    items = [
        {
            "uid": identifiers.opaque(22),
            **given,
            "item_type": "ITEM",
            "variation_total_price_money": amount.as_json(),
            "gross_sales_money": amount.as_json(),
            "total_tax_money": nothing.as_json(),
            "total_discount_money": nothing.as_json(),
            "total_money": amount.as_json(),
        }
        for given, amount in lines
    ]
    return {
        "id": identifiers.order_id(),
        "location_id": location_id,
        **echoed,
        "line_items": items,
        "net_amounts": {"total_money": total, "tax_money": nothing.as_json(), "discount_money": nothing.as_json()},
        "created_at": moment,
        "updated_at": moment,
        "state": "OPEN",
        "version": 1,
        "total_money": total,
        "total_tax_money": nothing.as_json(),
        "total_discount_money": nothing.as_json(),
        "total_tip_money": nothing.as_json(),
        "total_service_charge_money": nothing.as_json(),
        "net_amount_due_money": total,
        "source": {"name": "Local sandbox"},
    }


def pay(document: dict[str, Any], payment: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    """A payment is a tender of its order; the order is COMPLETED once nothing is due any more."""
    due = document["net_amount_due_money"]["amount"] - payment["total_money"]["amount"]
    tender = {
        "id": payment["id"],
        "location_id": document["location_id"],
        "transaction_id": document["id"],
        "created_at": payment["created_at"],
        "amount_money": payment["total_money"],
        "type": "CARD",
        "payment_id": payment["id"],
    }
    new = _touched(document, now)
    new["tenders"] = [*document.get("tenders", []), tender]
    new["net_amount_due_money"] = {**document["net_amount_due_money"], "amount": due}
    if not due:
        new |= {"state": "COMPLETED", "closed_at": new["updated_at"]}
    return new


def cancel(document: dict[str, Any], *, now: datetime) -> dict[str, Any]:
    new = _touched(document, now)
    return {**new, "state": "CANCELED", "closed_at": new["updated_at"]}


def _touched(document: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {**document, "updated_at": rfc3339(now), "version": document["version"] + 1}
