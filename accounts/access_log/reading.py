"""Somebody looks at another person's data: told once per window, and never because of a cache that is away."""

from collections.abc import Callable, Iterable
from hashlib import blake2b
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.access_log.deeds import Deed
from accounts.access_log.writing import entry, store
from accounts.users import CurrentUser

log = structlog.get_logger(__name__)

Subject = str | None | Callable[[], str | None]
"""A user's id, or who finds it out: asked only when there is something to write."""


def read(*, actor: CurrentUser, resource: str, of: Iterable[tuple[str, Subject]], reason: str = "") -> None:
    """`actor` was shown `resource` of these: pairs of an object (`bookings:<id>`) and the user whose data it is.

    One entry per person. What the same actor was shown of the same object within `ACCESS_LOG_READ_WINDOW` is one
    entry; one's own data is none. The entry comes before the mark in the cache: killed in between, the next read
    writes one more and not one less. A reason given makes it an entry of its own.
    """
    wanted = {object: subject for object, subject in of if callable(subject) or subject != actor.id}
    if not wanted:
        return
    keys = {_key(actor.id, resource, object): object for object in wanted}
    fresh = list(keys) if reason else _unseen(list(keys))
    if not fresh:
        return
    entries = []
    for key in fresh:
        object = keys[key]
        subject = wanted[object]
        subject_id = subject() if callable(subject) else subject
        if subject_id != actor.id:
            entries.append(
                entry(Deed.READ, object=object, subject_id=subject_id, actor=actor, resource=resource, reason=reason)
            )
    store(entries)
    _mark(fresh)


def _key(*parts: str) -> str:
    """Ids may hold what a cache's keys may not."""
    return f"read:{blake2b(chr(0).join(parts).encode(), digest_size=16).hexdigest()}"


def _unseen(keys: list[str]) -> list[str]:
    try:
        seen: dict[str, Any] = cache.get_many(keys)
    except (RedisError, OSError) as error:
        log.warning("access_log_window_away", reason=type(error).__name__)
        return keys
    return [key for key in keys if key not in seen]


def _mark(keys: list[str]) -> None:
    window = int(settings.ACCESS_LOG_READ_WINDOW.total_seconds())
    if not window:
        return
    try:
        cache.set_many(dict.fromkeys(keys, 1), timeout=window)
    except (RedisError, OSError) as error:
        log.warning("access_log_window_away", reason=type(error).__name__)
