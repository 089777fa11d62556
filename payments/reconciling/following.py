"""Our row brought to where Square has its payment, whatever either said before. No I/O.

Webhooks and answers move a row forward along its lifecycle (`payments.progress`). This is for what never came, and for
a record that is wrong: it may go anywhere, and leaves the operations as Square tells them.
"""

from collections.abc import Sequence
from datetime import datetime

from payments import operations, progress
from payments.events import PaymentCorrected, PaymentFailed, PaymentRefunded, PaymentSettled, RefundFailed
from payments.gateway import Payment, Refund
from payments.reconciling.comparing import REFUND_STATES, TAKEN, unanswered
from payments.rules.types import OperationState, TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import Operation, PaymentTransaction

NOT_AT_SQUARE = "NOT_AT_SQUARE"


def follow(row: PaymentTransaction, payment: Payment | None, refunds: Sequence[Refund], now: datetime) -> list[object]:
    """Change `row` in memory; returns the events that tell of it. The same again changes nothing and tells nothing."""
    if payment is None:
        return _forgotten(row)
    was = (row.status, row.amount, row.currency, row.refunded)
    events = progress.follow_payment(row, payment, corrects=True) if row.status is TransactionStatus.AUTHORIZED else []
    progress.note(row, payment)
    if payment.status in ("APPROVED", "COMPLETED"):
        row.amount, row.currency = payment.amount, payment.currency
    moved = _follow_refunds(row, refunds, now)
    before, row.status = row.status, _status(row, payment)
    if row.status in TAKEN and before not in TAKEN:
        events.append(PaymentSettled(row.reference, row.id, row.amount))
    elif row.status is TransactionStatus.FAILED and before not in CLOSED:
        events.append(PaymentFailed(row.reference, row.id, progress.LAPSED))
    events += [_told(row, operation) for operation in moved]
    if not events and was != (row.status, row.amount, row.currency, row.refunded):
        events.append(PaymentCorrected(row.reference, row.id))
    return events


def _forgotten(row: PaymentTransaction) -> list[object]:
    """Square knows no such payment: nothing is held."""
    if row.status is not TransactionStatus.AUTHORIZED:
        return []
    row.status = TransactionStatus.FAILED
    for operation in operations.pending(row):
        operations.finish(row, operation, code=NOT_AT_SQUARE)
    return [PaymentFailed(row.reference, row.id, NOT_AT_SQUARE)]


def _status(row: PaymentTransaction, payment: Payment) -> TransactionStatus:
    match payment.status:
        case "APPROVED":
            return TransactionStatus.AUTHORIZED
        case "COMPLETED":
            return TransactionStatus.REFUNDED if row.refunded >= row.amount else TransactionStatus.CAPTURED
        case "CANCELED" | "FAILED":
            return row.status if row.status in CLOSED else TransactionStatus.FAILED
        case _:
            return row.status


def _follow_refunds(row: PaymentTransaction, refunds: Sequence[Refund], now: datetime) -> list[Operation]:
    """The operations that came to their end by this."""
    theirs, asked = {each.gateway_id: each for each in refunds}, unanswered(row)
    answered = [each for each in row.refunds if each.gateway_id]
    moved = [each for each in answered if _take_over(each, theirs.pop(str(each.gateway_id), None))]
    for refund in theirs.values():
        if asked[refund.amount]:  # the answer to one that we asked for: its key is replayed, and finds it
            asked[refund.amount] -= 1
        elif REFUND_STATES[refund.status] is not OperationState.FAILED:
            operation = progress.given_there(row, refund, now)
            operation.state = REFUND_STATES[refund.status]
            moved.append(operation)
    row.refunded = sum(each.amount for each in row.refunds if each.state is OperationState.DONE)
    if not operations.pending(row):
        row.due_shard = row.due_at = None
    elif row.due_at is None:
        operations.look_again(row, now + operations.ANSWER_WITHIN)
    return [each for each in moved if each.state is not OperationState.PENDING]


def _take_over(operation: Operation, refund: Refund | None) -> bool:
    """Whether its state changed."""
    state = REFUND_STATES[refund.status] if refund is not None else OperationState.FAILED
    if refund is not None:
        operation.amount = refund.amount
    if operation.state is state:
        return False
    operation.state = state
    operation.code = None
    if state is OperationState.FAILED:
        operation.code = refund.status if refund is not None else NOT_AT_SQUARE
    return True


def _told(row: PaymentTransaction, refund: Operation) -> object:
    if refund.state is OperationState.DONE:
        return PaymentRefunded(row.reference, row.id, refund.amount, row.refunded, row.amount)
    return RefundFailed(row.reference, row.id, refund.amount, refund.code or "FAILED")
