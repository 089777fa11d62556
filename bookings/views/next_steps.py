"""What the asking user may press next on a ride under way."""

from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.users import CurrentUser
from bookings import labels
from bookings.permissions import part_of
from bookings.rules.lifecycle import Action, BookingStatus, open_actions, transition
from bookings.tables import Booking


@dataclass(frozen=True, slots=True)
class NextStep:
    """`status` is what the form reports."""

    action: Action
    status: BookingStatus
    label: str | Promise


def next_steps(user: CurrentUser, booking: Booking) -> list[NextStep]:
    """By the table of transitions; empty for whoever does not drive."""
    part = part_of(user, booking)
    if part is None:
        return []
    return [
        NextStep(action, transition(booking.status, action, part), labels.NEXT[action])
        for action in open_actions(booking.status, part)
        if action in labels.NEXT
    ]
