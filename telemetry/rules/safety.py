"""How a trip was driven: speeding, hard braking, hard acceleration and sharp turns, and the score that they leave.

An event is a stretch of time in which one limit is exceeded without a break. Its peak beside the limit says how grave
it is. The score is 100 less 2, 5 or 10 for each, at most 25 for each kind.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import pi

from telemetry.rules.machine import MPH
from telemetry.rules.point import HEADING, METRE_PER_SECOND, Point

STANDARD_GRAVITY = 9.80665
LONGEST_LEG = 3_000
"""Milliseconds between two points beyond which a change of speed or heading says nothing of forces."""
SLOWEST_TURN = 5.0
"""m/s below which the heading of a satellite fix is noise."""
LARGEST_PENALTY = 25
"""For all events of one kind."""


class Kind(StrEnum):
    SPEEDING = "SPEEDING"
    BRAKING = "BRAKING"
    ACCELERATION = "ACCELERATION"
    TURN = "TURN"


class Severity(StrEnum):
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


PENALTY = {Severity.LOW: 2, Severity.MEDIUM: 5, Severity.HIGH: 10}
MEDIUM_FROM, HIGH_FROM = 1.15, 1.4
"""The peak in multiples of the limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """m/s, and parts of g."""

    speed: float = 85 * MPH
    braking: float = 0.45
    acceleration: float = 0.40
    turn: float = 0.40


@dataclass(frozen=True, slots=True)
class SafetyEvent:
    kind: Kind
    severity: Severity
    at: int
    """When it began, milliseconds since 1970."""
    duration: int
    """Milliseconds."""
    lat: int
    lng: int
    peak: float
    """m/s of speeding, g of the others."""


def safety_events(points: Sequence[Point], limits: Limits) -> list[SafetyEvent]:
    """In the order of time. Points without a speed, and gaps, show none."""
    found = [
        *_stretches(Kind.SPEEDING, limits.speed, [(point, point, _speed(point)) for point in points]),
        *_stretches(Kind.BRAKING, limits.braking, _legs(points, lambda a, b: -_pull(a, b))),
        *_stretches(Kind.ACCELERATION, limits.acceleration, _legs(points, _pull)),
        *_stretches(Kind.TURN, limits.turn, _legs(points, _sway)),
    ]
    return sorted(found, key=lambda event: (event.at, event.kind))


def score(events: Iterable[SafetyEvent]) -> int:
    """0 .. 100."""
    penalties = dict.fromkeys(Kind, 0)
    for event in events:
        penalties[event.kind] += PENALTY[event.severity]
    return max(0, 100 - sum(min(LARGEST_PENALTY, each) for each in penalties.values()))


def severity_of(peak: float, limit: float) -> Severity:
    times = peak / limit
    return Severity.HIGH if times >= HIGH_FROM else Severity.MEDIUM if times >= MEDIUM_FROM else Severity.LOW


Sample = tuple[Point, Point, float]
"""From, to, and the value between them."""


def _stretches(kind: Kind, limit: float, samples: Iterable[Sample]) -> Iterator[SafetyEvent]:
    begun: Point | None = None
    end, peak = 0, 0.0
    for start, stop, value in samples:
        if value > limit:
            begun = begun or start
            end, peak = stop.at, max(peak, value)
        elif begun is not None:
            yield _event(kind, limit, begun, end, peak)
            begun, peak = None, 0.0
    if begun is not None:
        yield _event(kind, limit, begun, end, peak)


def _event(kind: Kind, limit: float, begun: Point, end: int, peak: float) -> SafetyEvent:
    return SafetyEvent(kind, severity_of(peak, limit), begun.at, end - begun.at, begun.lat, begun.lng, round(peak, 3))


def _legs(points: Sequence[Point], value: Callable[[Point, Point], float]) -> Iterator[Sample]:
    for a, b in pairwise(points):
        yield a, b, value(a, b) if 0 < b.at - a.at <= LONGEST_LEG else 0.0


def _speed(point: Point) -> float:
    return (point.speed or 0) / METRE_PER_SECOND


def _pull(a: Point, b: Point) -> float:
    """Along the way, in g."""
    if a.speed is None or b.speed is None:
        return 0.0
    return (b.speed - a.speed) / METRE_PER_SECOND / ((b.at - a.at) / 1000) / STANDARD_GRAVITY


def _sway(a: Point, b: Point) -> float:
    """To the side, in g: speed times the rate of turning."""
    if a.heading is None or b.heading is None or a.speed is None or b.speed is None:
        return 0.0
    speed = (a.speed + b.speed) / 2 / METRE_PER_SECOND
    if speed < SLOWEST_TURN:
        return 0.0
    half = 180 * HEADING
    turned = abs((b.heading - a.heading + half) % (2 * half) - half) / HEADING * pi / 180
    return speed * turned / ((b.at - a.at) / 1000) / STANDARD_GRAVITY
