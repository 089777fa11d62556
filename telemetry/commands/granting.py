"""Who may tell a vehicle what to do: by their role in its organization, or because they drive the ride it is for."""

from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, NotFound
from fleet.assignments.people import vehicles_of
from fleet.rules.membership import Right, may
from telemetry.commands.rides import Ride, ride_of
from telemetry.tables import VehicleState
from telemetry.tenancy import membership_of

AS_DRIVER = "ride"


class Grant(NamedTuple):
    organization_id: str
    role: str
    temperature: float | None = None
    """What the ride's passenger wishes."""


def grant(user: CurrentUser, pvin: str, booking_id: str | None = None) -> Grant:
    """Owner, admin and manager: any vehicle of theirs. A driver: one that is assigned to them now, or that serves
    their ride, while it is time for it. A viewer: none.

    Raises `NotFound`, `Forbidden`, and `Conflict` `outside_window` for a ride whose time it is not.
    """
    ride = _ride(user, pvin, booking_id) if booking_id else None
    if ride is not None and ride.is_driver:
        given = Grant(ride.organization_id, AS_DRIVER, ride.temperature)
    else:
        given = _by_membership(user, pvin, ride)
    state = VehicleState.find(pvin, consistent=True)
    if state is None or state.organization_id != given.organization_id:
        raise NotFound
    return given


def _ride(user: CurrentUser, pvin: str, booking_id: str) -> Ride:
    found = ride_of(user, booking_id)
    if found.pvin != pvin:
        raise NotFound("This vehicle is not the booking's.")
    if not found.is_open:
        raise Conflict(
            "Commands for a booking are sent from an hour before the pick-up until the ride is over.",
            code="outside_window",
        )
    return found


def _by_membership(user: CurrentUser, pvin: str, ride: Ride | None) -> Grant:
    member = membership_of(user, Right.COMMAND_ASSIGNED)
    if not may(member.role, Right.COMMAND_FLEET) and pvin not in vehicles_of(
        user.id, member.organization_id, utc_now()
    ):
        raise NotFound
    if ride is not None and ride.organization_id != member.organization_id:
        raise NotFound
    return Grant(member.organization_id, member.role, ride.temperature if ride else None)
