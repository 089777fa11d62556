"""Crossings are told: an event of the vehicle, who is in the fence now, and an alert where one is wanted."""

from datetime import datetime, timedelta

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.shards import shard_of
from telemetry.alerts.occurrences import is_told, occurrence
from telemetry.alerts.raising import News, raise_alert
from telemetry.alerts.tables import AlertCategory
from telemetry.geofences.due import PATIENCE
from telemetry.geofences.tables import Geofence, GeofenceState
from telemetry.rules.fencing import Crossing
from telemetry.rules.finding import Finding
from telemetry.rules.point import instant_of

KEPT = timedelta(days=30)
"""After it left."""


@retried
def tell(pvin: str, organization_id: str, finding: Finding) -> None:
    """Once, however often it is called. What nobody wants to hear of any more, as its fence is gone, is left out."""
    fence = Geofence.find(organization_id, finding.subject, consistent=True)
    inside = finding.kind == Crossing.INSIDE
    if fence is None or (not inside and is_told(pvin, finding)):
        return
    state = GeofenceState.find(pvin, fence.id, consistent=True)
    if state is None:
        state = GeofenceState(pvin=pvin, fence_id=fence.id, organization_id=organization_id)
    now = utc_now()
    with transact() as tx:
        if _moves_on(state, finding, now):
            tx.save(state)
        if not inside:
            row = occurrence(pvin, organization_id, finding, fence.severity, now, name=fence.name)
            if finding.kind in fence.alert_on:
                row.alert_id = raise_alert(tx, _news(pvin, fence, finding), now).id
            tx.create(row)


def _news(pvin: str, fence: Geofence, finding: Finding) -> News:
    kind = f"GEOFENCE_{finding.kind}"
    at = instant_of(finding.at)
    return News(
        pvin, fence.organization_id, AlertCategory.GEOFENCE, kind, fence.severity, at, subject=fence.id, name=fence.name
    )


def _moves_on(state: GeofenceState, finding: Finding, now: datetime) -> bool:
    """Whether the state is changed by it: not by what is older than what it knows."""
    at = instant_of(finding.at)
    if state.changed_at is not None and at <= state.changed_at:
        return False
    state.changed_at = at
    match finding.kind:
        case Crossing.ENTER | Crossing.INSIDE:
            state.entered_at, state.expires_at = at, None
            if finding.due:
                _look_by(state, instant_of(finding.due) + PATIENCE)
        case Crossing.EXIT:
            state.entered_at = None
            state.expires_at = (now + KEPT).replace(microsecond=0)
    return True


def _look_by(state: GeofenceState, when: datetime) -> None:
    """Sooner is taken away by the look alone."""
    if state.due_at is None or state.due_at > when:
        state.due_shard, state.due_at = shard_of(state.pvin), when
