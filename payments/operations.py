"""The operations inside a transaction: each logical request to the gateway with its key, oldest first. No I/O."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from atlas.shards import shard_of
from payments.rules.types import OperationKind, OperationState
from payments.tables import Operation, PaymentTransaction

ANSWER_WITHIN = timedelta(minutes=2)
"""Longer than any living process waits for Square: an operation still pending then was left by a crash."""

ABANDON_AFTER = timedelta(minutes=30)
"""Who opened an authorisation settles it within minutes; one that nobody came back for is released then."""


def start(
    row: PaymentTransaction,
    kind: OperationKind,
    amount: int,
    *,
    now: datetime,
    key: str | None = None,
    reason: str | None = None,
) -> Operation:
    """Add a pending operation. It must be saved before the gateway is asked."""
    operation = Operation(
        kind=kind, key=key or str(uuid4()), amount=amount, state=OperationState.PENDING, at=now, reason=reason
    )
    row.operations = [*row.operations, operation]
    look_again(row, now + (ABANDON_AFTER if kind is OperationKind.AUTHORIZE else ANSWER_WITHIN))
    return operation


def finish(row: PaymentTransaction, operation: Operation, *, code: str | None = None) -> None:
    """The gateway's last word: done, or failed with its `code`."""
    operation.state = OperationState.FAILED if code else OperationState.DONE
    operation.code = code
    if not pending(row):
        row.due_shard = row.due_at = None


def look_again(row: PaymentTransaction, at: datetime) -> None:
    """Have the periodic job ask the gateway at this time if no answer has come until then."""
    row.due_shard, row.due_at = shard_of(row.id), at


def pending(row: PaymentTransaction, kind: OperationKind | None = None) -> list[Operation]:
    return [
        each for each in row.operations if each.state is OperationState.PENDING and (kind is None or each.kind is kind)
    ]


def closing(row: PaymentTransaction) -> Operation | None:
    """The capture or void that is under way: there is one at most."""
    found = [each for each in pending(row) if each.kind in (OperationKind.CAPTURE, OperationKind.VOID)]
    return found[0] if found else None


def authorization(row: PaymentTransaction) -> Operation:
    """The operation every CARD payment begins with."""
    return next(each for each in row.operations if each.kind is OperationKind.AUTHORIZE)


def refund_by_key(row: PaymentTransaction, key: str) -> Operation | None:
    return next((each for each in row.operations if each.kind is OperationKind.REFUND and each.key == key), None)


def refund_by_gateway(row: PaymentTransaction, gateway_id: str) -> Operation | None:
    return next((each for each in row.operations if each.gateway_id == gateway_id), None)


def refunds_under_way(row: PaymentTransaction) -> int:
    """Cents promised to go back and not yet counted in `refunded`."""
    return sum(each.amount for each in pending(row, OperationKind.REFUND))


def key_for(transaction_id: str, request_key: str | None) -> str:
    """The key of one click: the same click, sent again, is the same operation. 36 characters."""
    return str(uuid5(UUID(transaction_id), request_key)) if request_key else str(uuid4())
