"""Alerts and events as the members of their organization see them: owner, admin and manager."""

from typing import Any

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import Invalid, NotFound
from fleet.rules.membership import Right
from telemetry.alerts.tables import AlertCategory, AlertStatus, FleetAlert, Occurrence
from telemetry.rules.escalation import Severity
from telemetry.tenancy import membership_of


def alerts(
    *,
    user: CurrentUser,
    vehicle: str | None = None,
    severity: Severity | None = None,
    category: AlertCategory | None = None,
    open: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[FleetAlert]:
    """Newest first (of a category in no order), by one of the three or of the whole fleet: one query of keys, one batch
    read. With `open`, those of the page that are not resolved. Raises `Forbidden`, `Invalid`.
    """
    organization_id = membership_of(user, Right.SEE_ALERTS).organization_id
    if sum(each is not None for each in (vehicle, severity, category)) > 1:
        raise Invalid("Ask by vehicle, by severity or by category: one at a time.", code="one_filter")
    index: Any = FleetAlert.organization_index
    key: tuple[Any, ...] = (organization_id,)
    if vehicle is not None:
        index, key = FleetAlert.vin_index, (vehicle,)
    elif severity is not None:
        index, key = FleetAlert.severity_index, (f"{organization_id}#{severity}",)
    elif category is not None:
        index, key = FleetAlert.category_index, (organization_id, FleetAlert.category == category.value)
    keys = read_page(
        index.query,
        *key,
        scan_index_forward=False,
        scope=scope("fleet-alerts", organization_id, vehicle, severity, category, open),
        cursor=cursor,
        limit=limit,
    )
    found = get_many(*((FleetAlert, each.id) for each in keys.items)) if keys.items else []
    now = utc_now()
    return Page(
        [
            each
            for each in found
            if each is not None
            and each.organization_id == organization_id
            and each.expires_at > now
            and not (open and each.status == AlertStatus.RESOLVED)
        ],
        keys.next,
    )


def alert(*, user: CurrentUser, alert_id: str) -> FleetAlert:
    """Raises `Forbidden`, `NotFound`."""
    organization_id = membership_of(user, Right.SEE_ALERTS).organization_id
    found = FleetAlert.find(alert_id)
    if found is None or found.organization_id != organization_id or found.expires_at <= utc_now():
        raise NotFound
    return found


def events(*, user: CurrentUser, pvin: str, cursor: str | None = None, limit: int = 50) -> Page[Occurrence]:
    """What happened to a vehicle while it was this organization's, newest first. Raises `Forbidden`."""
    organization_id = membership_of(user, Right.SEE_ALERTS).organization_id
    return read_page(
        Occurrence.query,
        pvin,
        filter_condition=Occurrence.organization_id == organization_id,
        scan_index_forward=False,
        scope=scope("vehicle-events", organization_id, pvin),
        cursor=cursor,
        limit=limit,
    )
