"""The days that a run goes through."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from atlas.errors import Invalid

LONGEST = timedelta(days=366)
"""Square lists a year."""
_TICK = timedelta(milliseconds=1)
"""Square's times are no finer, and its ranges include their ends."""


@dataclass(frozen=True, slots=True)
class Period:
    """UTC days, both included. Raises `Invalid` for one that is turned round, too long or wholly ahead."""

    first: date
    last: date
    today: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise Invalid(fields={"from": ["Must not lie after `to`."]})
        if self.last - self.first > LONGEST:
            raise Invalid(fields={"from": [f"A period is at most {LONGEST.days} days long."]})
        if self.first > self.today:
            raise Invalid(fields={"from": ["Lies in the future."]})

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first, time.min, UTC)

    def end(self, now: datetime) -> datetime:
        """The last moment of it that has come."""
        return min(datetime.combine(self.last + timedelta(days=1), time.min, UTC) - _TICK, now)
