"""Every write of a payment: open, authorise, record; capture; void; refund; and what a crash left open.

Each request to Square goes through three steps: its idempotency key is saved under the row's version; Square is asked;
the answer is saved together with its event. Whatever stops in between (a time-out, a crash, a lost race) is finished by
running the same use case again: it finds the key and replays it, so money moves once. `payments.tasks` does that for
operations that nobody came back for.
"""

from collections.abc import Callable
from typing import TypeVar
from uuid import uuid4

import structlog

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Invalid, Unavailable
from payments import gateway, operations, progress
from payments.gateway import Declined, OutcomeUnknown, Refused
from payments.gateway import Payment as Authorized
from payments.rules.amounts import check_capture, refundable, status_after_refund
from payments.rules.lifecycle import PaymentAction, transition
from payments.rules.types import OperationKind, OperationState, PaymentMethod, TransactionStatus
from payments.tables import Operation, PaymentTransaction

__all__ = [
    "Authorized",
    "Declined",
    "abandon",
    "authorize",
    "capture",
    "open_authorization",
    "record_authorization",
    "refund",
    "settle_unknown",
    "void",
]

T = TypeVar("T")
log = structlog.get_logger(__name__)

PENDING, AUTHORIZED = TransactionStatus.PENDING, TransactionStatus.AUTHORIZED
CAPTURED, VOIDED = TransactionStatus.CAPTURED, TransactionStatus.VOIDED


# Authorise: the booking and its hold are accepted in one transaction of the caller's


def open_authorization(
    *,
    tx: Transaction,
    reference: str,
    payer_id: str,
    payee_id: str,
    amount: int,
    currency: str,
    method: PaymentMethod,
    source_id: str | None,
) -> PaymentTransaction:
    """Add a PENDING payment, with the key of its authorisation, to `tx`. Commit it before `authorize`.

    Raises `Invalid` for an amount that is not positive, a method that is not open, or no card.
    """
    if amount <= 0:
        raise Invalid("The amount is not positive.", fields={"amount": ["Give whole cents above 0."]})
    if method is not PaymentMethod.CARD:
        raise Invalid(fields={"method": [f"Paying by {method} is not open for this account."]})
    if not source_id:
        raise Invalid(fields={"sourceId": ["Give the token of a card."]})
    now = utc_now()
    row = PaymentTransaction(
        id=str(uuid4()),
        reference=reference,
        payer_id=payer_id,
        payee_id=payee_id,
        amount=amount,
        currency=currency,
        method=method,
        source_id=source_id,
        created_at=now,
        created_day=f"{now:%Y-%m-%d}",
    )
    operations.start(row, OperationKind.AUTHORIZE, amount, now=now)
    tx.create(row)
    return row


def authorize(*, transaction: PaymentTransaction) -> Authorized | Declined:
    """Ask Square to hold the money, under the stored key; writes nothing.

    Without an answer the same key is replayed once. Raises `Unavailable` (`payment_unknown`) when that has none either:
    the money may be held, so leave the row PENDING; the periodic job releases it.
    """
    row = transaction
    if not row.source_id:
        raise _wrong_state(row, PaymentAction.AUTHORIZE)
    source_id = row.source_id
    return _answer(
        lambda: gateway.authorize(
            amount=row.amount,
            currency=row.currency,
            source_id=source_id,
            key=operations.authorization(row).key,
            reference=row.reference,
            note=gateway_note(row.id),
        )
    )


def record_authorization(*, tx: Transaction, transaction: PaymentTransaction, outcome: Authorized | Declined) -> None:
    """Put the answer of `authorize` into the caller's transaction; the card's token is forgotten.

    The transaction is lost (`Lost`) when the payment was abandoned meanwhile: load it again and look.
    """
    row = transaction
    row.source_id = None
    if isinstance(outcome, Declined):
        row.status = transition(row.status, PaymentAction.FAIL)
        operations.finish(row, operations.authorization(row), code=outcome.code)
    else:
        row.status = transition(row.status, PaymentAction.AUTHORIZE)
        progress.note(row, outcome)
        operations.finish(row, operations.authorization(row))
    tx.save(row)


