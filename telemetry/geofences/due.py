"""Vehicles that are looked at though nothing more is heard of them: they crossed a fence with their last points, or
stay in one for long. A row of `geofence-state` says when; it is written before the state that needs it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action

from atlas.dynamo.transaction import retried, transact
from atlas.shards import all_shards, shard_of
from telemetry.geofences.tables import GeofenceState
from telemetry.rules.point import instant_of
from telemetry.rules.watching import Watch

SOON = timedelta(seconds=5)
PATIENCE = timedelta(seconds=75)
"""So long a silence says nothing yet of who stays where: devices send once a minute."""
LEASE = timedelta(minutes=1)
BATCH = 100


@retried
def expect(pvin: str, organization_id: str, fence_id: str, due_at: datetime) -> None:
    """Have the vehicle looked at by then. What the row knows stays."""
    row = GeofenceState.find(pvin, fence_id, consistent=True)
    if row is None:
        row = GeofenceState(pvin=pvin, fence_id=fence_id, organization_id=organization_id)
    row.due_shard, row.due_at = shard_of(pvin), due_at
    with transact() as tx:
        tx.save(row)


def claim_due(now: datetime) -> Iterator[GeofenceState]:
    """Rows whose time has come, each claimed for `LEASE`: who is killed over one leaves it to the next."""
    for shard in all_shards():
        for key in GeofenceState.due_index.query(shard, GeofenceState.due_at <= now, limit=BATCH):
            if _set_due(key, now + LEASE):
                yield key


def next_look(watch: Watch | None, fence_id: str, now: datetime, lateness: timedelta) -> datetime | None:
    """When to look again because of this fence; None: when something is heard."""
    if watch is None:
        return None
    if fence_id in watch.expected:
        return now + lateness + SOON
    stay = watch.stays.get(fence_id)
    return max(now + SOON, instant_of(stay.dwell_at) + PATIENCE) if stay is not None and stay.dwell_at else None


def done(row: GeofenceState, due_at: datetime | None) -> None:
    """Until `due_at`, or for good; unless somebody wrote the row since."""
    _set_due(row, due_at)


def _set_due(row: GeofenceState, due_at: datetime | None) -> bool:
    actions: list[Action]
    if due_at is None:
        actions = [GeofenceState.due_at.remove(), GeofenceState.due_shard.remove()]
    else:
        actions = [GeofenceState.due_at.set(due_at)]
    try:
        row.update(actions=actions, condition=GeofenceState.due_at == row.due_at, add_version_condition=False)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True
