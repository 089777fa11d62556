"""Taking readings of one vehicle in: deduplicated and ordered, its latest state, its trips and its breadcrumbs.

All of it is one item, written once per batch under its version; when that write is answered, the batch is stored
(docs/adr/0022-ingest.md). Points leave the item in chunks. What goes into a chunk was settled by an earlier batch and
is computed from the stored item alone: whoever comes to write it twice writes the same.
"""

from collections.abc import Sequence
from datetime import datetime

import structlog

from atlas.errors import Unavailable
from telemetry.breadcrumbs import chunks
from telemetry.configuration import thresholds
from telemetry.ingest.receipt import News
from telemetry.rules.latest import newest
from telemetry.rules.machine import Thresholds
from telemetry.rules.ordering import Outcome, Track, absorb
from telemetry.rules.point import Point, milliseconds
from telemetry.rules.reading import Reading
from telemetry.state import store
from telemetry.state.packing import Kept
from telemetry.state.store import WRITE_UNIT, Overtaken, Vehicle
from telemetry.trips import losses
from telemetry.trips.watch import watch
from telemetry.watching import looking

log = structlog.get_logger(__name__)

TRIES = 8
MOST_POINTS = 600
"""Beyond so many settled points a chunk is written, however small they are."""


def keep(vehicle: Vehicle, readings: Sequence[Reading], now: datetime) -> tuple[list[Outcome], News | None]:
    """Store what is new in `readings`; what became of each, and what there is to tell. Raises `Unavailable`."""
    limits = thresholds()
    for _ in range(TRIES):
        outcomes = _absorb(vehicle, readings, now, limits)
        if Outcome.FRESH not in outcomes:
            _record_late(vehicle, readings, outcomes, now)
            return outcomes, None
        try:
            vehicle.save()
        except Overtaken:
            vehicle = _again(vehicle)
            continue
        _record_late(vehicle, readings, outcomes, now)
        fresh = [each for each, outcome in zip(readings, outcomes, strict=True) if outcome is Outcome.FRESH]
        fresh.sort(key=lambda reading: reading.at)
        moved = fresh[-1].at == vehicle.latest.at
        values, found = vehicle.latest.values, vehicle.kept.watch.found
        return outcomes, News(vehicle.pvin, vehicle.item.organization_id, tuple(fresh), moved, values, found)
    raise Unavailable


def _absorb(vehicle: Vehicle, readings: Sequence[Reading], now: datetime, limits: Thresholds) -> list[Outcome]:
    """Change the vehicle, in memory, by what is new; write the chunk that it leaves behind, and the row of its trip."""
    kept = vehicle.kept
    placed = [reading.point for reading in readings if reading.point is not None]
    absorbed = absorb(kept.track, placed, limits)
    track, of_points = absorbed.track, iter(absorbed.outcomes)
    outcomes = [Outcome.KNOWN if each.point is None else next(of_points) for each in readings]
    outcomes = _told_apart(vehicle.pvin, readings, outcomes, now)
    outcomes = [
        Outcome.FRESH if outcome is Outcome.KNOWN and _says_more(vehicle, each) else outcome
        for each, outcome in zip(readings, outcomes, strict=True)
    ]
    if Outcome.FRESH not in outcomes:
        return outcomes
    taken = [each for each, outcome in zip(readings, outcomes, strict=True) if outcome is not Outcome.LATE]
    latest = newest(vehicle.latest, taken)
    row = watch(vehicle, track, now, limits)
    fresh = Kept(track, latest.older, milliseconds(now), row, looking.after(vehicle, track, latest.at, now, limits))
    settled = kept.track.points[: kept.track.settled]
    vehicle.put(latest, fresh)
    if settled and (vehicle.size() > WRITE_UNIT or len(settled) > MOST_POINTS):
        chunks.write(vehicle.pvin, settled, now)
        vehicle.put(latest, fresh._replace(track=_without(track, len(settled))))
    return outcomes


def _says_more(vehicle: Vehicle, reading: Reading) -> bool:
    """Whether the state learns of it, though its point is known, or it has none."""
    return newest(vehicle.latest, [reading]) != vehicle.latest


def _without(track: Track, count: int) -> Track:
    return Track(track.points[count:], track.settled - count, track.machine, track.ended)


def _told_apart(pvin: str, readings: Sequence[Reading], outcomes: list[Outcome], now: datetime) -> list[Outcome]:
    """Of what comes later than it may, the chunks say whether we have it: a batch sent again is no lost reading."""
    late = [each.point for each, outcome in zip(readings, outcomes, strict=True) if outcome is Outcome.LATE]
    times = [point.at for point in late if point is not None]
    if not times:
        return outcomes
    known: set[Point | None] = set(chunks.between(pvin, min(times), max(times), now=now))
    return [
        Outcome.KNOWN if outcome is Outcome.LATE and each.point in known else outcome
        for each, outcome in zip(readings, outcomes, strict=True)
    ]


def _record_late(vehicle: Vehicle, readings: Sequence[Reading], outcomes: Sequence[Outcome], now: datetime) -> None:
    """That this fails takes nothing back: the device is told `too_late` either way."""
    late = [each for each, outcome in zip(readings, outcomes, strict=True) if outcome is Outcome.LATE]
    if not late:
        return
    try:
        losses.record_late(vehicle, late, now)
    except Exception:
        log.exception("late_readings_not_kept", vin=vehicle.pvin, readings=len(late))


def _again(vehicle: Vehicle) -> Vehicle:
    found = store.load(vehicle.pvin, consistent=True)
    if found is None:
        raise Unavailable
    return found
