"""Where a driver or vehicle was last: in Redis for a day, so that a restart of the web processes forgets nothing.

The permanent copy is the domain's (`Driver.currentLocation`, written far less often); with Redis away there simply
is no last position here.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from redis.exceptions import RedisError

from atlas.api.renderers import dumps
from atlas.live import redis

log = structlog.get_logger(__name__)

LIFE = timedelta(hours=24)

NEWEST_WINS = """
local held = redis.call('HGET', KEYS[1], 'at')
if held and tonumber(held) > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'at', ARGV[1], 'position', ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""
"""One step in Redis, because two processes may hear of one vehicle in the wrong order."""


def set_position(subject: str, position: Mapping[str, Any], at: datetime) -> bool:
    """Keep `position` of `subject` (`driver:{id}`) unless a later one is known. Whether it is now the last one."""
    try:
        return bool(redis.client().eval(NEWEST_WINS, 1, *_arguments(subject, position, at)))
    except (RedisError, OSError) as error:
        return _away(error)


async def aset_position(subject: str, position: Mapping[str, Any], at: datetime) -> bool:
    """`set_position` for consumers."""
    try:
        command: Any = redis.async_client().eval(NEWEST_WINS, 1, *_arguments(subject, position, at))
        return bool(await command)
    except (RedisError, OSError) as error:
        return _away(error)


def get_position(subject: str) -> dict[str, Any] | None:
    """The last position of `subject`, if any within a day."""
    try:
        return _decode(redis.client().hget(_key(subject), "position"))
    except (RedisError, OSError) as error:
        _away(error)
        return None


async def aget_position(subject: str) -> dict[str, Any] | None:
    """`get_position` for consumers."""
    try:
        command: Any = redis.async_client().hget(_key(subject), "position")
        return _decode(await command)
    except (RedisError, OSError) as error:
        _away(error)
        return None


def forget_position(subject: str) -> None:
    """At a person's request or a device's removal."""
    try:
        redis.client().delete(_key(subject))
    except (RedisError, OSError) as error:
        _away(error)


def _key(subject: str) -> str:
    return redis.name("position", subject)


def _arguments(subject: str, position: Mapping[str, Any], at: datetime) -> tuple[str, str, str, str]:
    milliseconds = str(round(at.timestamp() * 1000))
    return _key(subject), milliseconds, dumps(position).decode(), str(int(LIFE.total_seconds()))


def _decode(stored: Any) -> dict[str, Any] | None:
    found: dict[str, Any] | None = json.loads(stored) if stored else None
    return found


def _away(error: Exception) -> bool:
    log.warning("last position unavailable", reason=type(error).__name__)
    return False
