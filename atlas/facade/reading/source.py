"""What all ways of reading have in common: a head that can be looked at, taken, and a position to go on from.

A position is plain JSON. `mark()` is where reading goes on in the same direction, `back_mark()` where it goes on in the
other one: from just before the first item that was there, so that pages walked back are the pages walked forward.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from atlas.facade.errors import Refused


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as DynamoDB sent it, and where reading goes on after it."""

    raw: dict[str, Any]
    sort: Any
    """Its place in its partition, comparable with that of other partitions."""
    after: Any


class Budget:
    """How many requests may be sent. A page stops short when they are used up; a whole read is refused."""

    def __init__(self, requests: int | None, *, refusal: str | None = None) -> None:
        self.left = requests
        self.refusal = refusal

    def spend(self) -> bool:
        if self.left is None:
            return True
        if self.left == 0:
            if self.refusal:
                raise Refused(self.refusal)
            return False
        self.left -= 1
        return True


class Source(Protocol):
    def head(self) -> Entry | None:
        """The next one, None at the end or when `stalled`."""

    def take(self) -> Entry:
        """The head, and go on."""

    @property
    def stalled(self) -> bool:
        """The budget is used up; there may be more."""

    @property
    def more(self) -> bool:
        """There is more, or may be: nothing is read to find out."""

    def mark(self) -> Any: ...

    def back_mark(self) -> Any: ...
