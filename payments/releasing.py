"""Let go of a payment whose reason is gone, but for what is kept of it."""

from atlas.errors import Conflict
from payments import operations, services
from payments.rules.amounts import refundable
from payments.rules.owing import RELEASE
from payments.rules.types import OperationKind, TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction


def release(*, transaction_id: str, keep: int, reason: str, request: str = RELEASE) -> PaymentTransaction:
    """Keep `keep` cents (0: nothing) of a payment, however far it is: void, capture in part, or refund the rest.

    `request` names the reason among `payments.rules.owing.OWED`: each gives back once. Harmless when it was done
    before, or nothing is held any more; raises what `void`, `capture` and `refund` raise.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status in CLOSED or row.status is TransactionStatus.REFUNDED:
        return row
    if row.status is TransactionStatus.CAPTURED:
        return _give_back(row, keep, reason, request)
    try:
        if keep:
            return services.capture(transaction_id=transaction_id, amount=min(keep, row.amount))
        return services.void(transaction_id=transaction_id)
    except Conflict:
        row = PaymentTransaction.fetch(transaction_id)
        if row.status is TransactionStatus.CAPTURED:  # somebody captured it in full while we decided
            return _give_back(row, keep, reason, request)
        raise


def _give_back(row: PaymentTransaction, keep: int, reason: str, request: str) -> PaymentTransaction:
    """One refund per payment, however often it is asked for; what was given back before counts.

    One that is rejected is asked for again by a plan of its own (`payments.rules.owing`).
    """
    if operations.refund_by_key(row, operations.key_for(row.id, request)) is not None:
        return _follow(row)
    promised = row.refunded + operations.refunds_under_way(row) + operations.contested(row)
    rest = refundable(captured=row.amount, refunded=promised) - keep
    if rest <= 0:
        return row
    try:
        return services.refund(transaction_id=row.id, amount=rest, reason=reason, request_key=request)
    except Conflict as refused:
        if refused.code != "refund_refused":
            raise
        return PaymentTransaction.fetch(row.id)


def _follow(row: PaymentTransaction) -> PaymentTransaction:
    """It was asked for before: what is under way of it is brought on."""
    for operation in operations.pending(row, OperationKind.REFUND):
        services.follow_refund(transaction_id=row.id, key=operation.key)
    return PaymentTransaction.fetch(row.id)
