"""The steps that every use case shares: ask Square, save what came of it, say what was wrong."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from atlas import outbox
from atlas.dynamo.transaction import Transaction, transact
from atlas.errors import Conflict, Unavailable
from payments import tally
from payments.gateway import OutcomeUnknown, Refused
from payments.rules.lifecycle import PaymentAction
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction

T = TypeVar("T")
log = structlog.get_logger(__name__)

CLOSED = (TransactionStatus.VOIDED, TransactionStatus.FAILED)
"""No money is held, none was taken."""
NOTE = "Atlas payment "
"""What Square shows beside the payment, before our id: how a webhook finds its way back."""


def answer(ask: Callable[[], T]) -> T:
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


def save(row: PaymentTransaction, events: list[object] | None = None) -> None:
    with transact() as tx:
        put(tx, row, events or ())


def put(tx: Transaction, row: PaymentTransaction, events: Sequence[object]) -> None:
    """Save the row with what its progress yielded, told and counted once: in the transaction that moves it."""
    tx.save(row)
    tally.count_events(tx, row, events)
    for event in events:
        outbox.add(tx, event)


def gateway_id(row: PaymentTransaction) -> str:
    if row.payment_gateway_id is None:
        raise RuntimeError(f"Payment {row.id} is {row.status} and has no payment at Square.")
    return row.payment_gateway_id


def wrong_state(row: PaymentTransaction, action: PaymentAction) -> Conflict:
    return Conflict(
        f"The payment is {row.status}; it cannot be changed by this: {action}.",
        code="wrong_state",
        details={"status": str(row.status)},
    )
