"""What time does to bookings and quotes: found by the due indexes, done by the services, never by scanning."""

import structlog
from celery import shared_task

from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from atlas.shards import all_shards
from bookings import services
from bookings.rules.deadlines import Task
from bookings.services.change import next_due
from bookings.tables import Booking, Quote

log = structlog.get_logger(__name__)

BATCH = 100
"""At most so many of each shard in one run; the next run, seconds later, takes the rest."""

DO = {
    Task.EXPIRE: services.expire,
    Task.ALERT_DEPARTURE: services.alert_departure,
    Task.TAKE_ANNOUNCED: services.take_announced,
    Task.CLOSE_EXTRAS: services.close_extras,
    Task.CALL_OFF_UNPAID: services.call_off_unpaid,
    Task.SETTLE_ACCEPTANCE: services.settle_acceptance,
    Task.SETTLE_CHARGE: services.settle_charge,
    Task.AUTHORIZE_CARD: services.authorize_card,
}
ASKING = frozenset({Task.SETTLE_ACCEPTANCE, Task.SETTLE_CHARGE, Task.AUTHORIZE_CARD})
"""What asks the payment provider."""


@shared_task
def expire_due() -> None:
    """Everything whose time has come. Each item by itself: one that fails keeps no other from its turn."""
    now = utc_now()
    asking: list[tuple[Task, str]] = []
    for shard in all_shards():
        for quote in Quote.due_index.query(shard, Quote.expires_at <= now, limit=BATCH):
            _attempt(services.expire_quote, quote_id=quote.id)
        for key in Booking.due_index.query(shard, Booking.due_at <= now, limit=BATCH):
            task = task_due(key.id)
            if task in ASKING:
                asking.append((task, key.id))
            elif task is not None:
                _attempt(DO[task], booking_id=key.id)
    for task, booking_id in asking:  # last, as the payment provider may be slow to answer
        _attempt(DO[task], booking_id=booking_id)


def task_due(booking_id: str) -> Task | None:
    """What is due for a booking by its state as it is now; the index may lag."""
    booking = Booking.find(booking_id, consistent=True)
    coming = next_due(booking) if booking else None
    return coming.task if coming and coming.at <= utc_now() else None


def _attempt(service: object, **what: str) -> None:
    try:
        service(**what)  # type: ignore[operator]
    except AtlasError as refused:
        log.info("due_not_done", code=refused.code, **what)
    except Exception:
        log.exception("due_failed", **what)
