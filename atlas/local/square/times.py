"""RFC 3339 times and durations as Square writes them, and the sandbox clock."""

import re
import sqlite3
from datetime import UTC, datetime, timedelta

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<days>\d{1,5})D)?(?:T(?=\d)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)
_CLOCK_KEY = "clock_offset_seconds"


def rfc3339(moment: datetime) -> str:
    """UTC with milliseconds and ``Z``: fixed width, so that text order is time order."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Raises ``ValueError`` unless it is a time with an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs an offset")
    return moment.astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """ISO 8601 days, hours, minutes and seconds (``P7D``, ``PT36H``); raises ``ValueError`` for anything else."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError("not a duration")
    return timedelta(**{unit: int(count) for unit, count in match.groupdict().items() if count is not None})


def clock_offset(db: sqlite3.Connection) -> timedelta:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_CLOCK_KEY,)).fetchone()
    return timedelta(seconds=float(row[0])) if row else timedelta()


def sandbox_now(db: sqlite3.Connection) -> datetime:
    """The machine's time plus what the clock was advanced by; cut to the milliseconds that Square shows."""
    moment = datetime.now(UTC) + clock_offset(db)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def advance_clock(db: sqlite3.Connection, by: timedelta) -> None:
    """Adds to the offset, kept across restarts."""
    seconds = (clock_offset(db) + by).total_seconds()
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_CLOCK_KEY, str(seconds)))
