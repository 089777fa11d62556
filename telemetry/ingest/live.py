"""Live push: the newest position of a vehicle to those who watch its fleet."""

from atlas.api.fields import Instant
from atlas.live.publish import publish
from telemetry.ingest.receipt import News
from telemetry.rules.point import HEADING, METRE_PER_SECOND, instant_of


def fleet_topic(organization_id: str) -> str:
    return f"fleet:{organization_id}"


def push(news: News) -> None:
    """One message per vehicle and batch, and none for what is not the newest."""
    points = [reading.point for reading in news.readings if reading.point is not None]
    if not points or not news.newest:
        return
    point = points[-1]
    lat, lng = point.degrees
    location = {
        "lat": lat,
        "lng": lng,
        "speed": None if point.speed is None else point.speed / METRE_PER_SECOND,
        "heading": None if point.heading is None else point.heading / HEADING,
        "timestamp": Instant().to_representation(instant_of(point.at)),
    }
    publish(
        fleet_topic(news.organization_id),
        {"type": "location", "pvin": news.pvin, "location": location},
        kind="position",
    )
