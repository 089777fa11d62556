"""Alerts are seen to by people: acknowledged, and resolved."""

from collections.abc import Callable

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import NotFound
from atlas.tables import Unique
from fleet.rules.membership import Right
from telemetry.alerts.raising import claim_of
from telemetry.alerts.tables import AlertStatus, FleetAlert
from telemetry.tenancy import membership_of

Check = Callable[[FleetAlert], None]


@retried
def acknowledge(*, user: CurrentUser, alert_id: str, check: Check | None = None) -> FleetAlert:
    """Somebody sees to it: it goes to nobody else. Again, or once it is resolved, changes nothing.

    Raises `Forbidden`, `NotFound`.
    """
    alert = _own(membership_of(user, Right.ACKNOWLEDGE_ALERTS).organization_id, alert_id)
    if check is not None:
        check(alert)
    if alert.status == AlertStatus.OPEN:
        alert.status = AlertStatus.ACKNOWLEDGED
        alert.acknowledged_by, alert.acknowledged_at = user.id, utc_now()
        alert.due_at = alert.due_shard = None
        with transact() as tx:
            tx.save(alert)
    return alert


@retried
def resolve(*, user: CurrentUser, alert_id: str, check: Check | None = None) -> FleetAlert:
    """It is over: the same again is another alert. Raises `Forbidden`, `NotFound`."""
    alert = _own(membership_of(user, Right.CHANGE_ALERTS).organization_id, alert_id)
    if check is not None:
        check(alert)
    if alert.status == AlertStatus.RESOLVED:
        return alert
    alert.status = AlertStatus.RESOLVED
    alert.resolved_by, alert.resolved_at = user.id, utc_now()
    alert.due_at = alert.due_shard = None
    claim = Unique.find(claim_of(alert.pvin, alert.kind, alert.subject), consistent=True)
    with transact() as tx:
        tx.save(alert)
        if claim is not None and claim.owner_id == alert.id:
            tx.delete(claim)
    return alert


def _own(organization_id: str, alert_id: str) -> FleetAlert:
    found = FleetAlert.find(alert_id, consistent=True)
    if found is None or found.organization_id != organization_id:
        raise NotFound
    return found
