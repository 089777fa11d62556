"""How many rides of a day stand where: counted with each change of status, for the overview of the back office."""

from datetime import date

from atlas import counters
from atlas.dynamo.transaction import Transaction
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking


def group(day: str | date) -> str:
    """The rides whose pick-up is on this day, by the wall time of the pick-up."""
    return f"bookings/{day}"


def count(tx: Transaction, booking: Booking, *, before: BookingStatus | None) -> None:
    """Move `booking` from one count to the other; a new one comes from none."""
    if booking.status is before:
        return
    changes = {str(booking.status): 1} | ({str(before): -1} if before else {})
    counters.add(tx, group(booking.details.date), changes, spread=booking.id)


def by_status(day: str | date) -> dict[BookingStatus, int]:
    """In the order of the lifecycle. One query."""
    counted = counters.read(group(day))
    return {status: counted[status] for status in BookingStatus if counted.get(status)}
