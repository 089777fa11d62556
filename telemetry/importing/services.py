"""Tracks of the past: read from a file, checked like any reading, run through the same machine, kept as trips.

What is imported makes trips and changes nothing else: the vehicle's state is of now, and a day of last year is not. The
same file again makes the same trips, which are known then; a trip that overlaps another one of the vehicle is left out.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from atlas.errors import NotFound
from telemetry.configuration import thresholds
from telemetry.ingest.pipeline import pseudonymise
from telemetry.rules.machine import Span
from telemetry.rules.ordering import Track, absorb, flush
from telemetry.rules.point import Point, instant_of, milliseconds
from telemetry.rules.reading import read
from telemetry.rules.refusals import Refused
from telemetry.rules.trip_name import trip_id
from telemetry.tables import Device, VehicleState
from telemetry.trips import keeping
from telemetry.trips.tables import Trip

LONGEST_TRIP = timedelta(days=1)
FOREVER = 10**15


@dataclass
class Imported:
    """What became of a file."""

    readings: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By code (`telemetry.rules.refusals`)."""
    kept: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    overlapping: list[str] = field(default_factory=list)
    """Trips, by id."""


def import_track(*, pvin: str, raws: Iterable[object], now: datetime) -> Imported:
    """Into a vehicle that is known. Raises `NotFound`, and whatever `raws` raises before anything is kept."""
    state = VehicleState.find(pvin, consistent=True)
    if state is None:
        raise NotFound
    result = Imported()
    points = list(_points(pvin, raws, now, result))
    for span, part in trips_in(points):
        name = trip_id(pvin, span.start)
        if clash := _overlapping(pvin, span):
            (result.known if name in clash else result.overlapping).append(name)
        else:
            result.kept.append(keeping.keep(pvin, name, state.organization_id, part, now).trip_id)
    return result


def trips_in(points: Iterable[Point]) -> Iterator[tuple[Span, list[Point]]]:
    """The trips of a track that is over, each with its points; whatever the order they come in."""
    limits = thresholds()
    track = flush(absorb(Track(), points, limits).track, FOREVER, limits)
    for span in track.ended:
        yield span, [point for point in track.points if span.start <= point.at <= span.end]


def _points(pvin: str, raws: Iterable[object], now: datetime, result: Imported) -> Iterator[Point]:
    device = Device(pvin=pvin)
    for raw in raws:
        result.readings += 1
        try:
            reading = read(raw, now=milliseconds(now))
            pseudonymise(device, raw, reading)
        except Refused as refused:
            result.refused[refused.code] += 1
        else:
            if reading.point is not None:
                yield reading.point


def _overlapping(pvin: str, span: Span) -> set[str]:
    """Trips of the vehicle that have a moment in common with the span: one query."""
    start, end = instant_of(span.start), instant_of(span.end)
    around = Trip.trip_id.between(trip_id(pvin, milliseconds(start - LONGEST_TRIP)), trip_id(pvin, span.end))
    found = Trip.query(pvin, around, consistent_read=True)
    return {each.trip_id for each in found if each.started_at <= end and each.ended_at >= start}
