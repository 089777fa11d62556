"""A ride is near and its vehicle stands: told once a ride, to the people of the fleet that it is of."""

from datetime import datetime, timedelta

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from telemetry.alerts.occurrences import is_told, occurrence
from telemetry.alerts.raising import News, raise_alert
from telemetry.alerts.tables import AlertCategory
from telemetry.configuration import thresholds
from telemetry.rules.escalation import Severity
from telemetry.rules.finding import Finding
from telemetry.rules.point import METRE_PER_SECOND, milliseconds
from telemetry.tables import VehicleState

KIND = "MISSED_DEPARTURE"
RECENT = timedelta(minutes=5)
"""What a vehicle said longer ago says nothing of whether it moves."""


def is_moving(pvin: str, now: datetime) -> bool:
    """Whether its newest reading is of just now and says so."""
    state = VehicleState.find(pvin)
    if state is None or state.track is None or state.updated_at < now - RECENT:
        return False
    return (state.speed or 0) * METRE_PER_SECOND > thresholds().stop_speed


@retried
def miss_departure(*, pvin: str, organization_id: str, ride_id: str, reference: str, at: datetime) -> bool:
    """Whether there was need: not of a vehicle that moves, nor of a ride that was told of already."""
    now = utc_now()
    finding = Finding("departures", KIND, milliseconds(at), ride_id)
    if is_moving(pvin, now) or is_told(pvin, finding):
        return False
    row = occurrence(pvin, organization_id, finding, Severity.HIGH, now, name=reference)
    news = News(
        pvin, organization_id, AlertCategory.DEPARTURE, KIND, Severity.HIGH, at, subject=ride_id, name=reference
    )
    with transact() as tx:
        row.alert_id = raise_alert(tx, news, now).id
        tx.create(row)
    return True
