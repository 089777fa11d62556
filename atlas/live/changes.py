"""How often something has changed: who keeps a copy of it sees here, without reading it anew, whether it is still true.

    mark_changed(topic)                 # the writer, once its transaction holds
    if await achanges(topic) != seen: ...

A counter in Redis. With Redis away nothing is known, so whoever keeps a copy also renews it after a while.
"""

from datetime import timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError

from atlas.live import redis

log = structlog.get_logger(__name__)

LIFE = timedelta(hours=24)


def mark_changed(topic: str) -> None:
    """Every copy of what `topic` is about is out of date from now on."""
    try:
        pipeline = redis.client().pipeline(transaction=False)
        pipeline.incr(_key(topic))
        pipeline.expire(_key(topic), LIFE)
        pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("change not marked", topic=topic, reason=type(error).__name__)


async def achanges(topic: str) -> int | None:
    """A number that is another one after each change; None while nothing is known."""
    try:
        command: Any = redis.async_client().get(_key(topic))
        return int(await command or 0)
    except (RedisError, OSError) as error:
        log.warning("changes unavailable", topic=topic, reason=type(error).__name__)
        return None


def _key(topic: str) -> str:
    return redis.name("changes", topic)
