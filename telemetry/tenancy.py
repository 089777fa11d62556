"""Whose telemetry a person may see and change: the one place that is asked, by their membership in an organization.

The organization is the one that they act for (`fleet.organizations.access.acting_for`). Owner, admin and manager see
its whole fleet; a driver and a viewer the vehicles that they have now, since they have them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound
from fleet.assignments.people import vehicles_of
from fleet.organizations.access import acting_for, require
from fleet.rules.membership import Right, may


class Membership(NamedTuple):
    organization_id: str
    role: str


class Sight(NamedTuple):
    """What somebody may see of a fleet."""

    organization_id: str
    vehicles: Mapping[str, datetime] | None
    """PseudoVIN -> since when; None: all of the organization's."""

    @property
    def whole_fleet(self) -> bool:
        return self.vehicles is None

    def since(self, pvin: str) -> datetime | None:
        """From when on they may see this vehicle (None: always). Raises `NotFound` for one that is not theirs."""
        if self.vehicles is None:
            return None
        if pvin not in self.vehicles:
            raise NotFound
        return self.vehicles[pvin]


def membership_of(user: CurrentUser, right: Right = Right.SEE_ORGANIZATION) -> Membership:
    """Raises `Forbidden` for who is in no organization, and who has not the right. Two calls."""
    found = acting_for(user)
    require(found, right)
    return Membership(found.organization_id, found.role)


def manages_devices(user: CurrentUser) -> Membership:
    """Owner, admin and manager. Raises `Forbidden`."""
    return membership_of(user, Right.MANAGE_DEVICES)


def sees_fleet(user: CurrentUser) -> Membership:
    """Whoever may see every vehicle: owner, admin and manager. Raises `Forbidden`."""
    return membership_of(user, Right.SEE_FLEET)


def sight_of(user: CurrentUser) -> Sight:
    """Everybody's, by their role: two calls, three for who sees only some. Raises `Forbidden`."""
    member = membership_of(user, Right.SEE_ASSIGNED)
    if may(member.role, Right.SEE_FLEET):
        return Sight(member.organization_id, None)
    return Sight(member.organization_id, vehicles_of(user.id, member.organization_id, utc_now()))
