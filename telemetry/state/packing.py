"""What is kept of a vehicle beside its named fields, as one attribute: `VehicleState.track`."""

from typing import Any, NamedTuple

import msgspec

from telemetry.breadcrumbs import codec
from telemetry.rules.machine import Machine, Phase, Span
from telemetry.rules.ordering import Track
from telemetry.rules.point import Point

VERSION = 1


class Kept(NamedTuple):
    """The track, the times of fields that the newest reading did not say, when it was last heard of by our clock, and
    the start that its `trip-state` row names (0: it has none)."""

    track: Track
    older: dict[str, int]
    heard: int
    row: int


EMPTY = Kept(Track(), {}, 0, 0)


def pack(kept: Kept) -> bytes:
    track, machine = kept.track, kept.track.machine
    return msgspec.msgpack.encode(
        [
            VERSION,
            codec.pack(track.points),
            track.settled,
            [list(Phase).index(machine.phase), machine.start, machine.ending_since, machine.last],
            track.ended,
            kept.older,
            kept.heard,
            kept.row,
        ]
    )


def unpack(packed: bytes | None) -> Kept:
    """What `pack` was given; nothing of a vehicle that was never heard of. Raises `Unreadable`."""
    if packed is None:
        return EMPTY
    found: list[Any] = msgspec.msgpack.decode(packed)
    if found[0] != VERSION:
        raise codec.Unreadable(f"A track of version {found[0]}; this Atlas knows {VERSION}.")
    _, points, settled, (phase, start, since, last), ended, older, heard, row = found
    machine = Machine(list(Phase)[phase], start, since, None if last is None else Point(*last))
    track = Track(tuple(codec.unpack(points)), settled, machine, tuple(Span(*each) for each in ended))
    return Kept(track, older, heard, row)
