"""Fences of the demo: each airport and the first hotel, told when a car comes, stays or goes."""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from atlas.dynamo.table import Table
from atlas.geo.city import DEMO_CITY, places
from telemetry.geofences.tables import Geofence
from telemetry.rules.escalation import Severity
from telemetry.rules.shapes import checked
from telemetry.watching.known import now_in_force
from telemetry.watching.tables import SecuritySettings


def demo_fences(organization_id: str, *, id_of: Callable[[str], str], at: datetime) -> Iterator[Table]:
    """Of one organization; `id_of` makes an id of a name, always the same."""
    airports = [place for place in places() if place.kind == "airport"]
    hotel = next(place for place in places() if place.kind == "hotel")
    drawn = [
        _fence(organization_id, id_of, at, place.name, {"type": "Point", "coordinates": [place.lng, place.lat]}, radius)
        for place, radius in [*((airport, 900.0) for airport in airports), (hotel, 150.0)]
    ]
    south, west, north, east = DEMO_CITY
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    city = _fence(organization_id, id_of, at, "The city", {"type": "Polygon", "coordinates": [ring]}, None)
    city.alert_on, city.severity, city.dwell_seconds = ["EXIT"], Severity.HIGH, None
    yield from [*drawn, city]
    yield SecuritySettings(organization_id=organization_id, fences=len(drawn) + 1, fences_version=1, created_at=at)


def _fence(
    organization_id: str,
    id_of: Callable[[str], str],
    at: datetime,
    name: str,
    geometry: dict[str, object],
    radius: float | None,
) -> Geofence:
    return Geofence(
        organization_id=organization_id,
        id=id_of(f"fence.{organization_id}.{name}"),
        name=name,
        geometry=msgspec.json.encode(checked(geometry, radius)).decode(),
        radius=radius,
        dwell_seconds=900,
        alert_on=["DWELL"],
        since=now_in_force(at),
        created_at=at,
    )
