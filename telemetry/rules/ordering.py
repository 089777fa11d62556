"""Readings as they come, late, twice and in any order -> points in the order of time, each once, and the trips in them.

The newest points of a vehicle wait for `lateness`; what is older than that is *settled*: it went through the trip
machine and nothing can come before it any more. So every order in which no reading is later than `lateness` gives the
same points and the same trips. A reading that comes later still is refused, unless it is one we have.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from telemetry.rules.machine import Machine, Phase, Span, Thresholds, advance, close
from telemetry.rules.point import Point, union


@dataclass(frozen=True, slots=True)
class Track:
    """What is kept of a vehicle between its batches."""

    points: tuple[Point, ...] = ()
    """In the order of time: settled ones that are in no chunk yet, then those that wait."""
    settled: int = 0
    """How many of them are settled."""
    machine: Machine = field(default_factory=Machine)
    """After the last settled point."""
    ended: tuple[Span, ...] = ()
    """Trips that are over and not yet archived."""

    @property
    def settled_to(self) -> int:
        """At or before it nothing new is taken."""
        return self.machine.last.at if self.machine.last is not None else -1


class Outcome(StrEnum):
    FRESH = "FRESH"
    KNOWN = "KNOWN"
    LATE = "LATE"
    """At or before `settled_to`, and not among the track's own points: the chunks can tell whether it is known."""


class Absorbed(NamedTuple):
    """The track after a batch, and what became of each of its points."""

    track: Track
    outcomes: list[Outcome]


def absorb(track: Track, batch: Iterable[Point], limits: Thresholds) -> Absorbed:
    """Take a batch in; settle what is old enough then."""
    settled = {point.at: point for point in track.points[: track.settled]}
    waiting = {point.at: point for point in track.points[track.settled :]}
    settled_to = track.settled_to
    outcomes = []
    for point in batch:
        if point.at <= settled_to:
            outcomes.append(Outcome.KNOWN if settled.get(point.at) == point else Outcome.LATE)
            continue
        held = waiting.get(point.at)
        joined = point if held is None else union(held, point)
        outcomes.append(Outcome.KNOWN if joined == held else Outcome.FRESH)
        waiting[point.at] = joined
    if Outcome.FRESH not in outcomes:
        return Absorbed(track, outcomes)
    return Absorbed(_settle(track, waiting, before=max(waiting) - limits.lateness, limits=limits), outcomes)


def flush(track: Track, silence: int, limits: Thresholds) -> Track:
    """After a silence of so many milliseconds by our clock: settle what waits, and end a trip that is over by now."""
    if silence < limits.lateness:
        return track
    waiting = {point.at: point for point in track.points[track.settled :]}
    settled = _settle(track, waiting, before=max(waiting, default=0) + 1, limits=limits)
    machine, over = close(settled.machine, silence, limits)
    return replace(settled, machine=machine, ended=settled.ended + ((over,) if over else ()))


class Outlook(NamedTuple):
    """The vehicle as if what waits were settled."""

    machine: Machine
    trips: tuple[Span, ...]
    """Trips that what waits shows to be over."""

    def is_open(self, track: Track) -> bool:
        """Whether there is something to do when the vehicle falls silent: a trip that began, or one to archive."""
        return bool(track.ended or self.trips) or self.machine.phase is not Phase.IDLE


def outlook(track: Track, limits: Thresholds) -> Outlook:
    """What a live view shows, without waiting."""
    machine, trips = track.machine, []
    for point in track.points[track.settled :]:
        machine, over = advance(machine, point, limits)
        if over is not None:
            trips.append(over)
    return Outlook(machine, tuple(trips))


def _settle(track: Track, waiting: dict[int, Point], *, before: int, limits: Thresholds) -> Track:
    points = list(track.points[: track.settled])
    machine, ended = track.machine, list(track.ended)
    order = sorted(waiting)
    left = len(order)
    for place, at in enumerate(order):
        if at >= before:
            left = place
            break
        machine, over = advance(machine, waiting[at], limits)
        points.append(waiting[at])
        if over is not None:
            ended.append(over)
    rest = [waiting[at] for at in order[left:]]
    return Track((*points, *rest), len(points), machine, tuple(ended))
