"""The operations inside a transaction: each logical request to the gateway with its key, oldest first. No I/O."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from atlas.shards import shard_of
from payments.ledger.kinds import DisputeState
from payments.rules.owing import OWED, PAUSES, request_keys
from payments.rules.types import OperationKind, OperationState, PaymentMethod
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
    waiting = [each.at for each in pending(row)]
    if not waiting:
        row.due_shard = row.due_at = None
    elif row.due_at is None or min(waiting) > row.due_at:  # all of them planned for later
        look_again(row, min(waiting))


def ask_again(row: PaymentTransaction, rejected: Operation, *, now: datetime) -> None:
    """Plan the next try of a refund that is owed (`payments.rules.owing`); nothing for others, or after the last one.

    It is under way from now on, `at` is when Square hears of it.
    """
    chains = [[key_for(row.id, each) for each in request_keys(request)] for request in OWED]
    keys = next((chain for chain in chains if rejected.key in chain[:-1]), None)
    if keys is None:
        return
    tries = keys.index(rejected.key)
    if refund_by_key(row, keys[tries + 1]) is None:
        at, due = now + PAUSES[tries], row.due_at
        start(row, OperationKind.REFUND, rejected.amount, now=at, key=keys[tries + 1], reason=rejected.reason)
        look_again(row, min(at, due or at))


def owed(row: PaymentTransaction) -> Operation | None:
    """What has to go back by another way: the refund was rejected for the last time."""
    last = (refund_by_key(row, key_for(row.id, request_keys(request)[-1])) for request in OWED)
    return next((each for each in last if each is not None and each.state is OperationState.FAILED), None)


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


def has_come_about(row: PaymentTransaction) -> bool:
    """Whether it ever was more than a try: a card's payment once it was authorised, any other at once."""
    done = (each.kind for each in row.operations if each.state is OperationState.DONE)
    return any(kind is not OperationKind.VOID for kind in done) or row.method is not PaymentMethod.CARD


def refund_by_key(row: PaymentTransaction, key: str) -> Operation | None:
    return next((each for each in row.operations if each.kind is OperationKind.REFUND and each.key == key), None)


def refund_by_gateway(row: PaymentTransaction, gateway_id: str) -> Operation | None:
    return next((each for each in row.operations if each.gateway_id == gateway_id), None)


def refunds_under_way(row: PaymentTransaction) -> int:
    """Cents promised to go back and not yet counted in `refunded`."""
    return sum(each.amount for each in pending(row, OperationKind.REFUND))


def contested(row: PaymentTransaction) -> int:
    """Cents that Square holds back, or has given back, for disputes: they cannot be refunded as well."""
    return sum(each.amount for each in row.disputes if each.state is not DisputeState.WON)


def key_for(transaction_id: str, request_key: str | None) -> str:
    """The key of one click: the same click, sent again, is the same operation. 36 characters."""
    return str(uuid5(UUID(transaction_id), request_key)) if request_key else str(uuid4())
