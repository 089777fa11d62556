"""The watch over a vehicle: what its readings, in the order of time, say that somebody wants to know.

It runs behind the newest reading by the lateness window, as the trip machine does, so late, repeated and reordered
readings come to the same. What it knows is part of the vehicle's one item, and is stored with the points it comes from.
What it found stays there too, until it was told and the item is written again: nothing noticed is in memory alone.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from telemetry.rules.fencing import Fences, Stay, cross, wait
from telemetry.rules.finding import Finding
from telemetry.rules.limits import Bounds, exceed
from telemetry.rules.point import Point


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of a vehicle between its batches."""

    to: int = -1
    """Up to here its points were looked at, milliseconds since 1970."""
    last: int = -1
    """The newest of them."""
    stays: Mapping[str, Stay] = field(default_factory=dict)
    found: tuple[Finding, ...] = ()
    """Noticed, and perhaps not told yet."""
    expected: tuple[str, ...] = ()
    """Fences that points which still wait show to be crossed: somebody looks again, should nothing more be heard."""
    over: tuple[str, ...] = ()
    """Limits that are exceeded."""


NOTHING = Watch()


def watch(
    state: Watch, points: Sequence[Point], until: int, fences: Fences, pvin: str, bounds: Bounds | None = None
) -> Watch:
    """Look at the points (in the order of time) that are later than before and not later than `until`."""
    if until <= state.to:
        return state
    new = _between(points, state.to, until)
    stays, found = cross(state.stays, state.last, new, fences, pvin)
    over, exceeded = (state.over, []) if bounds is None else exceed(state.over, new, bounds)
    last = new[-1].at if new else state.last
    return replace(state, to=until, last=last, stays=stays, over=over, found=(*state.found, *found, *exceeded))


def silent(
    state: Watch, points: Sequence[Point], clock: int, fences: Fences, pvin: str, bounds: Bounds | None = None
) -> Watch:
    """After so long a silence that nothing can come before what waits; `clock` is the time at the vehicle by now."""
    if points:
        state = watch(state, points, points[-1].at, fences, pvin, bounds)
    stays, found = wait(state.stays, clock, fences)
    return replace(state, stays=stays, found=(*state.found, *found), expected=())


def expected(state: Watch, points: Sequence[Point], fences: Fences, pvin: str) -> tuple[str, ...]:
    """The fences that would be crossed by what waits."""
    _, found = cross(state.stays, state.last, _between(points, state.to, 1 << 62), fences, pvin)
    return tuple(sorted({each.subject for each in found}))


def _between(points: Sequence[Point], after: int, until: int) -> Sequence[Point]:
    first = bisect_right(points, after, key=lambda point: point.at)
    return points[first : bisect_right(points, until, key=lambda point: point.at)]
