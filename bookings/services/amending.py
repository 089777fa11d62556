"""Staff correct what a request says of its passenger."""

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Invalid
from bookings.rules.lifecycle import CLOSED
from bookings.services import change
from bookings.tables import Booking

AMENDABLE = {"passenger_name": 120, "flight_number": 12}
"""Member of `details` -> characters at most. What moves time or money is for `request_booking` alone."""


@retried
def amend_booking(*, user: CurrentUser, booking_id: str, **changes: str) -> Booking:
    """Change `passenger_name` and `flight_number`: what is given, until the ride is over.

    Raises `Conflict` `wrong_state` afterwards, `Invalid` for text that is too long.
    """
    staff.require(user, "change", "bookings.booking")
    booking = Booking.fetch(booking_id)
    if booking.status in CLOSED:
        raise Conflict(
            f"The booking is {booking.status}; it cannot be changed now.",
            code="wrong_state",
            details={"status": booking.status},
        )
    for name, value in changes.items():
        text = value.strip()
        if len(text) > AMENDABLE[name]:
            raise Invalid(fields={f"details.{name}": [f"At most {AMENDABLE[name]} characters."]})
        setattr(booking.details, name, text)
    with transact() as tx:
        change.save(tx, booking, announce=True)
    return booking
