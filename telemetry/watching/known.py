"""What is watched for in an organization, as a process knows it: from its memory for seconds, from the cache for
minutes, from DynamoDB once after that. A batch of readings pays no call for it.

    known.of(organization_id)       # Watched: limits, and the fences found by place
    known.is_known(organization_id) # whether that asks DynamoDB for nothing but fences
"""

import time
from datetime import datetime
from threading import Lock
from typing import Any, NamedTuple

import msgspec
from django.core.cache import cache
from redis.exceptions import RedisError

from atlas.dynamo.transaction import Transaction
from telemetry.geofences.tables import Geofence
from telemetry.rules.fencing import NO_FENCES, Fence, Fences
from telemetry.rules.point import milliseconds
from telemetry.rules.shapes import shape_of
from telemetry.watching.tables import SecuritySettings

MEMORY_SECONDS = 5.0
"""A change is known to every process after so long, where the cache is there."""
CACHE_SECONDS = 120
"""And after so long where it is not."""
MOST_REMEMBERED = 10_000
"""Organizations in a process's memory."""
_AWAY = (RedisError, OSError)


class Limits(NamedTuple):
    """Of an organization; None: the platform's own."""

    fences_version: int = 0
    speed_limit: float | None = None
    low_battery: float | None = None


class Watched(NamedTuple):
    limits: Limits
    fences: Fences


_limits: dict[str, tuple[Limits, float]] = {}
"""Of each organization, until when by the process's own clock."""
_fences: dict[str, tuple[int, Fences]] = {}
"""With their version."""
_lock = Lock()


def of(organization_id: str) -> Watched:
    """May read: one GetItem in `CACHE_SECONDS`, and the fences where they have changed."""
    limits = _peek(organization_id)
    if limits is None:
        learn(organization_id, SecuritySettings.find(organization_id, consistent=True))
        limits = _limits[organization_id][0]
    return Watched(limits, _fences_of(organization_id, limits.fences_version))


def is_known(organization_id: str) -> bool:
    """Whether DynamoDB need not be asked for the limits."""
    return _peek(organization_id) is not None


def learn(organization_id: str, item: SecuritySettings | None) -> None:
    """Take in what was read. What was written through to the cache meanwhile is newer, and stays."""
    limits = limits_in(item)
    _safely(lambda: cache.add(_key(organization_id), msgspec.msgpack.encode(limits), CACHE_SECONDS))
    _remember(organization_id, limits)


def change(tx: Transaction, item: SecuritySettings) -> None:
    """Save it with `tx`; every process learns of it once that holds."""

    def tell() -> None:
        _limits.pop(item.organization_id, None)
        _safely(lambda: cache.set(_key(item.organization_id), msgspec.msgpack.encode(limits_in(item)), CACHE_SECONDS))

    tx.save(item)
    tx.on_commit(tell)


def settings_of(organization_id: str) -> SecuritySettings:
    """To be changed: as it is this instant, or a new one."""
    found = SecuritySettings.find(organization_id, consistent=True)
    return found if found is not None else SecuritySettings(organization_id=organization_id)


def _peek(organization_id: str) -> Limits | None:
    limits, until = _limits.get(organization_id, (None, 0.0))
    if limits is not None and until > time.monotonic():
        return limits
    packed = _safely(lambda: cache.get(_key(organization_id)))
    if packed is None:
        return None
    values: list[Any] = msgspec.msgpack.decode(packed)
    return _remember(organization_id, Limits(*values[: len(Limits._fields)]))


def _remember(organization_id: str, limits: Limits) -> Limits:
    with _lock:
        if len(_limits) >= MOST_REMEMBERED:
            _limits.clear()
            _fences.clear()
        _limits[organization_id] = limits, time.monotonic() + MEMORY_SECONDS
    return limits


def _fences_of(organization_id: str, version: int) -> Fences:
    if not version:
        return NO_FENCES
    known, fences = _fences.get(organization_id, (0, NO_FENCES))
    if known != version:
        rows = Geofence.query(organization_id, consistent_read=True)
        fences = Fences([watched_fence(row) for row in rows if row.active])
        _fences[organization_id] = version, fences
    return fences


def watched_fence(row: Geofence) -> Fence:
    return Fence(
        row.id,
        shape_of(msgspec.json.decode(row.geometry), row.radius),
        milliseconds(row.since),
        1000 * int(row.dwell_seconds or 0),
        None if row.vehicles is None else frozenset(row.vehicles),
    )


def limits_in(item: SecuritySettings | None) -> Limits:
    if item is None:
        return Limits()
    return Limits(item.fences_version, item.speed_limit, item.low_battery)


def _key(organization_id: str) -> str:
    return f"watch:{SecuritySettings.Meta.table_name}:{organization_id}"


def _safely(call: Any) -> Any:
    """None where the cache is away: then it is as if there were none."""
    try:
        return call()
    except _AWAY:
        return None


def now_in_force(now: datetime) -> datetime:
    """From when a change counts: to the millisecond, as readings have it."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
