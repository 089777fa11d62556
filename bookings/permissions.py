"""Who plays which part in a booking. What a part may do stands in `bookings.rules.lifecycle`; nowhere else."""

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.errors import NotFound
from bookings.rules.lifecycle import Actor
from bookings.tables import Booking


def part_of(user: CurrentUser, booking: Booking) -> Actor | None:
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


def party(user: CurrentUser, booking: Booking) -> Actor:
    """The same, where outsiders must not even learn that the booking exists."""
    part = part_of(user, booking)
    if part is None:
        raise NotFound
    return part
