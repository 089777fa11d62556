"""Payments of the past, for demo data: there at once, dated back, and without an event, as if they had always been."""

from datetime import timedelta
from typing import Any

from . import payment_document
from .calls import Answer, Call
from .errors import SquareError
from .fields import Fields
from .payment_document import Order
from .payment_records import insert_payment
from .sources import resolve_source
from .times import parse_time

_DELAY, _DELAY_TEXT = timedelta(days=7), "PT168H"
_FIELDS = frozenset({"reference_id", "note", "amount_money", "captured", "created_at"})
_SOURCE = "cnon:card-nonce-ok"


def import_payments(call: Call) -> Answer:
    """``{"payments": [{"reference_id", "note", "amount_money", "captured", "created_at"}]}``, all or none.

    Each is COMPLETED when ``captured``, else APPROVED and held for seven days from ``created_at``. Answers with the
    documents in the same order; from then on they are payments like any other.
    """
    entries = call.body.get("payments")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SquareError("EXPECTED_ARRAY", "Expected an array of objects.", field="payments")
    documents = [_document(call, Fields(entry, known=_FIELDS, prefix="payments.")) for entry in entries]
    for document in documents:
        insert_payment(call.db, document)
    return Answer({"payments": documents})


def _document(call: Call, fields: Fields) -> dict[str, Any]:
    try:
        created_at = parse_time(fields.required_text("created_at", longest=40))
    except ValueError as error:
        raise SquareError("INVALID_TIME", "Expected a time with an offset.", field="payments.created_at") from error
    order = Order(
        amount=fields.required_money("amount_money", currency=call.config.currency, lowest=1),
        tip=None,
        location_id=call.config.location_id,
        autocomplete=False,
        delay=_DELAY,
        delay_text=_DELAY_TEXT,
        delay_action="CANCEL",
        statement="LOCAL SANDBOX",
        echoed={name: fields.required_text(name, longest=500) for name in ("reference_id", "note")},
    )
    document = payment_document.authorize(order, resolve_source(_SOURCE), now=created_at)
    if fields.boolean("captured", default=False):
        return payment_document.capture(document, now=created_at, public_url=call.config.public_url)
    return document
