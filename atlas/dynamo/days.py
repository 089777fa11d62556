"""Everything of a table, newest first, without a scan: an index whose hash key is the day, walked backwards.

A page reads one day after the other until it is full, at most `MOST_DAYS` of them; the cursor says where it stopped.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any, TypeVar

from pynamodb.indexes import Index

from atlas.dynamo import cursor as cursors
from atlas.dynamo.cursor import Page
from atlas.dynamo.many import get_many
from atlas.dynamo.table import Table
from atlas.errors import InvalidCursor

T = TypeVar("T", bound=Table)

MOST_DAYS = 31
"""Days read for one page at most, each one query of half a unit when it is empty."""


def read_days(
    table: type[T], index: Index[T], first: date, last: date, *, scope: str, cursor: str | None, limit: int
) -> Page[T]:
    """The items of the UTC days `first` to `last`, newest first; `index` is KEYS_ONLY by day and time."""
    day, key = _position(cursors.decode(cursor, scope), last)
    keys: list[Any] = []
    for day in islice(_back(day, first), MOST_DAYS):  # noqa: B020 (goes on where the last page stopped)
        room = limit - len(keys)
        found = index.query(
            day.isoformat(), scan_index_forward=False, limit=room, page_size=room, last_evaluated_key=key
        )
        keys += [each.key[0] for each in found]
        key = found.last_evaluated_key
        if len(keys) == limit and key:
            return Page(_items(table, keys), cursors.encode([day.isoformat(), key], scope))
        if len(keys) == limit:
            break
    older = day - timedelta(days=1)
    more = older >= first
    return Page(_items(table, keys), cursors.encode([older.isoformat(), None], scope) if more else None)


def _position(stored: Any, last: date) -> tuple[date, Any]:
    if stored is None:
        return last, None
    try:
        day, key = stored
        return date.fromisoformat(day), key
    except (TypeError, ValueError) as error:
        raise InvalidCursor from error


def _back(day: date, first: date) -> Iterator[date]:
    while day >= first:
        yield day
        day -= timedelta(days=1)


def _items(table: type[T], keys: list[Any]) -> list[T]:
    """By their keys, in their order; one that is gone meanwhile is left out."""
    return [item for item in get_many(*((table, key) for key in keys)) if item is not None]
