"""Let go of a payment whose reason is gone, but for what is kept of it."""

from atlas.errors import Conflict
from payments import operations, services
from payments.rules.amounts import refundable
from payments.rules.types import TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction

REQUEST_KEY = "release"
"""Names the one refund of a release among those that people ask for."""


def release(*, transaction_id: str, keep: int, reason: str) -> PaymentTransaction:
    """Keep `keep` cents (0: nothing) of a payment, however far it is: void, capture in part, or refund the rest.

    Harmless when it was done before, or nothing is held any more; raises what `void`, `capture` and `refund` raise.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status in CLOSED or row.status is TransactionStatus.REFUNDED:
        return row
    if row.status is TransactionStatus.CAPTURED:
        return _give_back(row, keep, reason)
    try:
        if keep:
            return services.capture(transaction_id=transaction_id, amount=min(keep, row.amount))
        return services.void(transaction_id=transaction_id)
    except Conflict:
        row = PaymentTransaction.fetch(transaction_id)
        if row.status is TransactionStatus.CAPTURED:  # somebody captured it in full while we decided
            return _give_back(row, keep, reason)
        raise


def _give_back(row: PaymentTransaction, keep: int, reason: str) -> PaymentTransaction:
    """One refund per payment, however often it is asked for; what was given back before counts."""
    asked = operations.refund_by_key(row, operations.key_for(row.id, REQUEST_KEY))
    promised = row.refunded + operations.refunds_under_way(row)
    rest = asked.amount if asked else refundable(captured=row.amount, refunded=promised) - keep
    if rest <= 0:
        return row
    return services.refund(transaction_id=row.id, amount=rest, reason=reason, request_key=REQUEST_KEY)
