"""Requests of the operations of the watch over a fleet (`tests/calls.py`)."""

from typing import Any

from telemetry.geofences import examples as geofences
from telemetry.geofences.services import create_fence
from tests.asking import Call, Prepare
from tests.bookings.stage import Cast


def of_fence(body: Any = None) -> Prepare:
    def prepare(cast: Cast) -> Call:
        area = geofences.AREA.value
        drawn = create_fence(user=cast.owner, name=area["name"], geometry=area["geometry"])
        return Call("owner", {"geofence_id": drawn.id}, body)

    return prepare


WATCHING_CALLS: dict[str, Prepare] = {
    "GET /fleet/geofences": lambda cast: Call("owner"),
    "POST /fleet/geofences": lambda cast: Call("owner", body=geofences.AREA.value),
    "POST /fleet/geofences/import": lambda cast: Call("owner", body=geofences.FILE.value),
    "GET /fleet/geofences/{geofence_id}": of_fence(),
    "PATCH /fleet/geofences/{geofence_id}": of_fence(geofences.CHANGE.value),
    "DELETE /fleet/geofences/{geofence_id}": of_fence(),
    "GET /fleet/geofences/{geofence_id}/vehicles": of_fence(),
}
