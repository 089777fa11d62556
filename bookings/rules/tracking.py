"""How far along a ride is: geometry on a polyline, without clock, store or map service.

Points are (latitude, longitude) in degrees, lengths metres, speeds km/h, times seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import cos, radians

from atlas.geo.distance import cumulative_m, distance_m
from bookings.rules.lifecycle import ON_BOARD, BookingStatus

TYPICAL_SPEED_KMH = 30.0
"""What is expected of a car that stands: at a light, in a queue."""
MOVING_KMH = 10.0
"""Slower than this, the momentary speed says nothing about the time it will take."""
STEP_BACK_M = 50.0
"""How far behind the known progress a position is still looked for: the noise of a phone's GPS."""

Point = tuple[float, float]


class Leg(StrEnum):
    """Where the driver is heading."""

    PICKUP = "PICKUP"
    DROPOFF = "DROPOFF"


@dataclass(frozen=True, slots=True)
class Progress:
    """`progress` runs from 0 to 1 along the present leg, and begins anew when the passenger is on board."""

    leg: Leg
    progress: float
    remaining_m: float
    eta_s: int


@dataclass(frozen=True, slots=True)
class _Fix:
    """A position projected on a polyline: metres along it, and metres beside it."""

    along_m: float
    beside_m: float


def track(
    *,
    status: BookingStatus,
    approach: Sequence[Point],
    route: Sequence[Point],
    position: Point,
    speed_kmh: float,
    known_progress: float = 0.0,
) -> Progress:
    """Progress towards the pick-up (along `approach`, from where the driver set out), then the drop-off
    (`route`).

    The straight line [start, pick-up] will do as an approach. `known_progress` is the last answer for this
    leg; it keeps a route that passes the same street twice from jumping.
    """
    if status is BookingStatus.ARRIVED:
        return Progress(Leg.PICKUP, 1.0, 0.0, 0)
    leg, line = (Leg.DROPOFF, route) if status in ON_BOARD else (Leg.PICKUP, approach)
    progress, remaining_m = along(line, position, known_progress=known_progress)
    return Progress(leg, progress, remaining_m, eta_seconds(remaining_m, speed_kmh))


def along(line: Sequence[Point], position: Point, *, known_progress: float = 0.0) -> tuple[float, float]:
    """(progress 0..1, remaining metres) of `position` on a polyline.

    The way back to the line counts as remaining, so a car that strays does not come nearer by it. A line of
    one point is a destination without a way: only what remains is known. Raises `ValueError` for an empty
    line.
    """
    if not line:
        raise ValueError("A line has at least one point.")
    measured = cumulative_m(line)
    length = measured[-1]
    if length == 0:
        remaining = distance_m(*position, *line[-1])
        return (1.0 if remaining <= STEP_BACK_M else 0.0), remaining
    fix = _project(line, measured, position, since_m=known_progress * length - STEP_BACK_M)
    return fix.along_m / length, length - fix.along_m + fix.beside_m


def eta_seconds(remaining_m: float, speed_kmh: float) -> int:
    """At the present speed while it moves, at a typical one while it stands."""
    speed = speed_kmh if speed_kmh >= MOVING_KMH else TYPICAL_SPEED_KMH
    return round(remaining_m / (speed / 3.6))


def _project(line: Sequence[Point], measured: Sequence[float], position: Point, *, since_m: float) -> _Fix:
    """The nearest place on the line not before `since_m`; of equals the first."""
    fixes = []
    for (start, end), (from_m, to_m) in zip(pairwise(line), pairwise(measured), strict=True):
        if to_m < since_m or to_m == from_m:
            continue
        share = max(_share(start, end, position), (since_m - from_m) / (to_m - from_m))
        lat = start[0] + share * (end[0] - start[0])
        lng = start[1] + share * _lng_difference(start[1], end[1])
        fixes.append(_Fix(from_m + share * (to_m - from_m), distance_m(*position, lat, lng)))
    return min(fixes, key=lambda fix: fix.beside_m)


def _share(start: Point, end: Point, position: Point) -> float:
    """Where on a leg (0 start, 1 end) the position is nearest, on a plane: exact enough over the legs of a
    street.
    """
    east = cos(radians(start[0]))
    leg_x, leg_y = _lng_difference(start[1], end[1]) * east, end[0] - start[0]
    x, y = _lng_difference(start[1], position[1]) * east, position[0] - start[0]
    square = leg_x * leg_x + leg_y * leg_y
    return min(1.0, max(0.0, (x * leg_x + y * leg_y) / square)) if square else 0.0


def _lng_difference(first: float, second: float) -> float:
    """From `first` to `second` the short way round, across the date line where that is shorter."""
    return (second - first + 180.0) % 360.0 - 180.0
