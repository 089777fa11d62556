"""Who looked at whose data: what a booking tells of its people, for the access log. One's own data is not told."""

from collections.abc import Iterable

from accounts import access_log
from accounts.users import CurrentUser
from bookings.tables import ArchivedBooking, Booking
from fleet.tables import Driver


def saw_booking(user: CurrentUser, booking: Booking | ArchivedBooking) -> None:
    """Passenger, places and wishes are the concierge's client's."""
    access_log.read(actor=user, resource="booking", of=[(f"bookings:{booking.id}", booking.concierge_id)])


def saw_bookings(user: CurrentUser, bookings: Iterable[Booking]) -> None:
    """A list: one entry per person, however many of their bookings it shows."""
    people = dict.fromkeys(booking.concierge_id for booking in bookings)
    access_log.read(actor=user, resource="bookings", of=[(f"users:{each}", each) for each in people])


def saw_driver(user: CurrentUser, driver: Driver | None) -> None:
    """Name, phone, licence of who drives."""
    if driver is not None:
        access_log.read(actor=user, resource="crew", of=[(f"drivers:{driver.id}", driver.user_id)])


def saw_location(user: CurrentUser, driver_id: str | None) -> None:
    """Where somebody is. Whose profile it is, is looked up only for an entry that is written."""
    if driver_id and driver_id != user.profile_id:
        access_log.read(actor=user, resource="location", of=[(f"drivers:{driver_id}", lambda: _user_of(driver_id))])


def _user_of(driver_id: str) -> str | None:
    driver = Driver.find(driver_id)
    return driver.user_id if driver else None
