"""Geofences: drawn, changed and taken away by owner and admin."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

import msgspec

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Invalid, NotFound
from fleet.assignments.tables import VehicleAssignment
from fleet.rules.membership import Right
from telemetry.geofences.states import forget_fence
from telemetry.geofences.tables import Geofence
from telemetry.rules.escalation import Severity
from telemetry.rules.fencing import Crossing
from telemetry.rules.shapes import BadShape, checked
from telemetry.tenancy import membership_of
from telemetry.watching import known

MOST_FENCES = 500
"""Of an organization: every process that takes in its readings has them in memory."""
RAISING = tuple(kind for kind in Crossing if kind is not Crossing.INSIDE)
"""What may raise an alert."""
REDRAWN = frozenset({"geometry", "radius", "vehicles", "active", "dwell_seconds"})
"""Changes after which what was before does not count."""


@retried
def create_fence(
    *,
    user: CurrentUser,
    name: str,
    geometry: Mapping[str, Any],
    radius: float | None = None,
    dwell_seconds: int | None = None,
    vehicles: Sequence[str] | None = None,
    alert_on: Sequence[str] = (),
    severity: Severity = Severity.MEDIUM,
    active: bool = True,
) -> Geofence:
    """Raises `Forbidden`, `Invalid`, and `Conflict` `too_many_fences`."""
    organization_id = membership_of(user, Right.CHANGE_GEOFENCES).organization_id
    fence = Geofence(organization_id=organization_id, id=str(uuid4()), since=known.now_in_force(utc_now()))
    _set(fence, {"name": name, "dwell_seconds": dwell_seconds, "vehicles": vehicles, "alert_on": alert_on})
    _set(fence, {"severity": severity, "active": active, **_shaped(geometry, radius)})
    with transact() as tx:
        add(tx, organization_id, [fence])
        tx.create(fence)
    return fence


@retried
def change_fence(
    *, user: CurrentUser, fence_id: str, check: Callable[[Geofence], None] | None = None, **changes: Any
) -> Geofence:
    """What is given changes. With another shape, other vehicles or another dwell time it begins anew.

    Raises `Forbidden`, `NotFound`, `Invalid`.
    """
    organization_id = membership_of(user, Right.CHANGE_GEOFENCES).organization_id
    fence = _own(organization_id, fence_id)
    if check is not None:
        check(fence)
    if "geometry" in changes or "radius" in changes:
        geometry = changes.get("geometry", msgspec.json.decode(fence.geometry))
        kept = fence.radius if geometry["type"] == "Point" else None
        changes |= _shaped(geometry, changes.get("radius", kept))
    before = {name: getattr(fence, name) for name in REDRAWN}
    _set(fence, changes)
    redrawn = any(getattr(fence, name) != value for name, value in before.items())
    if redrawn:
        fence.since = known.now_in_force(utc_now())
    with transact() as tx:
        if redrawn:
            add(tx, organization_id, [])
        tx.save(fence)
    return fence


@retried
def delete_fence(*, user: CurrentUser, fence_id: str) -> None:
    """Nothing is heard of it from now on; what happened stays. Raises `Forbidden`, `NotFound`."""
    organization_id = membership_of(user, Right.CHANGE_GEOFENCES).organization_id
    fence = _own(organization_id, fence_id)
    settings = known.settings_of(organization_id)
    settings.fences = max(0, settings.fences - 1)
    settings.fences_version += 1
    with transact() as tx:
        known.change(tx, settings)
        tx.delete(fence)
        tx.on_commit(lambda: forget_fence(fence.id))


def add(tx: Transaction, organization_id: str, fences: Sequence[Geofence]) -> None:
    """Have every process read them again. Raises `Conflict` `too_many_fences`."""
    settings = known.settings_of(organization_id)
    settings.fences += len(fences)
    settings.fences_version += 1
    if settings.fences > MOST_FENCES and fences:
        raise Conflict(f"An organization has at most {MOST_FENCES} geofences.", code="too_many_fences")
    known.change(tx, settings)


def _set(fence: Geofence, changes: Mapping[str, Any]) -> None:
    for name, value in changes.items():
        match name:
            case "vehicles":
                fence.vehicles = None if value is None else _of_ours(fence.organization_id, value)
            case "alert_on":
                fence.alert_on = [kind.value for kind in RAISING if kind.value in value]
            case "geometry":
                fence.geometry = msgspec.json.encode(value).decode()
            case _:
                setattr(fence, name, value)


def _shaped(geometry: Mapping[str, Any], radius: float | None) -> dict[str, Any]:
    try:
        return {"geometry": checked(geometry, radius), "radius": radius}
    except BadShape as bad:
        field = "radius" if bad.code.startswith("radius") else "geometry"
        raise Invalid(str(bad), code=bad.code, fields={field: [str(bad)]}) from bad


def _of_ours(organization_id: str, pvins: Sequence[str]) -> list[str]:
    wanted = sorted(set(pvins))
    held = {each.pvin for each in VehicleAssignment.query(organization_id) if each.until is None}
    unknown = [pvin for pvin in wanted if pvin not in held]
    if unknown:
        raise Invalid(fields={"vehicles": [f"Not a vehicle of this organization: {pvin}" for pvin in unknown[:5]]})
    return wanted


def _own(organization_id: str, fence_id: str) -> Geofence:
    found = Geofence.find(organization_id, fence_id, consistent=True)
    if found is None:
        raise NotFound
    return found
