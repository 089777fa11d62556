"""The demo's fences are fences: read back, and the hotel's holds its hotel."""

from datetime import timedelta
from uuid import uuid4

from atlas.dynamo.attributes import utc_now
from atlas.geo.city import places
from bookings.demo.cast import demo_id
from telemetry.geofences.demo import demo_fences
from telemetry.watching import known


def test_they_are_watched() -> None:
    organization_id = str(uuid4())
    for item in demo_fences(organization_id, id_of=demo_id, at=utc_now() - timedelta(days=9)):
        item.save()
    fences = known.of(organization_id).fences.by_id.values()
    hotel = next(place for place in places() if place.kind == "hotel")
    assert len(fences) >= 3
    assert sum(fence.shape.holds(hotel.lat, hotel.lng) for fence in fences) == 2, "the hotel's and the city's"
