"""Day after day: partitions whose order is the order of their sort keys, one read when the one before is empty."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from atlas.errors import InvalidCursor
from atlas.facade.reading.line import Line
from atlas.facade.reading.source import Entry


class Walk:
    """From `first` to `last` day, which may lie before it; a position is a day and one within that day."""

    def __init__(self, first: date, last: date, line_of: Callable[[str, Any], Line], start: Any) -> None:
        self.last, self.line_of = last, line_of
        self.step = timedelta(days=1 if first <= last else -1)
        day, within = _position(start) if start else (first, None)
        self.day = day
        self.ended = (day - last) * self.step.days > timedelta()
        """A position beyond the last day: time has gone on, or the list is bounded."""
        self.line = line_of(day.isoformat(), within)
        self.first: Any = None

    @property
    def stalled(self) -> bool:
        return not self.ended and self.line.stalled

    @property
    def more(self) -> bool:
        return not self.ended and (self.line.more or self.day != self.last)

    def head(self) -> Entry | None:
        while not self.ended:
            if entry := self.line.head():
                if self.first is None:
                    self.first = [self.day.isoformat(), self.line.back_mark()]
                return Entry(entry.raw, entry.sort, [self.day.isoformat(), entry.after])
            if self.line.stalled:
                return None
            if self.day == self.last:
                self.ended = True
                return None
            self.day += self.step
            self.line = self.line_of(self.day.isoformat(), None)
        return None

    def take(self) -> Entry:
        entry = self.head()
        assert entry is not None
        self.line.take()
        return entry

    def mark(self) -> Any:
        return [self.day.isoformat(), self.line.mark()]

    def back_mark(self) -> Any:
        return self.first or [self.day.isoformat(), self.line.back_mark()]


def _position(stored: Any) -> tuple[date, Any]:
    try:
        day, within = stored
        return date.fromisoformat(day), within
    except (TypeError, ValueError) as error:
        raise InvalidCursor from error
