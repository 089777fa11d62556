"""Who has which vehicle: given by the owner or an admin, ended by them, and with the membership."""

from collections.abc import Iterator
from datetime import datetime
from uuid import uuid4

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Invalid, NotFound
from atlas.live.publish import look_again
from fleet.assignments.tables import DriverAssignment, VehicleAssignment
from fleet.organizations.access import member_with, still
from fleet.rules.membership import Right
from fleet.tables import OrganizationUser

MOST_EACH = 50
"""Vehicles that one person has at a time; so many assignments end with a membership in its own transaction."""


@retried
def assign_vehicle(
    *,
    user: CurrentUser,
    organization_id: str,
    user_id: str,
    pvin: str,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> DriverAssignment:
    """Give a member a vehicle, from now or later, for good or until `ends_at`.

    Raises `Invalid`, `NotFound` for what is not the organization's, `Conflict` `too_many_assignments`.
    """
    asks = member_with(user, organization_id, Right.CHANGE_ASSIGNMENTS, consistent=True)
    now = utc_now()
    starts_at = starts_at or now
    if ends_at is not None and ends_at <= max(starts_at, now):
        raise Invalid(fields={"endsAt": ["It must end after it begins, and not before now."]})
    if OrganizationUser.find(organization_id, user_id, consistent=True) is None:
        raise NotFound("Nobody of this organization has this id.")
    held = VehicleAssignment.find(organization_id, pvin, consistent=True)
    if held is None or held.until is not None:
        raise NotFound("No vehicle of this organization has this pseudoVIN.")
    if sum(1 for _ in assignments_of(user_id, organization_id)) >= MOST_EACH:
        raise Conflict(f"They have {MOST_EACH} vehicles already.", code="too_many_assignments")
    assignment = DriverAssignment(
        organization_id=organization_id,
        id=str(uuid4()),
        driver_id=user_id,
        pvin=pvin,
        starts_at=starts_at,
        ends_at=ends_at,
        assigned_by=user.id,
    )
    with transact() as tx:
        still(tx, asks)
        if user_id != asks.user_id:
            tx.check(OrganizationUser, organization_id, user_id, condition=OrganizationUser.role.exists())
        tx.check(VehicleAssignment, organization_id, pvin, condition=VehicleAssignment.until.does_not_exist())
        tx.create(assignment)
        tx.on_commit(lambda: look_again(user_id))
    return assignment


@retried
def end_assignment(*, user: CurrentUser, organization_id: str, assignment_id: str) -> None:
    """Take the vehicle back, at once."""
    asks = member_with(user, organization_id, Right.CHANGE_ASSIGNMENTS, consistent=True)
    assignment = DriverAssignment.find(organization_id, assignment_id, consistent=True)
    if assignment is None:
        raise NotFound
    with transact() as tx:
        still(tx, asks)
        tx.delete(assignment)
        tx.on_commit(lambda: look_again(assignment.driver_id))


def list_assignments(
    *, user: CurrentUser, organization_id: str, cursor: str | None = None, limit: int = 50
) -> Page[DriverAssignment]:
    """Raises `NotFound`, `Forbidden`."""
    member_with(user, organization_id, Right.SEE_FLEET)
    return read_page(
        DriverAssignment.query,
        organization_id,
        scope=scope("assignments", organization_id),
        cursor=cursor,
        limit=limit,
    )


def assignments_of(user_id: str, organization_id: str) -> Iterator[DriverAssignment]:
    """Theirs in this organization, past and future ones too. One query."""
    for each in DriverAssignment.driver_index.query(user_id, scan_index_forward=False, limit=4 * MOST_EACH):
        if each.organization_id == organization_id:
            yield each


def vehicles_of(user_id: str, organization_id: str, now: datetime) -> dict[str, datetime]:
    """The pseudoVINs that somebody has now, and since when."""
    found: dict[str, datetime] = {}
    for each in assignments_of(user_id, organization_id):
        if each.starts_at <= now and (each.ends_at is None or each.ends_at > now):
            found[each.pvin] = min(each.starts_at, found.get(each.pvin, each.starts_at))
    return found
