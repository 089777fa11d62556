"""What of a trip could not be kept: written down in `errors`, so that nothing is lost in silence."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from atlas.dynamo.attributes import instant_text
from telemetry.ingest.receipt import News
from telemetry.rules.machine import Span
from telemetry.rules.point import instant_of
from telemetry.rules.reading import Reading
from telemetry.rules.trip_name import trip_id
from telemetry.state.store import Vehicle
from telemetry.tables import IngestError

log = structlog.get_logger(__name__)

LIFE = timedelta(days=30)
LOST, LATE = "trip", "late"


def record(vehicle: Vehicle, span: Span, now: datetime) -> None:
    """A trip whose first points, or all, were gone before it was archived: jobs were away longer than they are kept."""
    name = trip_id(vehicle.pvin, span.start)
    log.error("trip_lost", vin=vehicle.pvin, trip_id=name)
    _save(vehicle, LOST, name, f"{name} ended at {span.end}: its points had expired.", (), now)


def record_late(vehicle: Vehicle, readings: Sequence[Reading], now: datetime) -> None:
    """Readings that came too late for the trips they belong to, for a person to judge what they would have changed."""
    name = instant_text(instant_of(min(reading.at for reading in readings)))
    _save(vehicle, LATE, name, f"{len(readings)} readings came too late for their trips.", tuple(readings), now)


def _save(vehicle: Vehicle, step: str, name: str, message: str, readings: tuple[Reading, ...], now: datetime) -> None:
    """The same again is the same item; it is never due, as nothing can be tried again."""
    IngestError(
        pvin=vehicle.pvin,
        key_=f"{name}#{step}",
        step=step,
        error=message,
        news=News(vehicle.pvin, vehicle.item.organization_id, readings, False).packed(),
        expires_at=now + LIFE,
    ).save(add_version_condition=False)
