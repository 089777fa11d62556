"""How Atlas itself is: how fast the store and Redis answer, how long the queue of jobs is, when beat last ticked."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.cache import cache

from atlas.dynamo.attributes import utc_now
from atlas.tables import Unique

KEY = "pulse"
QUEUE = "celery"
"""Celery's own default; Atlas has one queue."""
TOO_OLD = 4
"""Periods after which a tick that did not come is missed."""


@shared_task
def tick() -> None:
    """Beat asked for it and a worker did it: both live."""
    cache.set(KEY, utc_now(), timedelta(days=1).total_seconds())


def last_tick() -> datetime | None:
    found: datetime | None = cache.get(KEY)
    return found


def is_late(at: datetime | None) -> bool:
    return at is None or utc_now() - at > TOO_OLD * timedelta(seconds=settings.JOBS_EVERY_SECONDS)


def store_milliseconds() -> float:
    """One GetItem."""
    return _timed(lambda: Unique.find("health"))


def cache_milliseconds() -> float:
    return _timed(lambda: cache.get("health"))


def queue_length() -> int:
    """Jobs that wait for a worker. Raises what the broker's client raises when it is away."""
    from atlas.celery import app  # noqa: PLC0415 (atlas.celery is a composition root)

    with app.connection_for_read() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        channel: Any = broker.default_channel
        return int(channel.queue_declare(queue=QUEUE, durable=True).message_count)


def _timed(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1000
