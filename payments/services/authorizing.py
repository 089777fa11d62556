"""Authorise: a booking and the hold on its card are accepted in one transaction of the caller's."""

from uuid import uuid4

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried
from atlas.errors import Invalid
from payments import gateway, operations, progress, tally
from payments.cards.tables import SavedCard
from payments.gateway import Declined, Payment
from payments.ledger.documents import Split
from payments.rules import mismatches
from payments.rules.lifecycle import PaymentAction, transition
from payments.rules.types import OperationKind, PaymentMethod, PaymentPurpose, TransactionStatus
from payments.services.asking import CLOSED, NOTE, answer, gateway_id, wrong_state
from payments.services.closing import begin, close
from payments.tables import PaymentTransaction

log = structlog.get_logger(__name__)


def open_authorization(
    *,
    tx: Transaction,
    reference: str,
    payer_id: str,
    payee_id: str,
    amount: int,
    currency: str,
    method: PaymentMethod,
    source_id: str | None = None,
    card: SavedCard | None = None,
    split: Split | None = None,
    purpose: PaymentPurpose = PaymentPurpose.RIDE,
) -> PaymentTransaction:
    """Add a PENDING payment, with the key of its authorisation, to `tx`. Commit it before `authorize`.

    The card is behind a token, `source_id`, or one of the payer's on file (`payments.cards.using.usable_card`).
    `split` says whose the amount is; without one it waits in suspense once it is taken. Raises `Invalid` for an amount
    that is not positive or not the split's, a method that is not open, or no card.
    """
    if amount <= 0:
        raise Invalid("The amount is not positive.", fields={"amount": ["Give whole cents above 0."]})
    if method is not PaymentMethod.CARD:
        raise Invalid(fields={"method": [f"Paying by {method} is not open for this account."]})
    if card is not None:
        if card.payer_id != payer_id:
            raise RuntimeError(f"Card {card.id} is not the payer's.")
        source_id = card.card_id
    if not source_id:
        raise Invalid(fields={"sourceId": ["Give the token of a card."]})
    if split is not None and split.total != amount:
        raise Invalid(f"The parts sum to {split.total} cents.", fields={"amount": ["Give the sum of its parts."]})
    now = utc_now()
    row = PaymentTransaction(
        id=str(uuid4()),
        reference=reference,
        purpose=purpose,
        payer_id=payer_id,
        payee_id=payee_id,
        amount=amount,
        currency=currency,
        method=method,
        source_id=source_id,
        card_id=card and card.id,
        customer_id=card and card.customer_id,
        split=split,
        created_at=now,
        created_day=f"{now:%Y-%m-%d}",
    )
    operations.start(row, OperationKind.AUTHORIZE, amount, now=now)
    tx.create(row)
    return row


def authorize(*, transaction: PaymentTransaction) -> Payment | Declined:
    """Ask Square to hold the money, under the stored key; writes nothing, and may be called again at any time.

    Without an answer the same key is replayed once. Raises `Unavailable` (`payment_unknown`) when that has none either:
    the money may be held, so leave the row PENDING and call again, or `abandon` it.
    """
    row = transaction
    if row.status in CLOSED:
        return Declined(operations.authorization(row).code or "ABANDONED", "This payment was closed before.")
    if row.status is not TransactionStatus.PENDING or row.source_id is None:
        return answer(lambda: gateway.get(gateway_id(row)))
    source_id = row.source_id
    outcome = answer(
        lambda: gateway.authorize(
            amount=row.amount,
            currency=row.currency,
            source_id=source_id,
            key=operations.authorization(row).key,
            reference=row.reference,
            note=f"{NOTE}{row.id}",
            customer_id=row.customer_id,
        )
    )
    return outcome if isinstance(outcome, Declined) else _as_asked(row, outcome)


def _as_asked(row: PaymentTransaction, payment: Payment) -> Payment | Declined:
    """A hold of another amount or currency is nobody's wish: it is let go, and counts as a no."""
    different = mismatches.differs(
        amount=payment.amount, currency=payment.currency, asked={row.amount}, asked_currency=row.currency
    )
    if different is None or payment.status == "COMPLETED":
        return payment  # what was taken is held beside what was asked for when it is followed
    log.error("authorization_differs", transaction_id=row.id, code=different, held=payment.amount, asked=row.amount)
    if payment.status == "APPROVED":
        answer(lambda: gateway.void(payment.gateway_id))
    return Declined(different, "Another amount was held than was asked for; it was released.")


def is_undecided(transaction: PaymentTransaction) -> bool:
    """Whether its authorisation may still be recorded: it was not answered yet, and nobody is giving it up."""
    return transaction.status is TransactionStatus.PENDING and operations.closing(transaction) is None


def record_authorization(*, tx: Transaction, transaction: PaymentTransaction, outcome: Payment | Declined) -> None:
    """Put the answer of `authorize` into the caller's transaction; the card's token is forgotten.

    Load the row first and see that it `is_undecided`: the transaction is lost (`Lost`) when it was abandoned since.
    """
    row = transaction
    if isinstance(outcome, Declined) and row.status in CLOSED:
        return
    row.source_id = row.customer_id = None
    if isinstance(outcome, Declined):
        row.status = transition(row.status, PaymentAction.FAIL)
        operations.finish(row, operations.authorization(row), code=outcome.code)
    else:
        row.status = transition(row.status, PaymentAction.AUTHORIZE)
        progress.note(row, outcome)
        operations.finish(row, operations.authorization(row))
        tally.count(tx, row, tally.AUTHORIZED, row.amount)
    tx.save(row)


def settle_unknown(*, transaction: PaymentTransaction) -> Payment | Declined:
    """Learn what became of an authorisation that had no answer: its key is replayed; writes nothing.

    The replay gives the first answer, so an approval is looked at once more: it may have been released since.
    """
    outcome = authorize(transaction=transaction)
    if isinstance(outcome, Declined):
        return outcome
    payment = answer(lambda: gateway.get(outcome.gateway_id))
    return payment if payment.status == "APPROVED" else Declined(progress.LAPSED, "The hold was released.")


@retried
def abandon(*, transaction: PaymentTransaction) -> Declined:
    """Give up a PENDING payment: release whatever its key holds, then VOIDED. Harmless when it is closed already.

    The wish is saved first, so that an authorisation still under way cannot be recorded any more. Returns what
    `record_authorization` takes. Raises `Conflict` (`wrong_state`) when it was authorised before: use `void`.
    """
    row = PaymentTransaction.fetch(transaction.id)
    if row.status is TransactionStatus.PENDING:
        close(row, begin(row, OperationKind.VOID, row.amount))
    if row.status not in CLOSED:
        raise wrong_state(row, PaymentAction.VOID)
    return Declined("ABANDONED", "The payment was given up; nothing is held.")
