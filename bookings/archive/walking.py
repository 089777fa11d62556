"""The nightly walk: every day of pick-ups that is two years old, one query each, never a scan.

The index `pickup-index` is the calendar: archived bookings are no longer in it, so a day that is done costs half a
read unit to pass. What is held back (a ride whose money is still open, one that changed lately) is there again the
next night, without anybody having to remember it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.errors import AtlasError
from atlas.shards import all_shards
from bookings.archive import purging, storing
from bookings.rules.retention import EARLIEST, is_archivable, last_day_archived, years_after
from bookings.services.forgetting import is_needed
from bookings.tables import Booking
from bookings.tables.archive import ArchiveFile, FileState

log = structlog.get_logger(__name__)

FILE_RECORDS = 500
"""Bookings in one file at most, and in memory at a time."""
DUE_FILES = 100

Saw = Callable[[str, Counter[str]], None]


@dataclass(slots=True)
class Walk:
    """Days `first` to `last`, or what a run that was cut off left of them. `saw` hears of each day that is done."""

    first: date
    last: date
    dry_run: bool = False
    counts: Counter[str] = field(default_factory=Counter)

    def go(self, *, saw: Saw, tell: Callable[[], None]) -> Counter[str]:
        day = self.first
        while day <= self.last:
            self._day(day.isoformat(), tell)
            day += timedelta(days=1)
            saw(day.isoformat(), self.counts)
        return self.counts

    def _day(self, day: str, tell: Callable[[], None]) -> None:
        keys = (key.id for key in Booking.pickup_index.query(day))
        while ids := list(islice(keys, FILE_RECORDS)):
            found = [booking for booking in get_many(*((Booking, id) for id in ids), consistent=True) if booking]
            ready = [booking for booking in found if _is_ready(booking)]
            self.counts["kept back"] += len(found) - len(ready)
            if ready:
                self.counts["archived"] += len(ready) if self.dry_run else storing.store(day, ready, tell)
                self.counts["files"] += 1
            tell()


def default_period(today: date) -> tuple[date, date]:
    return years_after(today, -EARLIEST), last_day_archived(today)


def see_to_files(counts: Counter[str], tell: Callable[[], None]) -> None:
    """What a dead worker left half done, and what has had its seven years. Each file by itself."""
    for file in due_files():
        try:
            match file.state:
                case FileState.WRITING:
                    storing.give_up(file)
                    counts["files given up"] += 1
                case FileState.WRITTEN:
                    counts["archived"] += storing.finish(file, tell)
                case FileState.STORED:
                    counts["deleted"] += purging.purge(file, tell)
        except AtlasError as refused:
            log.info("archive_file_not_done", file=file.object_key, code=refused.code)
        tell()


def due_files() -> Iterator[ArchiveFile]:
    now = utc_now()
    keys = [
        (key.day, key.part)
        for shard in all_shards()
        for key in ArchiveFile.due_index.query(shard, ArchiveFile.due_at <= now, limit=DUE_FILES)
    ]
    for file in get_many(*((ArchiveFile, key) for key in keys), consistent=True):
        if file is not None and file.due_at <= now:
            yield file


def _is_ready(booking: Booking) -> bool:
    return is_archivable(
        status=booking.status,
        pickup_day=date.fromisoformat(booking.pickup_day),
        changed_at=booking.updated_at,
        needed=is_needed(booking),
        now=utc_now(),
    )


def in_words(counts: Counter[str], *, dry_run: bool) -> str:
    """`archived 12, files 1`, for the job's note and the command."""
    said: list[Any] = [f"{name} {count:,}" for name, count in sorted(counts.items()) if count]
    return ("Would be: " if dry_run else "") + (", ".join(said) or "nothing to do")
