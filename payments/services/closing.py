"""Capture, void: a hold ends in one of the two. At most one of them is under way at a time."""

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried
from atlas.errors import Conflict
from payments import gateway, operations, progress
from payments.billing.rules import ON_ACCOUNT
from payments.gateway import Refused
from payments.rules import mismatches
from payments.rules.amounts import check_capture
from payments.rules.lifecycle import PaymentAction
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.services.asking import CLOSED, answer, gateway_id, save, wrong_state
from payments.tables import Operation, PaymentTransaction

log = structlog.get_logger(__name__)

PENDING, AUTHORIZED = TransactionStatus.PENDING, TransactionStatus.AUTHORIZED
CAPTURED, REFUNDED = TransactionStatus.CAPTURED, TransactionStatus.REFUNDED


@retried
def capture(*, transaction_id: str, amount: int | None = None) -> PaymentTransaction:
    """Take the authorised money, or `amount` of it (a cancellation fee; the rest is released).

    Captured already: nothing happens. Raises `Conflict` (`wrong_state`, `exceeds_authorized`, `already_captured` with
    another amount, `capture_refused`) and `Unavailable` (`payment_unknown`: call again).
    """
    row = _load(transaction_id, but=OperationKind.CAPTURE)
    if row.status in (CAPTURED, REFUNDED):
        return _captured_before(row, amount)
    if row.status is not AUTHORIZED:
        raise wrong_state(row, PaymentAction.CAPTURE)
    under_way = operations.closing(row)
    if amount is None:
        amount = under_way.amount if under_way else row.amount
    check_capture(amount=amount, authorized=row.amount)
    operation = begin(row, OperationKind.CAPTURE, amount)
    close(row, operation)
    _refuse_if_failed(row, operation)
    if row.status is not CAPTURED:
        raise Conflict(
            "The hold on the card is gone; nothing was taken.",
            code="authorization_lapsed",
            details={"status": str(row.status)},
        )
    return row


@retried
def void(*, transaction_id: str) -> PaymentTransaction:
    """Release the hold; no money moves. Harmless when it is closed already.

    Raises `Conflict` (`wrong_state`) once it is captured: refund instead.
    """
    row = _load(transaction_id, but=OperationKind.VOID)
    if row.status in CLOSED:
        return row
    if row.status not in (PENDING, AUTHORIZED):
        raise wrong_state(row, PaymentAction.VOID)
    operation = begin(row, OperationKind.VOID, row.amount)
    close(row, operation)
    _refuse_if_failed(row, operation)
    if row.status is CAPTURED:
        raise wrong_state(row, PaymentAction.VOID)
    return row


def begin(row: PaymentTransaction, kind: OperationKind, amount: int) -> Operation:
    """The operation that is under way, else a new one, saved before Square hears of it."""
    operation = operations.closing(row)
    if operation is None:
        operation = operations.start(row, kind, amount, now=utc_now())
        save(row)
    elif operation.amount != amount:
        raise Conflict(
            "Another amount is being captured.",
            code="operation_in_progress",
            details={"amount": operation.amount},
        )
    return operation


def close(row: PaymentTransaction, operation: Operation) -> None:
    """Ask for a capture or void that was saved before; save its outcome and where the payment stands then."""
    held = row.status is AUTHORIZED
    try:
        payment = answer(lambda: _send_closing(row, operation, held=held))
    except Refused as refusal:
        log.warning("payment_refused", transaction_id=row.id, operation=str(operation.kind), code=refusal.code)
        operations.finish(row, operation, code=refusal.code)
        return save(row)
    if payment is not None:
        return save(row, progress.follow_payment(row, payment))
    return save(row, progress.abandoned(row, operation))


def _load(transaction_id: str, *, but: OperationKind) -> PaymentTransaction:
    """The row as it is now. What a crash left under way of the other kind is finished first.

    One on account holds no card: it is issued, followed and called off by `payments.billing`.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status is PENDING and row.method in ON_ACCOUNT:
        raise Conflict("It is on account: nothing is held.", code="wrong_state", details={"status": str(row.status)})
    operation = operations.closing(row)
    if operation is not None and operation.kind is not but:
        close(row, operation)
    return row


def _send_closing(row: PaymentTransaction, operation: Operation, *, held: bool) -> gateway.Payment | None:
    """The payment as it is afterwards; None for one that never was recorded and is released by its key."""
    if not held:
        gateway.void_by_key(operations.authorization(row).key)
        return None
    if operation.kind is OperationKind.VOID:
        return gateway.void(gateway_id(row))
    return gateway.capture(
        gateway_id=gateway_id(row),
        version=row.gateway_version,
        amount=operation.amount,
        authorized=row.amount,
        currency=row.currency,
        key=operation.key,
    )


def _refuse_if_failed(row: PaymentTransaction, operation: Operation) -> None:
    """Raise what Square's definite no to `operation` means, unless the payment moved on all the same."""
    if operation.state is OperationState.FAILED and operation.code in (mismatches.AMOUNT, mismatches.CURRENCY):
        raise Conflict(
            "Square took another amount than was asked for. Finance looks into it.",
            code="held_for_finance",
            details={"gatewayCode": operation.code},
        )
    if operation.state is OperationState.FAILED and row.status in (PENDING, AUTHORIZED):
        raise Conflict(
            f"Square refused this {operation.kind}.",
            code=f"{operation.kind}_refused",
            details={"gatewayCode": operation.code},
        )


def _captured_before(row: PaymentTransaction, amount: int | None) -> PaymentTransaction:
    if amount is not None and amount != row.amount:
        raise Conflict(
            f"{row.amount} cents were captured already.",
            code="already_captured",
            details={"amount": row.amount},
        )
    return row
