"""What is said of a trip: a pure function of its points, so that its archive gives the same again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from atlas.geo.distance import distance_m
from telemetry.rules.machine import Thresholds
from telemetry.rules.point import METRE_PER_SECOND, Point
from telemetry.rules.safety import Limits, SafetyEvent, safety_events, score

LONGEST_MOVING_LEG = 60_000
"""Milliseconds without a point after which nobody knows whether the vehicle moved."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Metres, m/s, milliseconds, watt-hours, tenths of a percent; None where the points do not say."""

    start: Point
    end: Point
    points: int
    distance: float
    by_odometer: bool
    duration: int
    max_speed: float
    avg_speed: float
    """While it moved."""
    energy: int | None
    start_battery: int | None
    end_battery: int | None
    events: tuple[SafetyEvent, ...]
    score: int


def summarise(points: Sequence[Point], *, thresholds: Thresholds, limits: Limits) -> Summary:
    """Of the points of one trip in the order of time; there is at least one."""
    start, end = points[0], points[-1]
    driven = _odometer_delta(start, end)
    events = safety_events(points, limits)
    charges = [point.battery for point in points if point.battery is not None]
    energies = [point.energy for point in points if point.energy is not None]
    return Summary(
        start=start,
        end=end,
        points=len(points),
        distance=round(path_length(points), 1) if driven is None else float(driven),
        by_odometer=driven is not None,
        duration=end.at - start.at,
        max_speed=round(_top_speed(points), 2),
        avg_speed=round(_average_speed(points, thresholds), 2),
        energy=energies[0] - energies[-1] if energies else None,
        start_battery=charges[0] if charges else None,
        end_battery=charges[-1] if charges else None,
        events=tuple(events),
        score=score(events),
    )


def path_length(points: Sequence[Point]) -> float:
    """Metres along the points."""
    return sum(distance_m(*a.degrees, *b.degrees) for a, b in pairwise(points))


def _odometer_delta(start: Point, end: Point) -> int | None:
    """Where both ends have one, and it did not run backwards (a replaced instrument)."""
    if start.odometer is None or end.odometer is None or end.odometer < start.odometer:
        return None
    return end.odometer - start.odometer


def _average_speed(points: Sequence[Point], thresholds: Thresholds) -> float:
    """m/s over the legs on which it moved, weighted by their time."""
    legs = [(seconds, speed) for seconds, speed in _legs(points) if speed * METRE_PER_SECOND > thresholds.stop_speed]
    time = sum(seconds for seconds, _ in legs)
    return sum(seconds * speed for seconds, speed in legs) / time if time else 0.0


def _top_speed(points: Sequence[Point]) -> float:
    said = [point.speed / METRE_PER_SECOND for point in points if point.speed is not None]
    return max([*said, *(speed for _, speed in _legs(points))], default=0.0)


def _legs(points: Sequence[Point]) -> Iterator[tuple[float, float]]:
    """(seconds, m/s) of each leg that is short enough to know."""
    for a, b in pairwise(points):
        if not 0 < b.at - a.at <= LONGEST_MOVING_LEG:
            continue
        seconds = (b.at - a.at) / 1000
        if a.speed is None or b.speed is None:
            yield seconds, distance_m(*a.degrees, *b.degrees) / seconds
        else:
            yield seconds, (a.speed + b.speed) / 2 / METRE_PER_SECOND
