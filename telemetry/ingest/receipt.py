"""What a device hears of a batch, and what the later steps hear of a vehicle in it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from telemetry.rules.finding import Finding
from telemetry.rules.point import Point
from telemetry.rules.reading import Reading, Values


@dataclass(frozen=True, slots=True, order=True)
class Rejected:
    """The place of a reading in its batch, and why it was refused (`telemetry.rules.refusals`)."""

    index: int
    code: str


@dataclass(slots=True)
class Receipt:
    """Every reading of a batch is in exactly one of the three. What is accepted is stored."""

    accepted: int = 0
    duplicate: int = 0
    rejected: list[Rejected] = field(default_factory=list)


class News(NamedTuple):
    """What a batch said of one vehicle that was not known before: what the steps after the write are told."""

    pvin: str
    organization_id: str
    readings: tuple[Reading, ...]
    """In the order of time."""
    newest: bool
    """Whether one of them is the vehicle's newest: its state moved on."""
    state: Values = {}
    """The newest value of each named field, whether these readings said it or earlier ones."""
    found: tuple[Finding, ...] = ()
    """What the watch noticed and may not have told."""

    def packed(self) -> bytes:
        rows = [[reading.at, reading.point, reading.values, reading.extra] for reading in self.readings]
        return msgspec.msgpack.encode([self.pvin, self.organization_id, rows, self.newest, self.state, self.found])

    @classmethod
    def unpacked(cls, packed: bytes) -> "News":
        """What `packed` gave, by this Atlas or one that knew less."""
        pvin, organization_id, rows, newest, *more = msgspec.msgpack.decode(packed)
        state: Values = more[0] if more else {}
        found: Any = more[1] if len(more) > 1 else ()
        readings = tuple(
            Reading(at, None if point is None else Point(*point), values, extra) for at, point, values, extra in rows
        )
        return cls(pvin, organization_id, readings, newest, state, tuple(Finding(*each) for each in found))
