"""A vehicle of an organization with a device, to send readings from."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from telemetry.breadcrumbs import chunks
from telemetry.devices.services import AddedDevice, add_device
from telemetry.ingest.pipeline import ingest
from telemetry.ingest.receipt import Receipt
from telemetry.rules.point import Point, instant_of
from telemetry.rules.vin import pseudo_vin
from telemetry.state import store
from telemetry.tables import Device, VehicleState
from telemetry.trips import ending
from telemetry.trips.tables import Trip
from tests.bookings.stage import Cast
from tests.telemetry.drives import NOON, drive, sent
from tests.telemetry.numbers import new_vin

NOW = instant_of(NOON + 100_000_000)


def tracked(cast: Cast) -> AddedDevice:
    """Through the service, for a VIN that nobody else has."""
    return add_device(user=cast.owner, vin=new_vin(), name="Tracker")


def some_device() -> Device:
    """Of a vehicle of its own, without the people."""
    organization, pvin = str(uuid4()), pseudo_vin(new_vin(), str(uuid4()))
    VehicleState(pvin=pvin, organization_id=organization).save()
    return Device(id=str(uuid4()), organization_id=organization, pvin=pvin, name="", token_hash="", created_by="")


def send(device: Device, points: Sequence[Point], **more: Any) -> Receipt:
    return ingest(device=device, raws=sent(points, **more), now=NOW)


def send_in(device: Device, batches: Iterable[Sequence[Point]]) -> None:
    for batch in batches:
        assert not send(device, batch).rejected


def points_of(device: Device) -> list[Point]:
    """All that are kept of a vehicle, in chunks and not yet in one."""
    vehicle = store.load(device.pvin, consistent=True)
    assert vehicle is not None
    packed = chunks.between(device.pvin, 0, 2**50, now=NOW, consistent=True)
    assert not {point.at for point in packed} & {point.at for point in vehicle.kept.track.points}
    return [*packed, *vehicle.kept.track.points]


def archived_trip(device: Device, points: Sequence[Point] | None = None) -> Trip:
    """The vehicle's newest trip after it sent these points and fell silent. Needs the object store."""
    send_in(device, [drive([(360, 12)], step=5) if points is None else points])
    ending.finish(device.pvin, NOW + timedelta(hours=1))
    newest = next(iter(Trip.query(device.pvin, scan_index_forward=False, limit=1, consistent_read=True)))
    assert isinstance(newest, Trip)
    newest.update(actions=[Trip.expires_at.set(utc_now() + timedelta(days=90))])  # drives are of one day for ever
    return newest
