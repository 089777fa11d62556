"""Reads of the access log: by item, by subject, by actor, by time; each through a key or an index."""

import heapq
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from django.conf import settings

from accounts import staff
from accounts.access_log.reading import read
from accounts.access_log.tables import AccessEntry
from accounts.users import CurrentUser
from atlas.dynamo import cursor as cursors
from atlas.dynamo.attributes import instant_text, utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.days import MOST_DAYS
from atlas.dynamo.many import get_many
from atlas.errors import Invalid, InvalidCursor
from atlas.shards import all_shards

log = structlog.get_logger(__name__)

AFTER_ALL = "~"
"""Sorts after every id: `moment` up to and with an instant."""


def list_entries(
    *,
    user: CurrentUser,
    subject: str | None = None,
    actor: str | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AccessEntry]:
    """For staff, newest first: about somebody, by somebody, or everything. A look at somebody's entries is one too."""
    staff.require(user, "view", "accounts.accessentry")
    if from_ and to and from_ > to:
        raise Invalid(fields={"from": ["Must not lie after `to`."]})
    name = scope("access-log", user.id, subject, actor, from_, to)
    page: dict[str, Any] = {"scope": name, "cursor": cursor, "limit": limit}
    if subject:
        read(actor=user, resource="access-log", of=[(f"users:{subject}", subject)])
        by = AccessEntry.actor_id == actor if actor else None
        return _by(AccessEntry.subject_index, subject, from_, to, filter_condition=by, **page)
    if actor:
        read(actor=user, resource="access-log", of=[(f"users:{actor}", actor)])
        return _by(AccessEntry.actor_index, actor, from_, to, **page)
    return _by_day(from_, to, **page)


def seen_by_others(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[AccessEntry]:
    """What other people did with the user's own data, newest first; neither their own deeds nor the platform's."""
    others = AccessEntry.actor_id.exists() & (AccessEntry.actor_id != user.id)
    return _by(
        AccessEntry.subject_index,
        user.id,
        None,
        None,
        filter_condition=others,
        scope=scope("my-access-log", user.id),
        cursor=cursor,
        limit=limit,
    )


def history(*, object: str, cursor: str | None = None, limit: int = 50) -> Page[AccessEntry]:
    """The story of one item (`bookings:<id>`), newest first. One query. For staff: asked by the admin alone."""
    page = read_page(
        AccessEntry.query,
        object,
        scope=scope("history", object),
        cursor=cursor,
        limit=limit,
        scan_index_forward=False,
    )
    return Page(_whole(page.items), page.next)


def recent(*, actor_id: str, limit: int) -> list[AccessEntry]:
    """What somebody did last."""
    keys = AccessEntry.actor_index.query(actor_id, scan_index_forward=False, limit=limit, page_size=limit)
    return _load(list(keys))


def _by(index: Any, key: str, from_: datetime | None, to: datetime | None, **page: Any) -> Page[AccessEntry]:
    """A page of an index, and the entries it names: two calls."""
    keys = read_page(index.query, key, range_key_condition=_between(from_, to), scan_index_forward=False, **page)
    return Page(_load(list(keys.items)), keys.next)


def _by_day(
    from_: datetime | None, to: datetime | None, *, scope: str, cursor: str | None, limit: int
) -> Page[AccessEntry]:
    """Everything: day after day backwards, each merged from its shards, until the page is full."""
    now = utc_now()
    last, first = (to or now).date(), (from_ or now - settings.ACCESS_LOG_RETENTION).date()
    stop = f"{instant_text(to)}{AFTER_ALL}" if to else AFTER_ALL
    day, before = _position(cursors.decode(cursor, scope), last, stop)
    start = instant_text(from_) if from_ else ""
    keys: list[Any] = []
    for day in islice(_back(day, first), MOST_DAYS):  # noqa: B020 (goes on where the last page stopped)
        keys += islice(_of_day(day, start, before, limit), limit - len(keys))
        if len(keys) == limit:
            return Page(_load(keys), cursors.encode([day.isoformat(), keys[-1].moment], scope))
    older = day - timedelta(days=1)
    return Page(_load(keys), cursors.encode([older.isoformat(), AFTER_ALL], scope) if older >= first else None)


def _of_day(day: date, start: str, before: str, limit: int) -> Iterator[Any]:
    """The keys of a UTC day, newest first, older than `before`."""
    shards = [
        AccessEntry.day_index.query(
            f"{day:%Y-%m-%d}#{shard}",
            AccessEntry.moment < before,
            scan_index_forward=False,
            page_size=max(5, limit // 2),
        )
        for shard in all_shards()
    ]
    for key in heapq.merge(*shards, key=lambda entry: str(entry.moment), reverse=True):
        if key.moment < start:
            return
        yield key


def _position(stored: Any, last: date, stop: str) -> tuple[date, str]:
    if stored is None:
        return last, stop
    try:
        day, before = stored
        return date.fromisoformat(day), str(before)
    except (TypeError, ValueError) as error:
        raise InvalidCursor from error


def _back(day: date, first: date) -> Iterator[date]:
    while day >= first:
        yield day
        day -= timedelta(days=1)


def _between(from_: datetime | None, to: datetime | None) -> Any:
    if from_ is None and to is None:
        return None
    start = instant_text(from_) if from_ else ""
    if to is None:
        return AccessEntry.moment >= start
    end = f"{instant_text(to)}{AFTER_ALL}"
    return AccessEntry.moment.between(start, end) if start else AccessEntry.moment <= end


def _load(keys: list[Any]) -> list[AccessEntry]:
    found = get_many(*((AccessEntry, (key.object_, key.moment)) for key in keys))
    return _whole([entry for entry in found if entry is not None])


def _whole(entries: Any) -> list[AccessEntry]:
    """Without those that somebody damaged beyond reading: `audit verify` names them."""
    whole = [entry for entry in entries if entry.is_whole]
    if len(whole) < len(entries):
        log.error("access_log_damaged", entries=len(entries) - len(whole))
    return whole
