"""The row of a trip, from its points: the same for a trip that has just ended and for one that is recomputed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from telemetry.configuration import safety_limits, thresholds
from telemetry.rules.point import DEGREE, PERCENT, Point, instant_of
from telemetry.rules.safety import SafetyEvent
from telemetry.rules.summary import summarise
from telemetry.rules.trip_name import archive_key
from telemetry.trips.tables import Place, SafetyRecord, Trip

LIFE = timedelta(days=90)
MOST_EVENTS = 100
"""Kept in the row; the archive tells the rest."""


def new_row(
    pvin: str, name: str, organization_id: str, points: Sequence[Point], *, archive_bytes: int, now: datetime
) -> Trip:
    """Of a trip that is archived. It expires 90 days from now: an imported old trip too is there to be looked at."""
    return Trip(
        pvin=pvin,
        trip_id=name,
        organization_id=organization_id,
        trip_date=f"{instant_of(points[0].at):%Y-%m-%d}",
        archive_key=archive_key(pvin, name),
        archive_bytes=archive_bytes,
        processed_at=now,
        expires_at=now + LIFE,
        **said_of(points),
    )


def said_of(points: Sequence[Point]) -> dict[str, Any]:
    """All that is computed, by the names of `Trip`'s attributes."""
    found = summarise(points, thresholds=thresholds(), limits=safety_limits())
    return {
        "started_at": instant_of(found.start.at),
        "ended_at": instant_of(found.end.at),
        "start_place": _place(found.start),
        "end_place": _place(found.end),
        "points": found.points,
        "distance": found.distance,
        "by_odometer": found.by_odometer,
        "duration": found.duration / 1000,
        "max_speed": found.max_speed,
        "avg_speed": found.avg_speed,
        "energy": found.energy,
        "start_battery": _percent(found.start_battery),
        "end_battery": _percent(found.end_battery),
        "driving_score": found.score,
        "safety_events": [_record(event) for event in found.events[:MOST_EVENTS]],
        "events": len(found.events),
    }


def _place(point: Point) -> Place:
    lat, lng = point.degrees
    return Place(lat=lat, lng=lng)


def _percent(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / PERCENT


def _record(event: SafetyEvent) -> SafetyRecord:
    return SafetyRecord(
        kind=event.kind,
        severity=event.severity,
        at=instant_of(event.at),
        duration=event.duration / 1000,
        lat=event.lat / DEGREE,
        lng=event.lng / DEGREE,
        peak=event.peak,
    )
