"""Where a vehicle is among the fences of its organization: entered, left, stayed for long. A pure fold over points.

    outside -> inside    the first point inside: ENTER
    inside               once `dwell` has passed since it entered: DWELL, at that very time, once a stay
    inside -> outside    the first point more than `MARGIN` outside: EXIT

The margin keeps a receiver's jitter at the edge from crossing it again and again. A vehicle that is inside when it is
first seen, or when its fence is drawn around it, has not entered: it is INSIDE, which alerts nobody; its stay counts.
Points come in the order of time, each once (`telemetry.rules.ordering`), so that every order in which they were sent
gives the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import shapely

from telemetry.rules.finding import Finding, at_point
from telemetry.rules.point import DEGREE, Point
from telemetry.rules.shapes import Shape, widened

STEP = "geofences"
MARGIN = 30.0
"""Metres."""


class Crossing(StrEnum):
    ENTER = "ENTER"
    EXIT = "EXIT"
    DWELL = "DWELL"
    INSIDE = "INSIDE"
    """It is inside, and nobody knows since when."""


@dataclass(frozen=True, slots=True, eq=False)
class Fence:
    """One that is watched. Times in milliseconds."""

    id: str
    shape: Shape
    since: int
    """When it was drawn so, for these vehicles: what was before is not held against it."""
    dwell: int = 0
    """After so long inside, DWELL; 0: never."""
    vehicles: frozenset[str] | None = None
    """None: every vehicle of the organization."""


class Stay(NamedTuple):
    since: int
    dwell_at: int = 0
    """When DWELL is to be told; 0: it was, or never is."""


Stays = Mapping[str, Stay]
"""Fence -> since when the vehicle is in it."""


class Fences:
    """All of an organization, found by place: a tree of their boxes, so that a point is held against few of them."""

    def __init__(self, fences: Iterable[Fence]) -> None:
        self.by_id = {fence.id: fence for fence in sorted(fences, key=lambda fence: fence.id)}
        self._all = list(self.by_id.values())
        self._tree = shapely.STRtree([shapely.box(*widened(each.shape.bounds, MARGIN)) for each in self._all])

    def __bool__(self) -> bool:
        return bool(self._all)

    def still(self, stays: Stays) -> dict[str, Stay]:
        """Those that count: of a fence that is gone, or was drawn anew since, nothing is known."""
        return {
            id: stay
            for id, stay in stays.items()
            if (fence := self.by_id.get(id)) is not None and stay.since >= fence.since
        }

    def near(self, points: Sequence[Point], pvin: str) -> list[list[Fence]]:
        """Of each point, the fences whose box it is in and that are about this vehicle, in the order of their ids."""
        found: list[list[Fence]] = [[] for _ in points]
        if self._all and points:
            places = shapely.points([(point.lng / DEGREE, point.lat / DEGREE) for point in points])
            for place, number in sorted(zip(*self._tree.query(places).tolist(), strict=True)):
                fence = self._all[number]
                if fence.vehicles is None or pvin in fence.vehicles:
                    found[place].append(fence)
        return found


NO_FENCES = Fences(())


def cross(
    stays: Stays, last: int, points: Sequence[Point], fences: Fences, pvin: str
) -> tuple[dict[str, Stay], list[Finding]]:
    """After these points, all later than `last`, the time of the one before them (-1: there was none)."""
    inside = fences.still(stays)
    found: list[Finding] = []
    if not fences:
        return inside, found
    for point, near in zip(points, fences.near(points, pvin), strict=True):
        inside, told = _dwelt(inside, point.at)
        found += told
        found += _leave(inside, point, near, fences)
        for fence in near:
            if fence.id in inside or point.at < fence.since or not fence.shape.holds(*point.degrees):
                continue
            stay = Stay(point.at, point.at + fence.dwell if fence.dwell else 0)
            inside[fence.id] = stay
            kind = Crossing.ENTER if last >= fence.since else Crossing.INSIDE
            found.append(at_point(STEP, kind, point, subject=fence.id, due=stay.dwell_at))
        last = point.at
    return inside, found


def wait(stays: Stays, until: int, fences: Fences) -> tuple[dict[str, Stay], list[Finding]]:
    """After a silence that lasts until then: who was inside is taken to be so still."""
    return _dwelt(fences.still(stays), until)


def _dwelt(stays: dict[str, Stay], until: int) -> tuple[dict[str, Stay], list[Finding]]:
    over = {id: stay for id, stay in stays.items() if stay.dwell_at and stay.dwell_at <= until}
    if not over:
        return stays, []
    found = [Finding(STEP, Crossing.DWELL, stay.dwell_at, id) for id, stay in sorted(over.items())]
    return {id: stay._replace(dwell_at=0) if id in over else stay for id, stay in stays.items()}, found


def _leave(inside: dict[str, Stay], point: Point, near: Sequence[Fence], fences: Fences) -> list[Finding]:
    """Those that it is well out of by now leave `inside`."""
    found = []
    for id in sorted(inside):
        fence = fences.by_id[id]
        if fence in near and fence.shape.metres_outside(*point.degrees) <= MARGIN:
            continue
        del inside[id]
        found.append(at_point(STEP, Crossing.EXIT, point, subject=id))
    return found
