"""Square's Invoices API: https://developer.squareup.com/reference/square/invoices-api

An invoice of one payment request (BALANCE), sent by e-mail or shared by its link, is told of by ``invoice.created``,
``invoice.published``, ``invoice.updated``, ``invoice.payment_made``, ``invoice.canceled``, ``invoice.refunded`` and
``invoice.deleted``. Nobody writes an e-mail here.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from . import invoice_document, order_document
from .calls import Answer, Call, Endpoint
from .errors import SquareError, version_mismatch
from .fields import Fields
from .idempotency import once
from .invoice_records import (
    delete_invoice,
    insert_invoice,
    invoice_of_order,
    is_number_taken,
    load_invoice,
    save_invoice,
)
from .listing import list_documents
from .orders import load_order, save_order
from .recipients import recipient_of
from .webhooks import record_event

_LONGEST_KEY = 128
_TEXTS = {"invoice_number": 191, "title": 255, "description": 65536, "payment_conditions": 2000}
_KNOWN = frozenset(
    {
        "location_id",
        "order_id",
        "primary_recipient",
        "payment_requests",
        "delivery_method",
        "accepted_payment_methods",
        "sale_or_service_date",
        "store_payment_method_enabled",
        *_TEXTS,
    }
)
_UNSUPPORTED = frozenset({"scheduled_at", "custom_fields", "subscription_id", "attachments"})
_METHODS = frozenset({"card", "square_gift_card", "bank_account", "buy_now_pay_later", "cash_app_pay"})
_REQUEST_UNSUPPORTED = frozenset({"card_id", "fixed_amount_requested_money", "percentage_requested", "reminders"})
_VERSION = re.compile(r"[0-9]{1,9}")


def create_invoice(call: Call) -> Answer:
    """A DRAFT for an OPEN order that has no invoice yet."""
    outer = Fields(call.body, known={"idempotency_key", "invoice"})
    key = outer.text("idempotency_key", longest=_LONGEST_KEY)
    given = outer.mapping("invoice")
    if given is None:
        raise SquareError("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="invoice")
    fields = Fields(given, known=_KNOWN, unsupported=_UNSUPPORTED, prefix="invoice.")

    def work() -> Answer:
        order = load_order(call.db, fields.required_text("order_id", longest=192))
        _refuse_order(call, order)
        location = fields.text("location_id", longest=50) or order["location_id"]
        values = _read(fields, given, location, order["id"])
        number = values.get("invoice_number")
        if number and is_number_taken(call.db, location, number):
            detail = "The invoice number is already in use at this location."
            raise SquareError("VALUE_ALREADY_EXISTS", detail, field="invoice.invoice_number")
        document = invoice_document.new_invoice(values, order, recipient_of(call, fields), call.now)
        insert_invoice(call.db, document)
        record_event(call, "invoice.created", "invoice", document)
        return Answer({"invoice": document})

    return once(call, scope="CreateInvoice", key=key, work=work) if key else work()


def publish_invoice(call: Call) -> Answer:
    fields = Fields(call.body, known={"idempotency_key", "version"})
    key = fields.text("idempotency_key", longest=_LONGEST_KEY)
    version = _required_version(fields)

    def work() -> Answer:
        return _change(
            call,
            version,
            lambda document: invoice_document.publish(document, now=call.now, public_url=call.config.public_url),
            "invoice.published",
        )

    return once(call, scope=f"PublishInvoice {call.path['invoice_id']}", key=key, work=work) if key else work()


def cancel_invoice(call: Call) -> Answer:
    """An open one: nobody can pay it any more, and its order is CANCELED."""
    version = _required_version(Fields(call.body, known={"version"}))
    answer = _change(
        call, version, lambda document: invoice_document.cancel(document, now=call.now), "invoice.canceled"
    )
    _cancel_order(call, answer.body["invoice"]["order_id"])
    return answer


def delete_invoice_draft(call: Call) -> Answer:
    """A DRAFT; its order is CANCELED."""
    document = load_invoice(call.db, call.path["invoice_id"])
    given = call.query.get("version")
    if given is not None and (not _VERSION.fullmatch(given) or int(given) != document["version"]):
        raise version_mismatch("version")
    invoice_document.refuse_unless_draft(document)
    delete_invoice(call.db, document["id"])
    _cancel_order(call, document["order_id"])
    record_event(call, "invoice.deleted", "invoice", document)
    return Answer({})


def get_invoice(call: Call) -> Answer:
    return Answer({"invoice": load_invoice(call.db, call.path["invoice_id"])})


def list_invoices(call: Call) -> Answer:
    """Those of a location, newest first, 100 a page."""
    if not call.query.get("location_id"):
        raise SquareError("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="location_id")
    documents, more = list_documents(call, table="invoices", filters={"location_id": "location_id"})
    return Answer({"invoices": documents, **more})


def follow_refund(call: Call, payment: dict[str, Any]) -> None:
    """A refund of ``payment`` was completed: the invoice that it paid, if any, shows it."""
    document = invoice_of_order(call.db, payment.get("order_id"))
    if document is None or document["status"] not in invoice_document.SETTLED:
        return
    document = invoice_document.give_back(document, payment["refunded_money"]["amount"], now=call.now)
    save_invoice(call.db, document)
    record_event(call, "invoice.refunded", "invoice", document)


def _change(call: Call, version: int, change: Callable[[dict[str, Any]], dict[str, Any]], event: str) -> Answer:
    document = load_invoice(call.db, call.path["invoice_id"])
    if document["version"] != version:
        raise version_mismatch("version")
    document = change(document)
    save_invoice(call.db, document)
    record_event(call, event, "invoice", document)
    return Answer({"invoice": document})


def _required_version(fields: Fields) -> int:
    version = fields.integer("version", default=-1, lowest=-1, highest=2**31)
    if version < 0:
        raise SquareError("MISSING_REQUIRED_PARAMETER", "Missing required parameter.", field="version")
    return version


def _cancel_order(call: Call, order_id: str) -> None:
    save_order(call.db, order_document.cancel(load_order(call.db, order_id), now=call.now))


def _refuse_order(call: Call, order: dict[str, Any]) -> None:
    if order["state"] != "OPEN":
        raise SquareError("BAD_REQUEST", "The order is not open.", field="invoice.order_id")
    if invoice_of_order(call.db, order["id"]) is not None:
        raise SquareError("BAD_REQUEST", "The order has an invoice already.", field="invoice.order_id")
    if not order["total_money"]["amount"]:
        raise SquareError("BAD_REQUEST", "The order comes to nothing.", field="invoice.order_id")


def _read(fields: Fields, given: dict[str, Any], location_id: str, order_id: str) -> dict[str, Any]:
    values: dict[str, Any] = {"location_id": location_id, "order_id": order_id}
    for name, longest in _TEXTS.items():
        if (text := fields.text(name, longest=longest)) is not None:
            values[name] = text
    if (day := fields.text("sale_or_service_date", longest=10)) is not None:
        values["sale_or_service_date"] = _day(day, "invoice.sale_or_service_date")
    methods = Fields(
        fields.mapping("accepted_payment_methods") or {}, known=_METHODS, prefix="invoice.accepted_payment_methods."
    )
    accepted = {name: methods.boolean(name, default=False) for name in sorted(_METHODS)}
    if not any(accepted.values()):
        detail = "At least one method of payment must be accepted."
        raise SquareError("MISSING_REQUIRED_PARAMETER", detail, field="invoice.accepted_payment_methods")
    return {
        **values,
        "payment_requests": [_read_request(given.get("payment_requests"))],
        "delivery_method": fields.choice("delivery_method", {"EMAIL", "SHARE_MANUALLY"}, default="EMAIL"),
        "accepted_payment_methods": accepted,
        "store_payment_method_enabled": fields.boolean("store_payment_method_enabled", default=False),
    }


def _read_request(given: Any) -> dict[str, Any]:
    place = "invoice.payment_requests"
    if not isinstance(given, list) or len(given) != 1 or not isinstance(given[0], dict):
        raise SquareError("SANDBOX_NOT_SUPPORTED", "The local sandbox takes one payment request.", field=place)
    known = {"request_type", "due_date", "tipping_enabled", "automatic_payment_source"}
    fields = Fields(given[0], known=known, unsupported=_REQUEST_UNSUPPORTED, prefix=f"{place}.")
    return {
        "request_type": fields.choice("request_type", {"BALANCE"}, default="BALANCE"),
        "due_date": _day(fields.required_text("due_date", longest=10), f"{place}.due_date"),
        "tipping_enabled": fields.boolean("tipping_enabled", default=False),
        "automatic_payment_source": fields.choice("automatic_payment_source", {"NONE"}, default="NONE"),
    }


def _day(text: str, field: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise SquareError("INVALID_VALUE", "Expected a date such as 2030-01-24.", field=field) from error


ENDPOINTS = (
    Endpoint("POST", "/v2/invoices", create_invoice),
    Endpoint("GET", "/v2/invoices", list_invoices),
    Endpoint("GET", "/v2/invoices/{invoice_id}", get_invoice),
    Endpoint("DELETE", "/v2/invoices/{invoice_id}", delete_invoice_draft),
    Endpoint("POST", "/v2/invoices/{invoice_id}/publish", publish_invoice),
    Endpoint("POST", "/v2/invoices/{invoice_id}/cancel", cancel_invoice),
)
