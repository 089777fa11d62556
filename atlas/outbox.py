"""Facts that must not be lost: written in the transaction that makes them true, delivered until confirmed.

    with transact() as tx:
        tx.save(booking)
        outbox.add(tx, RideCompleted(booking.id))

After the commit a job delivers the row at once; a periodic one (`redeliver`) takes what is left over. A dead worker,
broker or provider delays a fact, and never loses it. A row that keeps failing stays, with its last error, for staff.
"""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import msgspec
import structlog
from celery import shared_task
from django.conf import settings
from pynamodb.exceptions import DeleteError, PutError

from atlas import events
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.shards import all_shards, shard_of
from atlas.tables import OutboxRow

log = structlog.get_logger(__name__)

LONGEST_RETRY = timedelta(hours=1)


def add(tx: Transaction, event: object) -> None:
    """Record a fact with the state that `tx` writes; deliver it once that holds."""
    id = str(uuid4())
    tx.create(
        OutboxRow(
            id=id,
            event=type(event).__name__,
            payload=msgspec.json.encode(event).decode(),
            due_shard=shard_of(id),
            due_at=utc_now() + settings.OUTBOX_RETRY,
        )
    )
    tx.on_commit(lambda: _deliver_soon(id))


def deliver(id: str) -> bool:
    """Bring one fact to its handlers. True when it is done with; a failure is recorded and tried again later."""
    row = OutboxRow.find(id, consistent=True)
    if row is None:
        return True
    try:
        event: object = msgspec.json.decode(row.payload, type=events.event_class(row.event))
        for handler in events.handlers(type(event)):
            handler(event)
    except Exception as error:
        log.exception("outbox_delivery_failed", event_name=row.event, outbox_id=id, attempts=row.attempts + 1)
        _postpone(row, error)
        return False
    _forget(row)
    return True


def redeliver(limit: int = 100) -> int:
    """Deliver what is due again. Returns how many facts were confirmed."""
    due = [
        key.id
        for shard in all_shards()
        for key in OutboxRow.due_index.query(shard, OutboxRow.due_at <= utc_now(), limit=limit)
    ]
    return sum(deliver(id) for id in due)


def behind() -> timedelta:
    """For how long the oldest fact is due again: 0 while jobs keep up. One small query per shard."""
    now = utc_now()
    oldest = (
        first.due_at
        for shard in all_shards()
        for first in OutboxRow.due_index.query(shard, OutboxRow.due_at <= now, limit=1)
    )
    return now - min(oldest, default=now)


@shared_task
def deliver_outbox(id: str) -> None:
    """The job of one fact, asked for as soon as its transaction holds."""
    deliver(id)


@shared_task
def redeliver_outbox() -> None:
    """The periodic job (`atlas.celery`)."""
    redeliver()


def _deliver_soon(id: str) -> None:
    try:
        deliver_outbox.delay(id)
    except Exception:
        log.warning("outbox_broker_away", outbox_id=id)


def _postpone(row: OutboxRow, error: Exception) -> None:
    row.attempts += 1
    row.last_error = f"{type(error).__name__}: {error}"[:500]
    row.due_at = utc_now() + min(settings.OUTBOX_RETRY * 2 ** min(row.attempts, 10), LONGEST_RETRY)
    _tolerating_a_race(row.save)


def _forget(row: OutboxRow) -> None:
    _tolerating_a_race(row.delete)


def _tolerating_a_race(write: Callable[[], object]) -> None:
    """Another delivery of the same row may have finished it first: then nothing is left to do."""
    try:
        write()
    except (DeleteError, PutError) as lost:
        if lost.cause_response_code != "ConditionalCheckFailedException":
            raise
