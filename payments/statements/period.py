"""The days of a statement. No I/O."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from atlas.errors import Invalid

LONGEST = timedelta(days=366)
SETTLED = timedelta(hours=1)
"""So long after midnight a day's last postings are in every index."""
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Days:
    """UTC days that are over, both included. Raises `Invalid` for others."""

    first: date
    last: date
    now: datetime

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise Invalid(fields={"from": ["Must not lie after `to`."]})
        if self.last - self.first >= LONGEST:
            raise Invalid(fields={"from": [f"A statement is of {LONGEST.days} days at most."]})
        if self.now < self.end + SETTLED:
            raise Invalid(fields={"to": ["These days are not over yet: a statement is made of days that are."]})

    @property
    def end(self) -> datetime:
        """The moment after the last one."""
        return datetime.combine(self.last + timedelta(days=1), time.min, UTC)

    @property
    def month(self) -> str:
        """That it begins in, `2026-12`."""
        return f"{self.first:%Y-%m}"

    @property
    def ends_month(self) -> bool:
        return (self.last + timedelta(days=1)).day == 1

    @property
    def name(self) -> str:
        """`2026-12` of a whole month, else `20261201-20261215`."""
        is_month = self.first.day == 1 and self.ends_month and f"{self.last:%Y-%m}" == self.month
        return self.month if is_month else f"{self.first:%Y%m%d}-{self.last:%Y%m%d}"


def days_of(month: str) -> tuple[date, date]:
    """The first and the last of `2026-12`. Raises `Invalid`."""
    if not _MONTH.fullmatch(month):
        raise Invalid(fields={"month": ["Give one like 2026-12."]})
    first = date.fromisoformat(f"{month}-01")
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
