"""Everything of a table, newest first, without a scan: an index whose hash key is the day, walked backwards.

A page reads one day after the other until it is full, at most `MOST_DAYS` of them; the cursor says where it stopped.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from pynamodb.indexes import Index

from atlas.dynamo.attributes import InstantAttribute, instant_text
from atlas.dynamo.cursor import Page, decode, encode
from atlas.dynamo.many import get_many
from atlas.dynamo.table import Table

T = TypeVar("T", bound=Table)

MOST_DAYS = 31
"""Empty days read for one page: each is a request of half a read unit."""


def read_days(
    table: type[T],
    index: Index[T],
    sort: InstantAttribute,
    *,
    since: datetime,
    until: datetime,
    scope: str,
    cursor: str | None,
    limit: int,
) -> Page[T]:
    """Items created in [since, until], newest first; `index` has the day as hash key and `sort` as range key."""
    before = _instant(decode(cursor, scope)) or until
    days = _days_back(from_=before.date(), to=since.date())
    keys: list[tuple[datetime, str]] = []
    last_day: date | None = None
    for last_day in islice(days, MOST_DAYS):
        earliest = max(since, datetime.combine(last_day, datetime.min.time(), UTC))
        found = index.query(
            last_day.isoformat(),
            sort.between(earliest, before - timedelta(microseconds=1)) if cursor else sort.between(earliest, before),
            scan_index_forward=False,
            limit=limit - len(keys),
        )
        keys += [(getattr(key, "created_at"), key.key[0]) for key in found]  # noqa: B009
        if len(keys) == limit:
            return Page(_items(table, keys), encode(instant_text(keys[-1][0]), scope))
    more = last_day is not None and last_day > since.date()
    next_ = (
        encode(instant_text(datetime.combine(last_day, datetime.min.time(), UTC)), scope) if more and last_day else None
    )
    return Page(_items(table, keys), next_)


def _items(table: type[T], keys: list[tuple[datetime, str]]) -> list[T]:
    return [item for item in get_many(*((table, id) for _, id in keys)) if item is not None]


def _days_back(*, from_: date, to: date) -> Iterator[date]:
    day = from_
    while day >= to:
        yield day
        day -= timedelta(days=1)


def _instant(position: Any) -> datetime | None:
    return datetime.fromisoformat(position) if position else None
