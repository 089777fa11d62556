"""Redis for live views: one client per process for threads, one per event loop for sockets.

Both fail fast: a publisher must not wait for a Redis that is away, and the hub wants to hear of a lost connection.
"""

from functools import cache

import redis
import redis.asyncio
from django.conf import settings
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import NoBackoff
from redis.retry import Retry

from atlas.live.loops import per_loop

TIMEOUT_SECONDS = 1.0
HEALTH_CHECK_SECONDS = 10


@cache
def client() -> redis.Redis:
    """The process's client. One retry, for a connection that was cut while it was idle in the pool."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 1),
    )


@per_loop
def async_client() -> "redis.asyncio.Redis":
    """The running event loop's client."""
    return redis.asyncio.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        socket_keepalive=True,
        health_check_interval=HEALTH_CHECK_SECONDS,
        retry=AsyncRetry(NoBackoff(), 0),
    )


def name(*parts: str) -> str:
    """A key or channel of this installation: pub/sub knows no databases, so the table prefix keeps them apart."""
    return ":".join((f"{settings.TABLE_PREFIX}live", *parts))
