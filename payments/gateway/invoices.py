"""An invoice at Square: an order that says what is owed, a draft of it, published, then paid on Square's own page.

Square sends no e-mail of its own (`SHARE_MANUALLY`) and learns no name: the customer is a number of ours
(`payments.gateway.customers`). The description carries our mark and id, so that an invoice finds its way back here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast

from django.conf import settings
from square.core.unchecked_base_model import construct_type
from square.types.invoice import Invoice as SquareInvoice

from payments.gateway.calling import ONCE, OutcomeUnknown, Refused, ask, client

InvoiceStatus = Literal[
    "DRAFT",
    "UNPAID",
    "SCHEDULED",
    "PARTIALLY_PAID",
    "PAID",
    "PARTIALLY_REFUNDED",
    "REFUNDED",
    "CANCELED",
    "FAILED",
    "PAYMENT_PENDING",
]

SETTLED = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})
"""All of it was paid, whatever went back since."""
OWED = frozenset({"UNPAID", "SCHEDULED", "PARTIALLY_PAID", "PAYMENT_PENDING"})
"""Published: it may be paid any moment."""


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One thing that is owed for; `amount` in cents, everything included."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What an invoice says: the same bill under the same key is the same invoice."""

    customer_id: str
    reference: str
    """What it is for, as our rows name it; at most 40 characters."""
    number: str
    """Unique at our location: Square refuses it twice."""
    title: str
    note: str
    lines: Sequence[InvoiceLine]
    due_on: date
    currency: str

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice as Square has it; amounts in cents, `url` where it can be paid."""

    gateway_id: str
    order_id: str
    version: int
    status: InvoiceStatus
    amount: int
    paid: int
    currency: str
    note: str
    number: str = ""
    url: str | None = None


def issue(bill: Bill, *, key: str) -> Invoice:
    """Make the order, the draft and the published invoice, each under a key of its own that follows from `key`.

    Whatever came of an earlier try is found again; returned is the invoice as it is now, paid or cancelled as it may
    be. Raises `Refused` when Square will not have it, and when its sum is not ours (`AMOUNT_MISMATCH`: then nothing is
    published and nobody can pay it).
    """
    order_id = _order(bill, key=f"{key}-order")
    draft = _draft(bill, order_id, key=f"{key}-draft")
    if (draft.amount, draft.currency) != (bill.amount, bill.currency):
        raise Refused("AMOUNT_MISMATCH", f"Square makes {draft.amount} {draft.currency} of {bill.amount}.")
    _publish(draft, key=f"{key}-open")
    return get_invoice(draft.gateway_id)  # answers that are replayed are as old as their first time


def cancel_invoice(gateway_id: str) -> Invoice:
    """Nobody owes it any more. Returns it as it is afterwards, also when it had been closed, or paid, before."""
    found = get_invoice(gateway_id)
    if found.status not in OWED:
        return found
    try:
        answer = ask(lambda: client().invoices.cancel(gateway_id, version=found.version, request_options=ONCE))
    except Refused:
        found = get_invoice(gateway_id)
        if found.status in OWED:
            raise
        return found
    return _invoice(answer.invoice)


def get_invoice(gateway_id: str) -> Invoice:
    """The invoice as it is now."""
    return _invoice(ask(lambda: client().invoices.get(gateway_id, request_options=ONCE)).invoice)


def payments_of_order(order_id: str) -> tuple[str, ...]:
    """Square's ids of the payments of an order, oldest first: an invoice does not name them itself."""
    order = ask(lambda: client().orders.get(order_id, request_options=ONCE)).order
    return tuple(each.payment_id for each in (order and order.tenders) or () if each.payment_id)


def read_invoice(document: Mapping[str, Any]) -> Invoice:
    """The invoice in a webhook. Raises `ValueError` when it is not one."""
    return _invoice(construct_type(type_=SquareInvoice, object_=document))


def _order(bill: Bill, *, key: str) -> str:
    answer = _once(
        lambda: client().orders.create(
            idempotency_key=key,
            order={
                "location_id": settings.SQUARE_LOCATION_ID,
                "reference_id": bill.reference,
                "customer_id": bill.customer_id,
                "line_items": [
                    {
                        "name": line.name,
                        "quantity": "1",
                        "base_price_money": {"amount": line.amount, "currency": cast(Any, bill.currency)},
                    }
                    for line in bill.lines
                ],
            },
            request_options=ONCE,
        )
    )
    if answer.order is None or answer.order.id is None:
        raise OutcomeUnknown("Square named no order.")
    return str(answer.order.id)


def _draft(bill: Bill, order_id: str, *, key: str) -> Invoice:
    answer = _once(
        lambda: client().invoices.create(
            idempotency_key=key,
            invoice={
                "location_id": settings.SQUARE_LOCATION_ID,
                "order_id": order_id,
                "primary_recipient": {"customer_id": bill.customer_id},
                "payment_requests": [
                    {
                        "request_type": "BALANCE",
                        "due_date": bill.due_on.isoformat(),
                        "automatic_payment_source": "NONE",
                    }
                ],
                "delivery_method": "SHARE_MANUALLY",
                "accepted_payment_methods": {"card": True},
                "invoice_number": bill.number,
                "title": bill.title,
                "description": bill.note,
            },
            request_options=ONCE,
        )
    )
    return _invoice(answer.invoice)


def _publish(draft: Invoice, *, key: str) -> None:
    try:
        _once(
            lambda: client().invoices.publish(
                draft.gateway_id, version=draft.version, idempotency_key=key, request_options=ONCE
            )
        )
    except Refused:
        if get_invoice(draft.gateway_id).status == "DRAFT":
            raise


def _once(call: Any) -> Any:
    """A request with a key: that it was sent before with other data says nothing of what came of it."""
    try:
        return ask(call)
    except Refused as refusal:
        if refusal.code == "IDEMPOTENCY_KEY_REUSED":
            raise OutcomeUnknown("This key was sent before with other data.") from refusal
        raise


def _invoice(found: SquareInvoice | None) -> Invoice:
    request = next(iter(found.payment_requests or ()), None) if found else None
    asked = request and request.computed_amount_money
    if not (found and found.id and found.order_id and found.status and asked and asked.amount is not None):
        raise ValueError("This is no invoice of Square's.")
    paid = request.total_completed_amount_money if request else None
    return Invoice(
        gateway_id=found.id,
        order_id=found.order_id,
        version=found.version or 0,
        status=cast(InvoiceStatus, found.status),
        amount=asked.amount,
        paid=(paid.amount or 0) if paid else 0,
        currency=str(asked.currency),
        note=found.description or "",
        number=found.invoice_number or "",
        url=found.public_url,
    )
