"""Requests of the operations of the watch over a fleet (`tests/calls.py`)."""

from typing import Any

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from telemetry.alerts.raising import News, raise_alert
from telemetry.alerts.tables import AlertCategory
from telemetry.devices.services import add_device
from telemetry.geofences import examples as geofences
from telemetry.geofences.services import create_fence
from telemetry.rules.escalation import Severity
from telemetry.watching.api import EXAMPLE as LIMITS
from tests.asking import Call, Prepare
from tests.bookings.stage import Cast
from tests.calls_organizations import of_tracked
from tests.telemetry.numbers import new_vin


def of_fence(body: Any = None) -> Prepare:
    def prepare(cast: Cast) -> Call:
        area = geofences.AREA.value
        drawn = create_fence(user=cast.owner, name=area["name"], geometry=area["geometry"])
        return Call("owner", {"geofence_id": drawn.id}, body)

    return prepare


def of_alert(cast: Cast) -> Call:
    """Of a vehicle that went too fast."""
    device = add_device(user=cast.owner, vin=new_vin(), name="Tracker").device
    whose = (device.pvin, device.organization_id)
    with transact() as tx:
        news = News(*whose, AlertCategory.DRIVING, "SPEEDING", Severity.HIGH, utc_now(), value=41)
        alert = raise_alert(tx, news, utc_now())
    return Call("owner", {"alert_id": alert.id})


WATCHING_CALLS: dict[str, Prepare] = {
    "GET /fleet/limits": lambda cast: Call("owner"),
    "PATCH /fleet/limits": lambda cast: Call("owner", body=LIMITS.value),
    "GET /fleet/alerts": lambda cast: Call("owner"),
    "GET /fleet/alerts/{alert_id}": of_alert,
    "POST /fleet/alerts/{alert_id}/ack": of_alert,
    "POST /fleet/alerts/{alert_id}/resolve": of_alert,
    "GET /fleet/vehicles/{pvin}/events": of_tracked,
    "GET /fleet/geofences": lambda cast: Call("owner"),
    "POST /fleet/geofences": lambda cast: Call("owner", body=geofences.AREA.value),
    "POST /fleet/geofences/import": lambda cast: Call("owner", body=geofences.FILE.value),
    "GET /fleet/geofences/{geofence_id}": of_fence(),
    "PATCH /fleet/geofences/{geofence_id}": of_fence(geofences.CHANGE.value),
    "DELETE /fleet/geofences/{geofence_id}": of_fence(),
    "GET /fleet/geofences/{geofence_id}/vehicles": of_fence(),
}
