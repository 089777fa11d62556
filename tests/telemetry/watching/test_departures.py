"""A missed departure is an alert of the fleet: once a ride, and not of a car that is on its way."""

from datetime import timedelta

import pytest

from atlas.dynamo.attributes import utc_now
from bookings.events import DepartureMissed
from bookings.missed import tell_fleet
from bookings.tables import Booking
from telemetry.alerts.tables import FleetAlert
from telemetry.devices.services import add_device
from telemetry.ingest.pipeline import ingest
from telemetry.services import give_vin
from tests.bookings.stage import Cast, assigned, make_cast
from tests.telemetry.numbers import new_vin

pytestmark = pytest.mark.usefixtures("sandbox")


def missed(cast: Cast) -> tuple[Booking, str, str]:
    """A ride that nobody sets out for, the pseudoVIN of its vehicle and the VIN."""
    vin, booking = new_vin(), assigned(cast)
    vehicle = give_vin(user=cast.owner, vehicle_id=str(booking.vehicle_id), vin=vin)
    return booking, str(vehicle.pvin), vin


def alerts(pvin: str) -> list[FleetAlert]:
    return [FleetAlert.fetch(key.id) for key in FleetAlert.vin_index.query(pvin)]


def test_it_is_told_once() -> None:
    cast = make_cast()
    booking, pvin, _ = missed(cast)
    for _twice in range(2):
        tell_fleet(DepartureMissed(booking.id, cast.operator.id))
    [alert] = alerts(pvin)
    assert (alert.kind, alert.subject, alert.name, alert.occurrences) == (
        "MISSED_DEPARTURE",
        booking.id,
        booking.reference,
        1,
    )
    assert alert.organization_id == cast.operator.organization_id


@pytest.mark.parametrize(
    ("speed", "ago", "told"),
    [(12.0, timedelta(), False), (0.0, timedelta(), True), (12.0, timedelta(hours=1), True)],
    ids=["under way", "standing", "silent"],
)
def test_a_vehicle_that_moves_has_departed(speed: float, ago: timedelta, told: bool) -> None:
    cast = make_cast()
    booking, pvin, vin = missed(cast)
    device = add_device(user=cast.owner, vin=vin, name="Tracker").device
    now = utc_now()
    reading = {"timestamp": (now - ago).isoformat(), "lat": 40.75, "lng": -73.98, "speed": speed}
    assert ingest(device=device, raws=[reading], now=now).accepted == 1
    tell_fleet(DepartureMissed(booking.id, cast.operator.id))
    assert bool(alerts(pvin)) is told


def test_a_vehicle_without_telemetry_has_no_alert() -> None:
    cast = make_cast()
    tell_fleet(DepartureMissed(assigned(cast).id, cast.operator.id))
    assert not list(FleetAlert.organization_index.query(str(cast.operator.organization_id)))
