"""Refund: several, until everything is given back. Square accepts one at once and completes it later."""

from contextlib import suppress

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, retried
from atlas.errors import Conflict
from payments import gateway, operations, progress
from payments.gateway import Refused
from payments.rules.amounts import refundable, status_after_refund
from payments.rules.types import OperationKind, OperationState, PaymentMethod
from payments.services.asking import answer, gateway_id, save
from payments.tables import Operation, PaymentTransaction

log = structlog.get_logger(__name__)


def refund(
    *, transaction_id: str, amount: int | None = None, reason: str, request_key: str | None = None
) -> PaymentTransaction:
    """Give back `amount` cents, or all that is left. Counted once Square reports it completed.

    `request_key` names one click of a person: sent again it is the same refund. Raises `Conflict` (`exceeds_captured`,
    `wrong_state`, `refund_refused`), `Invalid` for an amount that is not positive.
    """
    key = operations.key_for(transaction_id, request_key)  # once, or a lost race would refund again under a new one
    _begin(transaction_id=transaction_id, key=key, amount=amount, reason=reason)
    with suppress(Lost):  # it is stored and asked for: the periodic job sees to the rest
        follow_refund(transaction_id=transaction_id, key=key)
    row = PaymentTransaction.fetch(transaction_id)
    operation = operations.refund_by_key(row, key)
    if operation is not None and operation.state is OperationState.FAILED:
        raise Conflict("Square refused this refund.", code="refund_refused", details={"gatewayCode": operation.code})
    return row


@retried
def follow_refund(*, transaction_id: str, key: str) -> None:
    """Bring a refund that is pending as far as Square has it."""
    row = PaymentTransaction.fetch(transaction_id)
    operation = operations.refund_by_key(row, key)
    if operation is not None:
        _ask_refund(row, operation)


@retried
def _begin(*, transaction_id: str, key: str, amount: int | None, reason: str) -> None:
    """Store the refund, once per key, before Square hears of it."""
    row = PaymentTransaction.fetch(transaction_id)
    known = operations.refund_by_key(row, key)
    if known is not None:
        if known.reason != reason or amount not in (None, known.amount):
            raise Conflict("This key was used for another refund.", code="idempotency_key_reused")
        return
    promised = row.refunded + operations.refunds_under_way(row) + operations.contested(row)
    if amount is None:
        amount = refundable(captured=row.amount, refunded=promised) or 1  # nothing left: refused as too much
    status_after_refund(row.status, amount=amount, captured=row.amount, refunded=promised)
    operations.start(row, OperationKind.REFUND, amount, now=utc_now(), key=key, reason=reason)
    save(row)


def _ask_refund(row: PaymentTransaction, operation: Operation) -> None:
    """Ask for a refund that was saved before, or after one that was accepted; save what came of it.

    What was paid by bank goes back by bank: a person sends it (`payments.billing.wires`), and no time limit helps.
    """
    if operation.state is not OperationState.PENDING or operation.at > utc_now():
        return  # over, or planned for later
    if row.method is PaymentMethod.WIRE:
        if row.due_at is not None:
            row.due_shard = row.due_at = None
            save(row)
        return
    try:
        found = answer(lambda: _send_refund(row, operation))
    except Refused as refusal:
        log.warning("payment_refused", transaction_id=row.id, operation="refund", code=refusal.code)
        operations.finish(row, operation, code=refusal.code)
        operations.ask_again(row, operation, now=utc_now())
        save(row)
    else:
        save(row, progress.follow_refund(row, operation, found))


def _send_refund(row: PaymentTransaction, operation: Operation) -> gateway.Refund:
    if operation.gateway_id:
        return gateway.get_refund(operation.gateway_id)
    return gateway.refund(
        gateway_id=gateway_id(row),
        amount=operation.amount,
        currency=row.currency,
        key=operation.key,
        reason=operation.reason or "",
    )
