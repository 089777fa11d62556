"""Fences to cross, and vehicles that do."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec

from atlas.dynamo.transaction import transact
from telemetry.alerts.tables import Occurrence
from telemetry.geofences.services import add
from telemetry.geofences.tables import Geofence, GeofenceState
from telemetry.rules.point import Point
from telemetry.rules.shapes import METRES_PER_DEGREE, checked
from tests.telemetry.drives import NOON

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MIDDLE = (-73.98, 40.75)


def fence(organization_id: str, *, radius: float | None = 1_000, geometry: Any = None, **more: Any) -> Geofence:
    """A circle around `MIDDLE`, drawn long ago, unless something else is said."""
    shape = checked(geometry or {"type": "Point", "coordinates": list(MIDDLE)}, None if geometry else radius)
    row = Geofence(
        organization_id=organization_id,
        id=str(uuid4()),
        **{
            "name": "Midtown",
            "geometry": msgspec.json.encode(shape).decode(),
            "radius": None if geometry else radius,
            "since": LONG_AGO,
            **more,
        },
    )
    with transact() as tx:
        add(tx, organization_id, [row])
        tx.create(row)
    return row


def at(second: float, metres: float) -> Point:
    """So far north of `MIDDLE`, standing, so that no trip begins."""
    lat = MIDDLE[1] + metres / METRES_PER_DEGREE
    return Point(NOON + round(second * 1_000), round(lat * 1e6), round(MIDDLE[0] * 1e6), 0)


def events(pvin: str) -> list[tuple[str, float]]:
    """Kind, and seconds after noon."""
    rows = Occurrence.query(pvin, consistent_read=True)
    return [(row.kind, row.at.timestamp() - NOON / 1_000) for row in rows]


def states(pvin: str) -> list[GeofenceState]:
    return list(GeofenceState.query(pvin, consistent_read=True))
