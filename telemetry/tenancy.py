"""Whose telemetry a person may see and change: the one place that is asked, by their membership in an organization."""

from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.errors import Forbidden
from fleet.selectors import own_operator
from fleet.tables import OrganizationUser

MANAGERS = frozenset({"owner", "admin", "manager"})


class Membership(NamedTuple):
    organization_id: str
    role: str


def membership_of(user: CurrentUser) -> Membership:
    """Of the organization of the company that the user acts for. Raises `Forbidden`. Two calls."""
    operator = own_operator(user)
    found = OrganizationUser.find(operator.organization_id, user.id) if operator.organization_id else None
    if found is None:
        raise Forbidden("You are not a member of this organization.", code="not_a_member")
    return Membership(found.organization_id, found.role)


def manages_devices(user: CurrentUser) -> Membership:
    """Owner, admin and manager. Raises `Forbidden`."""
    member = membership_of(user)
    if member.role not in MANAGERS:
        raise Forbidden("Owners, admins and managers manage devices.")
    return member


def sees_fleet(user: CurrentUser) -> Membership:
    """Whoever may see every vehicle: owner, admin and manager. Raises `Forbidden`."""
    member = membership_of(user)
    if member.role not in MANAGERS:
        raise Forbidden("Owners, admins and managers see the whole fleet.")
    return member
