"""What nobody came back for: found by the due index, finished by the services, never by scanning."""

from datetime import timedelta

import structlog
from celery import shared_task

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import AtlasError
from atlas.shards import all_shards
from payments import operations, services
from payments.billing import following
from payments.billing.rules import ON_ACCOUNT
from payments.rules.types import OperationKind, TransactionStatus
from payments.tables import PaymentTransaction

log = structlog.get_logger(__name__)

BATCH = 50
"""At most so many of each shard in one run; the next run takes the rest."""
PAUSE = timedelta(minutes=5)
"""How long one that failed waits, so that it keeps no other from its turn."""


@shared_task
def settle_due() -> None:
    """Every payment with an operation whose answer is overdue, each by itself."""
    now = utc_now()
    for shard in all_shards():
        for key in PaymentTransaction.due_index.query(shard, PaymentTransaction.due_at <= now, limit=BATCH):
            try:
                settle(key.id)
            except AtlasError as refused:
                log.warning("payment_not_settled", transaction_id=key.id, code=refused.code)
                _postpone(key.id)
            except Exception:
                log.exception("payment_settling_failed", transaction_id=key.id)
                _postpone(key.id)


def settle(transaction_id: str) -> None:
    """Finish what is pending in one payment by replaying its keys; release a hold that nobody recorded.

    A PENDING one on account waits for its payer, not for Square: it is looked after, never given up.
    """
    row = PaymentTransaction.fetch(transaction_id)
    if row.status is TransactionStatus.PENDING and row.method in ON_ACCOUNT:
        following.settle(transaction_id=row.id)
    elif row.status is TransactionStatus.PENDING:
        services.abandon(transaction=row)
    elif (closing := operations.closing(row)) is not None:
        if closing.kind is OperationKind.CAPTURE:
            services.capture(transaction_id=row.id)
        else:
            services.void(transaction_id=row.id)
    for operation in operations.pending(row, OperationKind.REFUND):
        services.follow_refund(transaction_id=row.id, key=operation.key)


def _postpone(transaction_id: str) -> None:
    row = PaymentTransaction.fetch(transaction_id)
    if row.due_at is not None:
        operations.look_again(row, utc_now() + PAUSE)
        try:
            with transact() as tx:
                tx.save(row)
        except AtlasError:  # somebody is at work on it
            log.info("payment_not_postponed", transaction_id=transaction_id)