def settle_unknown(*, transaction: PaymentTransaction) -> Authorized | Declined:
    """Learn what became of an authorisation that had no answer: its key is replayed; writes nothing.

    The replay gives the first answer, so an approval is looked at once more: it may have been released since.
    """
    outcome = authorize(transaction=transaction)
    if isinstance(outcome, Declined):
        return outcome
    payment = _answer(lambda: gateway.get(outcome.gateway_id))
    return payment if payment.status == "APPROVED" else Declined(progress.LAPSED, "The hold was released.")


@retried
def abandon(*, transaction: PaymentTransaction) -> PaymentTransaction:
    """Give up a PENDING payment: release whatever its key holds, then VOIDED. Harmless when it is closed already.

    The wish is saved first, so that an authorisation still under way cannot be recorded any more. Raises `Conflict`
    (`wrong_state`) when it was recorded before: use `void`.
    """
    row = PaymentTransaction.fetch(transaction.id)
    if row.status in (VOIDED, TransactionStatus.FAILED):
        return row
    if row.status is not PENDING:
        raise _wrong_state(row, PaymentAction.VOID)
    operation = _begin(row, OperationKind.VOID, row.amount)
    _close(row, operation)
    _refuse_if_failed(row, operation)
    return row


# Capture, void: a hold ends in one of the two


@retried
def capture(*, transaction_id: str, amount: int | None = None) -> PaymentTransaction:
    """Take the authorised money, or `amount` of it (a cancellation fee; the rest is released).

    Captured already: nothing happens. Raises `Conflict` (`wrong_state`, `exceeds_authorized`, `already_captured` with
    another amount, `capture_refused`) and `Unavailable` (`payment_unknown`: call again).
    """
    row = _load(transaction_id, but=OperationKind.CAPTURE)
    if row.status in (CAPTURED, TransactionStatus.REFUNDED):
        return _captured_before(row, amount)
    if row.status is not AUTHORIZED:
        raise _wrong_state(row, PaymentAction.CAPTURE)
    under_way = operations.closing(row)
    if amount is None:
        amount = under_way.amount if under_way else row.amount
    check_capture(amount=amount, authorized=row.amount)
    operation = _begin(row, OperationKind.CAPTURE, amount)
    _close(row, operation)
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
    if row.status in (VOIDED, TransactionStatus.FAILED):
        return row
    if row.status not in (PENDING, AUTHORIZED):
        raise _wrong_state(row, PaymentAction.VOID)
    operation = _begin(row, OperationKind.VOID, row.amount)
    _close(row, operation)
    _refuse_if_failed(row, operation)
    if row.status is CAPTURED:
        raise _wrong_state(row, PaymentAction.VOID)
    return row


# Refund: several, until everything is given back


@retried
def refund(
    *, transaction_id: str, amount: int | None = None, reason: str, request_key: str | None = None
) -> PaymentTransaction:
    """Give back `amount` cents, or all that is left. Counted once Square reports it completed.

    `request_key` names one click of a person: sent again it is the same refund. Raises `Conflict` (`exceeds_captured`,
    `wrong_state`, `refund_refused`), `Invalid` for an amount that is not positive.
    """
    row = PaymentTransaction.fetch(transaction_id)
    key = operations.key_for(transaction_id, request_key)
    operation = operations.refund_by_key(row, key)
    if operation is None:
        promised = row.refunded + operations.refunds_under_way(row)
        if amount is None:
            amount = refundable(captured=row.amount, refunded=promised)
        status_after_refund(row.status, amount=amount, captured=row.amount, refunded=promised)
        operation = operations.start(row, OperationKind.REFUND, amount, now=utc_now(), key=key, reason=reason)
        _save(row)
    elif operation.reason != reason or amount not in (None, operation.amount):
        raise Conflict("This key was used for another refund.", code="idempotency_key_reused")
    return ask_refund(row, operation)


def ask_refund(row: PaymentTransaction, operation: Operation) -> PaymentTransaction:
    """Bring one refund as far as Square has it. Raises `Conflict` (`refund_refused`)."""
    if operation.state is OperationState.PENDING:
        try:
            found = _answer(lambda: _send_refund(row, operation))
        except Refused as refusal:
            operations.finish(row, operation, code=refusal.code)
            _save(row)
        else:
            _save(row, progress.follow_refund(row, operation, found))
    if operation.state is OperationState.FAILED:
        raise Conflict("Square refused this refund.", code="refund_refused", details={"gatewayCode": operation.code})
    return row


