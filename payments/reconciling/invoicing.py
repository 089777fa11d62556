"""One invoice of ours beside Square's: what is owed on either side, and whether what nobody owes can be paid. No I/O.

A transfer by bank is none of Square's business; the invoice that it paid instead is: it must be closed there.
"""

from collections.abc import Sequence
from datetime import datetime

from payments import operations
from payments.billing.rules import ON_ACCOUNT
from payments.gateway import Invoice, Payment, Refund
from payments.gateway.invoices import OWED, SETTLED
from payments.reconciling.comparing import NOTHING, Finding, compare, finding_of, kept_of, stuck
from payments.rules.differences import DifferenceKind, Mend
from payments.rules.types import PaymentMethod
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction

K = DifferenceKind


def may_differ(row: PaymentTransaction) -> bool:
    """Whether its invoice at Square says more than a payment there: while it is owed, and once nobody is to pay it."""
    if row.method not in ON_ACCOUNT or row.bill is None or row.bill.gateway_id is None:
        return False
    return row.is_owed or is_over(row)


def is_over(row: PaymentTransaction) -> bool:
    """Called off, or paid by bank: nobody can be asked for it at Square any more."""
    return row.status in CLOSED or (row.method is PaymentMethod.WIRE and not row.is_owed)


def compare_lowered(row: PaymentTransaction) -> Finding:
    """An open invoice of more than is owed (`is_overbilled`): both sides agree, and yet it is wrong."""
    about = (f"{row.bill.lowered_to} owed", f"{row.amount} invoiced", row.bill.lowered_to - row.amount)
    return finding_of(row, K.OVERBILLED, Mend.REISSUE, *about)


def compare_owed(row: PaymentTransaction, invoice: Invoice | None, now: datetime) -> list[Finding]:
    """An invoice that is open here; None where Square knows none of its id."""
    if (waits := stuck(row, now)) is not None:
        return [waits]
    if operations.pending(row):
        return []
    found = _owed_differs(row, invoice)
    return [finding_of(row, *found)] if found is not None else []


def _owed_differs(
    row: PaymentTransaction, invoice: Invoice | None
) -> tuple[DifferenceKind, Mend, str, str, int] | None:
    if invoice is None:
        return K.MISSING_THERE, Mend.REVIEW, str(row.status), NOTHING, row.amount
    if invoice.currency != row.currency:
        return K.CURRENCY, Mend.REVIEW, row.currency, invoice.currency, invoice.amount
    if invoice.amount != row.amount:
        return K.AMOUNT, Mend.REVIEW, str(row.amount), str(invoice.amount), invoice.amount - row.amount
    if invoice.status not in OWED:
        mend = Mend.FOLLOW if invoice.status in SETTLED else Mend.REVIEW
        return K.STATE, mend, str(row.status), invoice.status, invoice.amount
    return (K.AMOUNT, Mend.REVIEW, "0 paid", f"{invoice.paid} paid", invoice.paid) if invoice.paid else None


def compare_over(
    row: PaymentTransaction, invoice: Invoice | None, payment: Payment | None, refunds: Sequence[Refund], now: datetime
) -> list[Finding]:
    """An invoice that nobody is to pay: Square asks for it still, or somebody has paid it there all the same.

    `payment` is what settled it. One that was called off here can be taken over; one that was paid by bank before has
    been paid twice.
    """
    if (waits := stuck(row, now)) is not None:
        return [waits]
    if invoice is None or operations.pending(row):
        return []
    if invoice.status in OWED:
        return [finding_of(row, K.STATE, Mend.RELEASE, str(row.status), invoice.status, invoice.amount)]
    if payment is None or not (kept := kept_of(payment, refunds)):
        return []
    if row.status in CLOSED:
        return compare(row, payment, refunds, now, theirs=payment.gateway_id)
    about = (f"{row.status} by {row.method}", f"{invoice.status} {payment.gateway_id}", kept)
    return [finding_of(row, K.DUPLICATE, Mend.REFUND, *about, gateway_id=payment.gateway_id)]
