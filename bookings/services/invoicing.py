"""Rides on account: invoiced when they are over, called off or credited when they are not to be paid.

Numbers are given in the transaction that makes the paper, so that the series of an operator has no gaps.
"""

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from bookings.events import PaperDue
from bookings.rules.notices import NoticeKind
from bookings.rules.receipt_number import Paper
from bookings.services.numbering import take_number
from bookings.tables import Booking
from payments.billing.documents import CreditNote
from payments.billing.following import call_off
from payments.billing.issuing import begin_issue, settle_issue
from payments.billing.lowering import lower
from payments.billing.rules import ON_ACCOUNT
from payments.releasing import release
from payments.rules import owing
from payments.rules.types import OperationState, TransactionStatus
from payments.tables import PaymentTransaction

CANCELLED = "cancel"
"""Key of the credit note over all that was open of an invoice that was called off unpaid."""
LOWERED = "lowered"
"""Key of the one over what is not owed of it any more."""


def is_on_account(transaction_id: str) -> bool:
    return PaymentTransaction.fetch(transaction_id).method in ON_ACCOUNT


def invoice_ride(*, booking_id: str, transaction_id: str, amount: int | None = None) -> None:
    """Ask for the ride's price, or `amount` cents of it. Harmless once done. Raises `Unavailable`: call again."""
    _begin(booking_id=booking_id, transaction_id=transaction_id, amount=amount)
    settle_issue(transaction_id=transaction_id)


def release_ride(*, booking_id: str, transaction_id: str, keep: int, reason: str, request: str = owing.RELEASE) -> None:
    """Only `keep` cents are owed: the ride was called off, or was shorter. Harmless when it was done before.

    Not invoiced yet, `keep` is; invoiced and not paid, nothing to keep calls the invoice off; paid, what is above it
    is given back. Of an open invoice that asks for more than is kept finance hears: Square cannot lower one.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status is not TransactionStatus.PENDING:
        release(transaction_id=transaction_id, keep=keep, reason=reason, request=request)
    elif row.issued_at is None and keep:
        invoice_ride(booking_id=booking_id, transaction_id=transaction_id, amount=min(keep, row.amount))
    elif keep == 0:
        call_off(transaction_id=transaction_id)
    else:
        lower(transaction_id=transaction_id, keep=keep)


@retried
def credit(*, booking_id: str, transaction_id: str) -> bool:
    """Give each refund of an invoiced payment, and an invoice that was lowered or called off, its credit note.

    What was invoiced and is not to be paid any more must not stand uncorrected in anybody's books. False: none is due.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.bill is None:
        return False
    known = {note.key for note in row.bill.credit_notes}
    owing = [
        (each.key, each.amount) for each in row.refunds if each.state is OperationState.DONE and each.key not in known
    ]
    if row.bill.lowered_to == row.amount and LOWERED not in known:
        owing.append((LOWERED, row.bill.amount - row.amount))
    if row.status is TransactionStatus.VOIDED and CANCELLED not in known:
        owing.append((CANCELLED, row.amount))
    if not owing:
        return False
    key, amount = owing[0]
    with transact() as tx:
        number = take_number(tx, Paper.CREDIT_NOTE, operator_id=row.payee_id, booking_id=booking_id)
        note = CreditNote(number=number, amount=amount, at=utc_now(), key=key)
        row.bill.credit_notes = [*row.bill.credit_notes, note]
        tx.save(row)
        outbox.add(tx, PaperDue(booking_id, NoticeKind.CREDIT_NOTE, number))
    if len(owing) > 1:
        credit(booking_id=booking_id, transaction_id=transaction_id)
    return True


@retried
def _begin(*, booking_id: str, transaction_id: str, amount: int | None) -> None:
    row = PaymentTransaction.fetch(transaction_id)
    if row.issued_at is not None or row.status is not TransactionStatus.PENDING:
        return
    booking = Booking.fetch(booking_id)
    with transact() as tx:
        number = take_number(tx, Paper.INVOICE, operator_id=str(booking.operator_id), booking_id=booking_id)
        begin_issue(tx=tx, row=row, number=number, amount=amount)
