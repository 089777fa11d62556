"""A person's upcoming rides as an iCalendar feed, for the holder of its token."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from icalendar import Calendar, Event

from accounts.tables import User
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from bookings.holders import holder, token_for
from bookings.rules.lifecycle import CLOSED, BookingStatus
from bookings.rules.schedule import ride_ends_at
from bookings.selectors import list_bookings
from bookings.services.dispatching import windows_of
from bookings.tables import Booking

SALT = "calendar"
KEPT_BEHIND = timedelta(days=1)
"""A ride stays in the feed for a day after its pick-up."""
MOST_EVENTS = 100
AHEAD = [status for status in BookingStatus if status not in CLOSED]


def feed_url(user: CurrentUser) -> str:
    """The address to subscribe to; a password change makes it void."""
    token = token_for(User.fetch(user.id), salt=SALT)
    return f"{settings.PUBLIC_URL}/api/v1/calendar.ics?token={token}"


def feed(*, token: str) -> bytes:
    """The feed behind a token. Raises `NotFound` for one that is not, or no longer, good."""
    user, _ = holder(token, salt=SALT)
    calendar = Calendar()
    calendar.add("prodid", "-//Atlas//Bookings//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Atlas rides")
    earliest = utc_now() - KEPT_BEHIND
    for booking in list_bookings(user=user, status=AHEAD, limit=MOST_EVENTS).items:
        if booking.pickup_at >= earliest:
            calendar.add_component(_event(booking))
    return bytes(calendar.to_ical())


def _event(booking: Booking) -> Event:
    details = booking.details
    event = Event()
    fields: dict[str, Any] = {
        "uid": f"{booking.id}@atlas",
        "dtstamp": booking.updated_at,
        "dtstart": booking.pickup_at,
        "dtend": ride_ends_at(windows_of(booking), type=booking.type_),
        "summary": f"{booking.reference} · {details.vehicle_category.title()}",
        "status": "CONFIRMED" if booking.operator_id else "TENTATIVE",
        "location": details.pickup_location,
        "description": f"To {details.dropoff_location}" if details.dropoff_location else "By the hour",
        "url": f"{settings.PUBLIC_URL}/bookings/{booking.id}",
    }
    for name, value in fields.items():
        event.add(name, value)
    return event
