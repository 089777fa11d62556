"""One partition, or one table by scan, in one direction; a request at a time, as late as possible."""

from collections import deque
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from atlas.facade.planning.ways import Way
from atlas.facade.reading.source import Budget, Entry

Fetch = Callable[[Any], dict[str, Any]]
"""From an exclusive start key (None: the beginning) to DynamoDB's answer."""


class Line:
    """`start` is a position: the wire keys after which to read."""

    def __init__(self, way: Way, fetch: Fetch, start: Any, budget: Budget) -> None:
        self.way, self.fetch, self.budget = way, fetch, budget
        self.waiting: deque[dict[str, Any]] = deque()
        self.at = start
        """Everything up to here was taken, or is of no interest."""
        self.read_to = start
        """Up to here DynamoDB has read."""
        self.first: Any = None
        self.ended = False
        self.stalled = False

    def head(self) -> Entry | None:
        while not self.waiting and not self.ended and not self.stalled:
            if not self.budget.spend():
                self.stalled = True
                return None
            answer = self.fetch(self.read_to)
            self.waiting.extend(answer["Items"])
            if last := answer.get("LastEvaluatedKey"):
                self.read_to = last
                if not self.waiting:
                    self.at = last
            else:
                self.ended = True
        if not self.waiting:
            return None
        raw = self.waiting[0]
        position = self.way.position(raw)
        if self.first is None:
            self.first = position
        return Entry(raw, sort_value(self.way, raw), position)

    def take(self) -> Entry:
        entry = self.head()
        assert entry is not None
        self.waiting.popleft()
        self.at = entry.after
        if not self.waiting and not self.ended:
            self.at = self.read_to
        return entry

    @property
    def more(self) -> bool:
        return bool(self.waiting) or not self.ended

    def mark(self) -> Any:
        return self.at

    def back_mark(self) -> Any:
        """None, the other end, when nothing lies between here and the end."""
        if self.first is not None:
            return self.first
        return None if self.ended else self.at

    @property
    def frontier(self) -> Any:
        """Up to which sort value this line is known, once it has stalled."""
        return sort_value(self.way, self.at) if self.at else None


def sort_value(way: Way, raw: dict[str, Any]) -> Any:
    """Comparable as DynamoDB compares: text by its bytes, numbers by value."""
    if way.range is None:
        return ""
    ((kind, value),) = raw[way.attribute(way.range).attr_name].items()
    return Decimal(value) if kind == "N" else value
