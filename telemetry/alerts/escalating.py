"""Alerts that nobody acknowledged in time go to the next level; each level is told of once, by the outbox."""

from datetime import datetime

import structlog

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.shards import all_shards
from telemetry.alerts.raising import set_due
from telemetry.alerts.tables import AlertStatus, FleetAlert
from telemetry.events import AlertRaised

log = structlog.get_logger(__name__)

BATCH = 100
"""Of each shard in one run; the next run takes the rest."""


def escalate_due(now: datetime | None = None) -> int:
    """How many went up."""
    now = now or utc_now()
    risen = 0
    for shard in all_shards():
        for key in FleetAlert.due_index.query(shard, FleetAlert.due_at <= now, limit=BATCH):
            try:
                risen += escalate(key.id, now)
            except Exception:
                log.exception("alert_not_escalated", alert_id=key.id)
    return risen


@retried
def escalate(alert_id: str, now: datetime) -> bool:
    """Whether there was need; of two at once one does it."""
    alert = FleetAlert.find(alert_id, consistent=True)
    if alert is None or alert.due_at is None or alert.due_at > now or alert.status != AlertStatus.OPEN:
        return False
    alert.level += 1
    set_due(alert, now)
    with transact() as tx:
        tx.save(alert)
        outbox.add(tx, AlertRaised(alert.id, int(alert.level)))
    return True
