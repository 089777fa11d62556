"""Limits that a vehicle keeps or not: too fast, too little charge. A pure fold over points, as fences are.

What is exceeded is said once, at the first point that shows it, and again only after it was well kept in between.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from telemetry.rules.finding import Finding, at_point
from telemetry.rules.point import METRE_PER_SECOND, PERCENT, Point

STEP = "alerts"
KEPT_AGAIN = 0.95
"""Of the speed limit, at or below which speeding is over."""
CHARGED_AGAIN = 5.0
"""Percent above the limit from which a battery is low no more."""


class Excess(StrEnum):
    SPEEDING = "SPEEDING"
    LOW_BATTERY = "LOW_BATTERY"


@dataclass(frozen=True, slots=True)
class Bounds:
    """m/s, and percent."""

    speed: float
    battery: float


def exceed(now: Iterable[str], points: Iterable[Point], bounds: Bounds) -> tuple[tuple[str, ...], list[Finding]]:
    """What is exceeded after these points, and what of it they showed first."""
    over, found = set(now), []
    for point in points:
        for kind, value, exceeds, keeps in _judged(point, bounds):
            if exceeds and kind not in over:
                over.add(kind)
                found.append(at_point(STEP, kind, point, value=value))
            elif keeps:
                over.discard(kind)
    return tuple(sorted(over)), found


def _judged(point: Point, bounds: Bounds) -> Iterable[tuple[Excess, float, bool, bool]]:
    if point.speed is not None:
        speed = point.speed / METRE_PER_SECOND
        yield Excess.SPEEDING, speed, speed > bounds.speed, speed <= bounds.speed * KEPT_AGAIN
    if point.battery is not None:
        battery = point.battery / PERCENT
        low = battery < bounds.battery
        yield Excess.LOW_BATTERY, battery, low, battery >= min(100.0, bounds.battery + CHARGED_AGAIN)
