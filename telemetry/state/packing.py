"""What is kept of a vehicle beside its named fields, as one attribute: `VehicleState.track`."""

from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from telemetry.breadcrumbs import codec
from telemetry.rules import watching
from telemetry.rules.fencing import Stay
from telemetry.rules.finding import Finding
from telemetry.rules.machine import Machine, Phase, Span
from telemetry.rules.ordering import Track
from telemetry.rules.point import Point
from telemetry.rules.watching import Watch

VERSION = 1


class Kept(NamedTuple):
    """The track, the times of fields that the newest reading did not say, when it was last heard of by our clock, the
    start that its `trip-state` row names (0: it has none), and what the watch over it knows."""

    track: Track
    older: dict[str, int]
    heard: int
    row: int
    watch: Watch = watching.NOTHING


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
            _watch_packed(kept.watch),
        ]
    )


def unpack(packed: bytes | None) -> Kept:
    """What `pack` was given; nothing of a vehicle that was never heard of. Raises `Unreadable`."""
    if packed is None:
        return EMPTY
    found: list[Any] = msgspec.msgpack.decode(packed)
    if found[0] != VERSION:
        raise codec.Unreadable(f"A track of version {found[0]}; this Atlas knows {VERSION}.")
    _, points, settled, (phase, start, since, last), ended, older, heard, row, *more = found
    machine = Machine(list(Phase)[phase], start, since, None if last is None else Point(*last))
    track = Track(tuple(codec.unpack(points)), settled, machine, tuple(Span(*each) for each in ended))
    return Kept(track, older, heard, row, _watch_unpacked(more[0] if more else None))


def _watch_packed(watch: Watch) -> list[Any] | None:
    """Times beside the newest one, ids as their bytes: a vehicle in no fence has nine bytes of it."""
    if watch == watching.NOTHING:
        return None
    stays = [[UUID(id).bytes, watch.to - since, dwell_at] for id, (since, dwell_at) in watch.stays.items()]
    expected = [UUID(id).bytes for id in watch.expected]
    return [watch.to, watch.to - watch.last, stays, watch.found, expected, watch.over]


def _watch_unpacked(found: list[Any] | None) -> Watch:
    if found is None:
        return watching.NOTHING
    to, behind, stays, findings, expected, *more = found
    return Watch(
        to,
        to - behind,
        {str(UUID(bytes=id)): Stay(to - ago, dwell_at) for id, ago, dwell_at in stays},
        tuple(Finding(*each) for each in findings),
        tuple(str(UUID(bytes=id)) for id in expected),
        tuple(more[0]) if more else (),
    )
