"""Who plays which part in a booking. What a part may do stands in `bookings.rules.lifecycle`; nowhere else."""

from typing import Any, Protocol

from accounts import staff
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.errors import NotFound
from bookings.rules.lifecycle import Action, Actor

STAFF_RIGHTS = {
    Action.CANCEL: "cancel",
    Action.ASSIGN: "reassign",
    Action.REASSIGN: "reassign",
    Action.EXPIRE: "expire",
}
"""What staff need of `accounts.staff` to do it in somebody's place; for what drivers report it is `drive`."""


class Ride(Protocol):
    """A booking, in its table or in the archive: who takes part in it."""

    concierge_id: Any
    operator_id: Any
    driver_id: Any


def part_of(user: CurrentUser, booking: Ride) -> Actor | None:
    """The user's part in this booking; None for an outsider."""
    if user.role is Role.ADMIN:
        return Actor.ADMIN
    if user.role is Role.CONCIERGE and booking.concierge_id == user.id:
        return Actor.CONCIERGE
    if user.profile_id is None:
        return None
    if user.role is Role.OPERATOR and booking.operator_id == user.profile_id:
        return Actor.OPERATOR
    if user.role is Role.DRIVER and booking.driver_id == user.profile_id:
        return Actor.DRIVER
    return None


def party(user: CurrentUser, booking: Ride) -> Actor:
    """The same, where outsiders must not even learn that the booking exists."""
    part = part_of(user, booking)
    if part is None:
        raise NotFound
    return part


def party_for(user: CurrentUser, booking: Ride, action: Action) -> Actor:
    """The same for who is about to do something: staff need the right to. Raises `Forbidden`.

    Whether this part may, and may now, is for `transition` to say.
    """
    part = party(user, booking)
    if part is Actor.ADMIN:
        staff.require(user, STAFF_RIGHTS.get(action, "drive"), "bookings.booking")
    return part
