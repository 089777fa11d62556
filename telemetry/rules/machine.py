"""Where one trip ends and the next begins: a pure function over (state, point, thresholds).

    IDLE -> ACTIVE      faster than 5 mph
    ACTIVE -> ENDING    at most 1 mph
    ENDING -> ACTIVE    faster than 5 mph again
    ENDING -> IDLE      after 300 s in ENDING: the trip ended when it entered ENDING
    any -> IDLE         no point for 30 min: the trip ended there (an orphan)

Time is the points' own, so live, replayed and imported readings give the same trips. A vehicle that falls silent is
closed by `close`, which knows the clock; it ends a trip where the next point would have ended it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from atlas.geo.distance import distance_m
from telemetry.rules.point import METRE_PER_SECOND, Point

MPH = 0.44704
"""Metres per second."""


class Phase(StrEnum):
    IDLE = "IDLE"
    ACTIVE = "ACTIVE"
    ENDING = "ENDING"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """When a vehicle counts as under way. Speeds in centimetres per second, times in milliseconds."""

    start_speed: int = round(5 * MPH * METRE_PER_SECOND)
    stop_speed: int = round(1 * MPH * METRE_PER_SECOND)
    ending: int = 300_000
    orphan: int = 1_800_000
    longest: int = 72_000_000
    """A trip is cut here (20 h): its points are kept for 24 h until they are archived."""
    lateness: int = 15_000
    """How far behind the newest reading another one may come and still count."""


class Span(NamedTuple):
    """A trip that is over: its first and last point's time, milliseconds since 1970."""

    start: int
    end: int


class Machine(NamedTuple):
    """What is known of a vehicle after its points so far."""

    phase: Phase = Phase.IDLE
    start: int = 0
    """Of the trip, unless IDLE."""
    ending_since: int = 0
    """Unless not ENDING."""
    last: Point | None = None

    @property
    def ends_at(self) -> int:
        """Where the trip ends if nothing more comes."""
        return self.ending_since if self.phase is Phase.ENDING or self.last is None else self.last.at


def advance(machine: Machine, point: Point, limits: Thresholds) -> tuple[Machine, Span | None]:
    """After the next point (later than `machine.last`), and the trip that it shows to be over, if any."""
    over: Span | None = None
    if machine.phase is not Phase.IDLE and _is_over(machine, point.at, limits):
        over = Span(machine.start, machine.ends_at)
        machine = Machine(last=machine.last)
    speed = speed_at(machine.last, point, limits)
    match machine.phase:
        case Phase.IDLE if speed > limits.start_speed:
            return Machine(Phase.ACTIVE, point.at, 0, point), over
        case Phase.ACTIVE if speed <= limits.stop_speed:
            return Machine(Phase.ENDING, machine.start, point.at, point), over
        case Phase.ENDING if speed > limits.start_speed:
            return Machine(Phase.ACTIVE, machine.start, 0, point), over
    return Machine(machine.phase, machine.start, machine.ending_since, point), over


def close(machine: Machine, silence: int, limits: Thresholds) -> tuple[Machine, Span | None]:
    """After `silence` milliseconds without any reading of the vehicle, by our clock; a trip under way may be over."""
    wait = limits.ending + limits.lateness if machine.phase is Phase.ENDING else limits.orphan
    if machine.phase is Phase.IDLE or silence < wait:
        return machine, None
    return Machine(last=machine.last), Span(machine.start, machine.ends_at)


def speed_at(last: Point | None, point: Point, limits: Thresholds) -> int:
    """As the device says, else from the way since the last point; nothing where that is too long ago."""
    if point.speed is not None:
        return point.speed
    if last is None or point.at <= last.at or point.at - last.at >= limits.ending:
        return 0
    return round(distance_m(*last.degrees, *point.degrees) * METRE_PER_SECOND / ((point.at - last.at) / 1000))


def _is_over(machine: Machine, at: int, limits: Thresholds) -> bool:
    if machine.phase is Phase.ENDING and at - machine.ending_since >= limits.ending:
        return True
    silent = machine.last is not None and at - machine.last.at >= limits.orphan
    return silent or at - machine.start > limits.longest
