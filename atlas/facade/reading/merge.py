"""Several partitions as one list, in the order of their sort key."""

from typing import Any

from atlas.facade.reading.line import Line
from atlas.facade.reading.source import Entry


class Merge:
    """Takes from whichever line is next. Equal sort keys keep the order of the lines, in both directions."""

    def __init__(self, lines: list[Line], *, descending: bool, backward: bool) -> None:
        self.lines = lines
        self.descending, self.backward = descending, backward
        self.stalled = False

    def _next(self) -> Line | None:
        """The line whose turn it is, None at the end or when it is the turn of one that has stalled."""
        best: tuple[int, Line, Any] | None = None
        for number, line in enumerate(self.lines):
            head = line.head()
            if head is None and line.stalled:
                if line.frontier is None:
                    self.stalled = True
                    return None
                place = line.frontier
            elif head is None:
                continue
            else:
                place = head.sort
            if best is None or self._before((place, number), (best[2], best[0])):
                best = (number, line, place)
        if best is None:
            return None
        if best[1].head() is None:
            self.stalled = True
            return None
        return best[1]

    def _before(self, one: tuple[Any, int], other: tuple[Any, int]) -> bool:
        if one[0] != other[0]:
            return bool((one[0] < other[0]) is not (self.descending is not self.backward))
        return (one[1] < other[1]) is not self.backward

    def head(self) -> Entry | None:
        line = self._next()
        return line.head() if line else None

    def take(self) -> Entry:
        line = self._next()
        assert line is not None
        entry = line.take()
        return Entry(entry.raw, entry.sort, self.mark())

    @property
    def more(self) -> bool:
        return any(line.more for line in self.lines)

    def mark(self) -> Any:
        return [line.mark() for line in self.lines]

    def back_mark(self) -> Any:
        return [line.back_mark() for line in self.lines]
