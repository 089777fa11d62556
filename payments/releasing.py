"""Let go of a payment whose reason is gone, but for what is kept of it."""

from payments import services
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction


def release(*, transaction_id: str, keep: int, reason: str) -> PaymentTransaction:
    """Keep `keep` cents (0: nothing) of a payment, however far it is: void, capture in part, or refund the rest.

    Harmless when it was done before; raises what `void`, `capture` and `refund` raise.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status in (TransactionStatus.CAPTURED, TransactionStatus.REFUNDED):
        rest = row.amount - keep
        if rest <= 0:
            return row
        return services.refund(transaction_id=transaction_id, amount=rest, reason=reason, request_key="release")
    if keep:
        return services.capture(transaction_id=transaction_id, amount=min(keep, row.amount))
    return services.void(transaction_id=transaction_id)
