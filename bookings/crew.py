"""Who serves a booking, by name: for its parties."""

from dataclasses import dataclass

from atlas.dynamo.many import get_many
from bookings.tables import Booking
from fleet.tables import Driver, Operator, Vehicle

NOBODY = "-"
"""The id of nothing."""


@dataclass(frozen=True, slots=True)
class Crew:
    operator: Operator | None = None
    driver: Driver | None = None
    vehicle: Vehicle | None = None


def crew_of(booking: Booking) -> Crew:
    """One call, none while nobody is chosen."""
    if not booking.operator_id:
        return Crew()
    return Crew(
        *get_many(
            (Operator, booking.operator_id),
            (Driver, booking.driver_id or NOBODY),
            (Vehicle, booking.vehicle_id or NOBODY),
        )
    )
