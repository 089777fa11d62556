"""Telling the watchers of a topic what happened: from services, tasks and commands, or from a consumer.

Live views are a convenience on top of the stored truth. A Redis that is away is logged and never breaks the caller:
who missed a message gets a snapshot when the hub is back, or polls.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from redis.exceptions import RedisError

from atlas.api.renderers import dumps
from atlas.live import hub, redis
from atlas.live.mailbox import Kind

log = structlog.get_logger(__name__)

MARKS: dict[Kind, bytes] = {kind: mark for mark, kind in hub.KINDS.items()}
INWARD = {"signed_out": hub.SIGNED_OUT, "look_again": hub.LOOK_AGAIN}
"""What the hub itself acts on, and no client hears of."""


def publish(topic: str, message: Mapping[str, Any], *, kind: Kind = "event", subject: str = "") -> bool:
    """Send `message` (it has a `type`, names in camelCase) to the watchers of `topic`.

    `kind="position"` may be dropped for a slow reader once a newer one is there. A topic that is about several things
    names the `subject` (a vehicle's pseudoVIN): then a newer one of the same is meant, and who may hear of some
    subjects only does not hear of others. Whether Redis took it.
    """
    try:
        redis.client().publish(redis.name(topic), encode(message, kind, subject))
    except (RedisError, OSError) as error:
        return _lost(topic, error)
    return True


async def apublish(topic: str, message: Mapping[str, Any], *, kind: Kind = "event", subject: str = "") -> bool:
    """`publish` for consumers."""
    try:
        await redis.async_client().publish(redis.name(topic), encode(message, kind, subject))
    except (RedisError, OSError) as error:
        return _lost(topic, error)
    return True


def sign_out(user_id: str, *, only: str | None = None, but: str | None = None) -> bool:
    """Close every socket of a user at once: suspended, deleted, or with a new password. `only` those of one sign-in
    that has ended, or all `but` those of the one that stays (ids of sessions, as the user of a socket bears them).
    """
    return publish(user_topic(user_id), {"type": "signed_out", "only": only, "but": but})


def look_again(user_id: str) -> bool:
    """What a user may see has changed: each of their sockets asks again, and gets a new snapshot or is closed."""
    return publish(user_topic(user_id), {"type": "look_again"})


def user_topic(user_id: str) -> str:
    """What every socket of a user listens to."""
    return f"user:{user_id}"


def encode(message: Mapping[str, Any], kind: Kind, subject: str = "") -> bytes:
    mark = INWARD.get(message["type"], MARKS[kind])
    return mark + subject.encode() + hub.END_OF_HEAD + dumps(message)


def _lost(topic: str, error: Exception) -> bool:
    log.warning("live message lost", topic=topic, reason=f"{type(error).__name__}: {error}"[:200])
    return False