def _send_refund(row: PaymentTransaction, operation: Operation) -> gateway.Refund:
    if operation.gateway_id:
        return gateway.get_refund(operation.gateway_id)
    return gateway.refund(
        gateway_id=_gateway_id(row),
        amount=operation.amount,
        currency=row.currency,
        key=operation.key,
        reason=operation.reason or "",
    )


# The steps that all of them share


def gateway_note(transaction_id: str) -> str:
    """What Square shows beside the payment, and how a webhook finds its way back."""
    return f"{NOTE}{transaction_id}"


NOTE = "Atlas payment "


def _load(transaction_id: str, *, but: OperationKind) -> PaymentTransaction:
    """The row as it is now. What a crash left under way of the other kind is finished first."""
    row = PaymentTransaction.fetch(transaction_id)
    operation = operations.closing(row)
    if operation is not None and operation.kind is not but:
        _close(row, operation)
    return row


def _begin(row: PaymentTransaction, kind: OperationKind, amount: int) -> Operation:
    """The operation that is under way, else a new one, saved before Square hears of it."""
    operation = operations.closing(row)
    if operation is None:
        operation = operations.start(row, kind, amount, now=utc_now())
        _save(row)
    elif operation.amount != amount:
        raise Conflict(
            "Another amount is being captured.",
            code="operation_in_progress",
            details={"amount": operation.amount},
        )
    return operation


def _close(row: PaymentTransaction, operation: Operation) -> None:
    """Ask for a capture or void that was saved before; save its outcome and where the payment stands then."""
    held = row.status is AUTHORIZED
    try:
        payment = _answer(lambda: _send_closing(row, operation, held=held))
    except Refused as refusal:
        log.warning("payment_refused", transaction_id=row.id, operation=str(operation.kind), code=refusal.code)
        operations.finish(row, operation, code=refusal.code)
        return _save(row)
    if payment is not None:
        return _save(row, progress.follow_payment(row, payment))
    return _save(row, progress.abandoned(row, operation))


def _send_closing(row: PaymentTransaction, operation: Operation, *, held: bool) -> gateway.Payment | None:
    """The payment as it is afterwards; None for one that never was recorded and is released by its key."""
    if not held:
        return gateway.void_by_key(operations.authorization(row).key)
    if operation.kind is OperationKind.VOID:
        return gateway.void(_gateway_id(row))
    return gateway.capture(
        gateway_id=_gateway_id(row),
        version=row.gateway_version,
        amount=operation.amount,
        authorized=row.amount,
        currency=row.currency,
        key=operation.key,
    )


def _refuse_if_failed(row: PaymentTransaction, operation: Operation) -> None:
    """Raise what Square's definite no to `operation` means, unless the payment moved on all the same."""
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


def _answer(ask: Callable[[], T]) -> T:
    """Square's answer, the same request replayed once. Raises `Unavailable`, or `Refused` for a definite no."""
    try:
        try:
            return ask()
        except OutcomeUnknown as silence:
            log.warning("payment_replayed", reason=str(silence))
            return ask()
    except OutcomeUnknown as silence:
        raise Unavailable(
            "The payment provider did not answer. Nothing is charged twice; try again shortly.",
            code="payment_unknown",
            retry_after=10,
        ) from silence
    except Refused as refusal:
        if not refusal.credentials:
            raise
        log.exception("payment_credentials_refused", code=refusal.code)
        raise Unavailable("The payment provider is not available.", code="payment_unavailable") from refusal


def _save(row: PaymentTransaction, events: list[object] | None = None) -> None:
    with transact() as tx:
        tx.save(row)
        for event in events or ():
            outbox.add(tx, event)


def _gateway_id(row: PaymentTransaction) -> str:
    if row.payment_gateway_id is None:
        raise RuntimeError(f"Payment {row.id} is {row.status} and has no payment at Square.")
    return row.payment_gateway_id


def _wrong_state(row: PaymentTransaction, action: PaymentAction) -> Conflict:
    return Conflict(
        f"The payment is {row.status}; it cannot be changed by this: {action}.",
        code="wrong_state",
        details={"status": str(row.status)},
    )
