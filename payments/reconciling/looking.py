"""Both sides of one payment as they are this instant: what a run suspects is looked at here before it is said."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from payments import gateway
from payments.billing.lowering import is_overbilled
from payments.billing.rules import ON_ACCOUNT
from payments.gateway import Invoice, Payment, Refund, Refused
from payments.reconciling.comparing import Finding, compare, compare_stray, compare_twins, is_live
from payments.reconciling.invoicing import compare_lowered, compare_over, compare_owed, may_differ
from payments.services.asking import NOTE, answer
from payments.tables import PaymentTransaction

NOT_FOUND = "NOT_FOUND"
MOST_TWINS = 20
"""Payments of one reference that are looked at."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A payment: our id, and Square's (None: whatever our row says)."""

    transaction_id: str
    gateway_id: str | None


def look(subject: Subject, now: datetime) -> list[Finding]:
    """Every difference of this payment. Raises `Unavailable` when Square does not answer."""
    row = PaymentTransaction.find(subject.transaction_id, consistent=True)
    theirs = subject.gateway_id or (row.payment_gateway_id if row is not None else None)
    if row is not None and (may_differ(row) or is_overbilled(row)):
        return look_at_invoice(row, now)
    payment = find_payment(theirs) if theirs else None
    if row is not None and payment is not None:
        payment = whole(row, payment)
    refunds = refunds_of(payment)
    if row is None or (row.payment_gateway_id and theirs != row.payment_gateway_id):
        return compare_stray(row, subject.transaction_id, payment, refunds) if payment is not None else []
    return [*compare(row, payment, refunds, now, theirs=theirs), *twins_of(row)]


def look_at_invoice(row: PaymentTransaction, now: datetime) -> list[Finding]:
    """Whether both say the same of an invoice that is owed, or that nobody is to pay any more."""
    invoice_id = row.bill.gateway_id
    found = compare_owed(row, find_invoice(invoice_id), now) if row.is_owed and invoice_id else []
    if row.is_owed:
        return found or ([compare_lowered(row)] if is_overbilled(row) else [])
    invoice = find_invoice(invoice_id)
    payment = payment_of(row)
    return compare_over(row, invoice, payment, refunds_of(payment), now)


def payment_of(row: PaymentTransaction) -> Payment | None:
    """What was paid for its invoice at Square, whether or not we know of it."""
    ids = answer(lambda: gateway.payments_of_order(row.bill.order_id))
    payment = find_payment(ids[0]) if ids else None
    return whole(row, payment) if payment is not None else None


def whole(row: PaymentTransaction, payment: Payment) -> Payment:
    """The payment of an invoice that was paid in several, as one: only their sum can agree with what was billed."""
    if row.method not in ON_ACCOUNT or row.bill is None or payment.amount == row.amount:
        return payment
    ids = answer(lambda: gateway.payments_of_order(row.bill.order_id))
    parts = [payment, *(answer(partial(gateway.get, id)) for id in ids if id != payment.gateway_id)]
    refunds = tuple(id for part in parts for id in part.refund_ids)
    return replace(payment, amount=sum(part.amount for part in parts), refund_ids=refunds)


def find_invoice(gateway_id: str) -> Invoice | None:
    """None for one that Square does not know."""
    try:
        return answer(lambda: gateway.get_invoice(gateway_id))
    except Refused as refusal:
        if refusal.code == NOT_FOUND:
            return None
        raise


def find_payment(gateway_id: str) -> Payment | None:
    """None for one that Square does not know."""
    try:
        return answer(lambda: gateway.get(gateway_id))
    except Refused as refusal:
        if refusal.code == NOT_FOUND:
            return None
        raise


def refunds_of(payment: Payment | None) -> list[Refund]:
    """Each as it is now: one call per refund."""
    ids = payment.refund_ids if payment is not None else ()
    return [answer(partial(gateway.get_refund, id)) for id in ids]


def twins_of(row: PaymentTransaction) -> list[Finding]:
    """Whether something else pays for the same. One query, none for a payment that holds no money."""
    if not is_live(row):
        return []
    others = PaymentTransaction.booking_index.query(row.reference, limit=MOST_TWINS)
    return compare_twins(row, [each for each in others if each.id != row.id])


def our_id(payment: Payment) -> str | None:
    """The id of ours that a payment at Square bears; None for what is none of our business there."""
    text = payment.note.removeprefix(NOTE)
    try:
        return str(UUID(text)) if text != payment.note else None
    except ValueError:
        return None
