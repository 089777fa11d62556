"""The watch over a vehicle, beside the writing of its state: what its readings say now, and once it is silent.

The watch never stops the pipeline: when it fails, that is written down, it knows what it knew before, and it looks at
the same points again with the next batch.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from atlas.dynamo.attributes import utc_now
from atlas.errors import Unavailable
from telemetry.configuration import thresholds
from telemetry.geofences import due
from telemetry.geofences.tables import GeofenceState
from telemetry.ingest import faults
from telemetry.ingest.receipt import News
from telemetry.rules import fencing, watching
from telemetry.rules.finding import Finding
from telemetry.rules.machine import Thresholds
from telemetry.rules.ordering import Track
from telemetry.rules.point import milliseconds
from telemetry.rules.watching import Watch
from telemetry.state import store
from telemetry.state.store import Overtaken, Vehicle
from telemetry.watching import known
from telemetry.watching.bounds import bounds_of
from telemetry.watching.steps import STEPS

log = structlog.get_logger(__name__)

TRIES = 8
MOST_FOUND = 50
"""That wait to be told: beyond, the oldest are given up and stand in `errors`."""


def after(vehicle: Vehicle, track: Track, newest: int, now: datetime, limits: Thresholds) -> Watch:
    """What is known once `track` is stored."""
    try:
        return _after(vehicle, track, newest, now, limits)
    except Exception as error:
        faults.record_watch(vehicle.pvin, vehicle.item.organization_id, error, now)
        return vehicle.kept.watch


def _after(vehicle: Vehicle, track: Track, newest: int, now: datetime, limits: Thresholds) -> Watch:
    pvin, before = vehicle.pvin, replace(vehicle.kept.watch, found=_untold(vehicle))
    watched = known.of(vehicle.item.organization_id)
    fences, bounds = watched.fences, bounds_of(watched.limits)
    seen = watching.watch(before, track.points, newest - limits.lateness - 1, fences, pvin, bounds)
    ahead = watching.expected(seen, track.points, fences, pvin) if fences else ()
    crossed = {each.subject for each in seen.found if each not in before.found and each.step == fencing.STEP}
    due_at = now + timedelta(milliseconds=limits.lateness) + due.SOON
    for fence_id in sorted(crossed.union(ahead).difference(before.expected)):
        due.expect(pvin, vehicle.item.organization_id, fence_id, due_at)
    return replace(seen, expected=ahead)


def _untold(vehicle: Vehicle) -> tuple[Finding, ...]:
    """Of what was stored with the last batch, what could not be told until now."""
    found = vehicle.kept.watch.found
    if found and tell(vehicle, found):
        return ()
    return found[-MOST_FOUND:]


def tell(vehicle: Vehicle, found: Iterable[Finding]) -> bool:
    """Whether all of it is told."""
    news = News(vehicle.pvin, vehicle.item.organization_id, (), False, found=tuple(found))
    done = True
    for name, step in STEPS.items():
        try:
            step(news)
        except Exception:
            log.exception("finding_not_told", step=name, vin=vehicle.pvin)
            done = False
    return done


def look(pvin: str, now: datetime | None = None) -> Watch | None:
    """At a vehicle that may be silent: what it shows now is stored, and told. None: there is no such vehicle."""
    now = now or utc_now()
    for _ in range(TRIES):
        vehicle = store.load(pvin, consistent=True)
        if vehicle is None:
            return None
        try:
            seen = _look(vehicle, now)
        except Overtaken:
            continue
        tell(vehicle, seen.found)
        return seen
    raise Unavailable


def _look(vehicle: Vehicle, now: datetime) -> Watch:
    limits, kept = thresholds(), vehicle.kept
    watched = known.of(vehicle.item.organization_id)
    silence = milliseconds(now) - kept.heard
    if silence < limits.lateness:
        return kept.watch
    clock = vehicle.latest.at + silence - round(due.PATIENCE.total_seconds() * 1000)
    bounds = bounds_of(watched.limits)
    seen = watching.silent(kept.watch, kept.track.points, clock, watched.fences, vehicle.pvin, bounds)
    if seen != kept.watch:
        vehicle.put(vehicle.latest, kept._replace(watch=seen))
        vehicle.save()
    return seen


def look_at_due(now: datetime | None = None) -> int:
    """At every vehicle whose time has come; how many."""
    now = now or utc_now()
    lateness = timedelta(milliseconds=thresholds().lateness)
    looked = 0
    for row in due.claim_due(now):
        try:
            seen = look(row.pvin, now)
        except Exception:
            log.exception("vehicle_not_looked_at", vin=row.pvin)
            continue
        current = GeofenceState.find(row.pvin, row.fence_id, consistent=True)
        if current is not None and current.due_at is not None:
            due.done(current, due.next_look(seen, row.fence_id, now, lateness))
        looked += 1
    return looked
