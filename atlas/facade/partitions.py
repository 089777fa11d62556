"""Declared sets of partitions: how "everything" is read through an index without a scan.

    class Booking(Facade, table=tables.Booking, partitions={
        "day-index": Days(reach=timedelta(days=732)),      # one after the other, newest first
        "open-index": Values(all_shards),                  # all at once, merged by the sort key
    }): ...

A declaration is a promise: each item that has the index's sort key is in one of these partitions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any

from atlas.dynamo.attributes import utc_now

MOST_VALUES = 64
"""Partitions that are merged at most: each costs a query per page."""


@dataclass(frozen=True, slots=True)
class Values:
    """Partitions of known hash keys, merged by the sort key: shards, or the members of an enumeration."""

    source: type[Enum] | Iterable[Any] | Callable[[], Iterable[Any]]

    def all(self) -> tuple[Any, ...]:
        source: Any = self.source
        if isinstance(source, type) and issubclass(source, Enum):
            return tuple(source)
        return tuple(source() if callable(source) else source)


@dataclass(frozen=True, slots=True)
class Days:
    """A partition per UTC day (`2026-12-24`) of the index's sort key, an instant."""

    reach: timedelta
    """How far back the list goes; what is older is not in it."""
    ahead: timedelta = timedelta()
    """How far into the future, for instants that lie there."""

    def between(self, low: datetime | None, high: datetime | None) -> tuple[date, date]:
        """First and last day to read, within reach."""
        now = utc_now()
        first, last = now - self.reach, now + self.ahead
        return (
            max(first, low).astimezone(UTC).date() if low else first.date(),
            min(last, high).astimezone(UTC).date() if high else last.date(),
        )


Partitions = Values | Days
