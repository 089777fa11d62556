"""Live push: how a vehicle is now, to those who watch its fleet."""

from atlas.live.publish import publish
from telemetry.ingest.receipt import News
from telemetry.rules.point import instant_of
from telemetry.state.live import fleet_topic, on_map


def push(news: News) -> None:
    """One message per vehicle and batch, and none for what is not the newest."""
    if news.newest:
        shown = on_map(news.pvin, news.state, instant_of(news.readings[-1].at))
        publish(fleet_topic(news.organization_id), {"type": "location", **shown}, kind="position", subject=news.pvin)
