"""Both sides of one payment as they are this instant: what a run suspects is looked at here before it is said."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from payments import gateway
from payments.gateway import Payment, Refund, Refused
from payments.reconciling.comparing import Finding, compare, compare_invoice, compare_stray, compare_twins, is_live
from payments.rules.differences import DifferenceKind
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
    if row is not None and row.is_owed:
        return look_at_invoice(row, now)
    payment = find_payment(theirs) if theirs else None
    refunds = refunds_of(payment)
    if row is None or (row.payment_gateway_id and theirs != row.payment_gateway_id):
        return compare_stray(row, subject.transaction_id, payment, refunds) if payment is not None else []
    found = compare(row, payment, refunds, now)
    if not row.payment_gateway_id:  # given up here, and yet there: the finding has to name it
        found = [each if each.kind is DifferenceKind.STUCK else replace(each, gateway_id=theirs) for each in found]
    return [*found, *twins_of(row)]


def look_at_invoice(row: PaymentTransaction, now: datetime) -> list[Finding]:
    """Whether Square has the money of an invoice that is open here."""
    if row.bill.gateway_id is None:
        return compare(row, None, (), now)
    invoice_id = row.bill.gateway_id
    invoice = answer(lambda: gateway.get_invoice(invoice_id))
    return compare_invoice(row, invoice, now)


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
