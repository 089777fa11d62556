"""What the gateway says, applied to our row: the one place where a payment's status moves. No I/O.

News may come twice, late or in any order (answers, webhooks, recovery): a row only moves forward, and each move yields
its event once, because the row is saved under its version together with the events returned here.
"""

from datetime import datetime
from uuid import UUID, uuid5

import structlog

from atlas.dynamo.attributes import utc_now
from payments import operations
from payments.events import (
    PaymentDiffers,
    PaymentFailed,
    PaymentRefunded,
    PaymentSettled,
    PaymentVoided,
    RefundFailed,
)
from payments.gateway import Payment, Refund
from payments.rules import mismatches
from payments.rules.amounts import status_after_refund
from payments.rules.lifecycle import PaymentAction, transition
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.tables import CardMetadata, Operation, PaymentTransaction

log = structlog.get_logger(__name__)

LAPSED = "AUTHORIZATION_LAPSED"
GIVEN_THERE = "Given at Square"
"""The reason on record of a refund that nobody asked for here."""


def follow_payment(row: PaymentTransaction, payment: Payment, *, corrects: bool = False) -> list[object]:
    """Bring an AUTHORIZED row to where its payment is. Any other row stays as it is. Returns the events to publish.

    Money that was taken otherwise than asked for moves nothing: the row waits for finance, unless this `corrects` it.
    """
    if row.gateway_updated_at and payment.updated_at < row.gateway_updated_at:
        return []
    note(row, payment)
    if row.status is not TransactionStatus.AUTHORIZED:
        return []
    match payment.status:
        case "COMPLETED":
            return _captured(row, payment, corrects=corrects)
        case "CANCELED" | "FAILED":
            return _closed(row, payment)
        case _:
            return []


def note(row: PaymentTransaction, payment: Payment) -> None:
    """Keep what every later step needs: id, version and time of the payment, and what a receipt may show."""
    row.payment_gateway_id = payment.gateway_id
    row.gateway_version = payment.version
    row.gateway_updated_at = payment.updated_at
    row.metadata = CardMetadata(
        card_brand=payment.card_brand or row.metadata.card_brand,
        card_last4=payment.card_last4 or row.metadata.card_last4,
        receipt_url=payment.receipt_url or row.metadata.receipt_url,
    )


def abandoned(row: PaymentTransaction, void: Operation) -> list[object]:
    """A payment that was never recorded is released: whatever its authorisation had become, no money is held."""
    row.status = transition(row.status, PaymentAction.VOID)
    row.source_id = row.customer_id = None
    operations.finish(row, operations.authorization(row), code="ABANDONED")
    operations.finish(row, void)
    return [PaymentVoided(row.reference, row.id)]


def follow_refund(row: PaymentTransaction, operation: Operation, refund: Refund) -> list[object]:
    """Bring a pending refund to where the gateway has it."""
    if operation.state is not OperationState.PENDING:
        return []
    operation.gateway_id = refund.gateway_id
    different = mismatches.differs(
        amount=refund.amount, currency=refund.currency, asked={operation.amount}, asked_currency=row.currency
    )
    if different is not None and refund.status in ("PENDING", "COMPLETED"):
        log.error("refund_differs", transaction_id=row.id, refunded=refund.amount, asked=operation.amount)
        operations.look_again(row, utc_now() + mismatches.HELD)
        return [PaymentDiffers(row.id)]
    match refund.status:
        case "COMPLETED":
            row.status = status_after_refund(
                row.status, amount=operation.amount, captured=row.amount, refunded=row.refunded
            )
            row.refunded += operation.amount
            operations.finish(row, operation)
            return [PaymentRefunded(row.reference, row.id, operation.amount, row.refunded, row.amount)]
        case "REJECTED" | "FAILED":
            operations.finish(row, operation, code=refund.status)
            operations.ask_again(row, operation, now=utc_now())
            return [RefundFailed(row.reference, row.id, operation.amount, refund.status)]
        case _:
            operations.look_again(row, utc_now() + operations.ANSWER_WITHIN)
            return []


def given_there(row: PaymentTransaction, refund: Refund, now: datetime) -> Operation:
    """The new operation, not yet finished, of a refund that nobody asked for here; its key follows from Square's id."""
    operation = Operation(
        kind=OperationKind.REFUND,
        key=str(uuid5(UUID(row.id), refund.gateway_id)),
        amount=refund.amount,
        state=OperationState.PENDING,
        at=refund.created_at or now,
        reason=GIVEN_THERE,
        gateway_id=refund.gateway_id,
    )
    row.operations = [*row.operations, operation]
    return operation


def unasked_refund(row: PaymentTransaction, refund: Refund, now: datetime) -> list[object] | None:
    """A refund of this payment that is none of its operations': given at Square's own pages, or asked for here by a
    request that arrived long after it was given up. Then it may be what a planned try would have asked for again.

    None, and nothing happens, where the answer to one that was asked for is still to come: whoever asked finds it by
    its key. Nor where it cannot be: reconciliation tells people.
    """
    waiting = [
        each
        for each in operations.pending(row, OperationKind.REFUND)
        if not each.gateway_id and each.amount == refund.amount
    ]
    left = row.amount - row.refunded
    if any(each.at <= now for each in waiting) or row.status is not TransactionStatus.CAPTURED or refund.amount > left:
        return None
    if refund.status not in ("PENDING", "COMPLETED"):
        return None
    log.warning("refund_nobody_asked_for", transaction_id=row.id, gateway_id=refund.gateway_id, amount=refund.amount)
    operation = waiting[0] if waiting else given_there(row, refund, now)
    operation.at = min(operation.at, now)
    return follow_refund(row, operation, refund)


def _captured(row: PaymentTransaction, payment: Payment, *, corrects: bool) -> list[object]:
    asked = {each.amount for each in operations.pending(row, OperationKind.CAPTURE)} or {row.amount}
    different = mismatches.differs(
        amount=payment.amount, currency=payment.currency, asked=asked, asked_currency=row.currency
    )
    if different is not None and not corrects:
        log.error("capture_differs", transaction_id=row.id, code=different, taken=payment.amount, asked=min(asked))
        while operation := operations.closing(row):
            operations.finish(row, operation, code=different)
        return [PaymentDiffers(row.id)]
    row.status = transition(row.status, PaymentAction.CAPTURE)
    row.amount = payment.amount
    _end_closing(row, OperationKind.CAPTURE, "ALREADY_CAPTURED")
    return [PaymentSettled(row.reference, row.id, row.amount)]


def _closed(row: PaymentTransaction, payment: Payment) -> list[object]:
    """Released: by us on purpose, or by the bank or time, which leaves the booking without its money."""
    wanted = bool(operations.pending(row, OperationKind.VOID))
    row.status = transition(row.status, PaymentAction.VOID if wanted else PaymentAction.FAIL)
    _end_closing(row, OperationKind.VOID, LAPSED)
    return [PaymentVoided(row.reference, row.id) if wanted else PaymentFailed(row.reference, row.id, LAPSED)]


def _end_closing(row: PaymentTransaction, done: OperationKind, otherwise: str) -> None:
    """Every pending capture or void ends with the payment: the kind that happened is done, the other one failed."""
    while operation := operations.closing(row):
        operations.finish(row, operation, code=None if operation.kind is done else otherwise)
