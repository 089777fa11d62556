"""A ride that nobody has set out for, told to the fleet whose vehicle is to drive it."""

from bookings.events import DepartureMissed
from bookings.rules.lifecycle import UPCOMING
from bookings.tables import Booking
from fleet.tables import Operator, Vehicle
from telemetry.alerts.departures import miss_departure


def tell_fleet(event: DepartureMissed) -> None:
    """An alert, where the vehicle has telemetry and that does not show it moving. It may hear of it twice."""
    booking = Booking.find(event.booking_id, consistent=True)
    if booking is None or booking.status not in UPCOMING or booking.vehicle_id is None:
        return
    vehicle, operator = Vehicle.find(booking.vehicle_id), Operator.find(event.operator_id)
    if vehicle is None or vehicle.pvin is None or operator is None or operator.organization_id is None:
        return
    miss_departure(
        pvin=vehicle.pvin,
        organization_id=operator.organization_id,
        ride_id=booking.id,
        reference=booking.reference,
        at=booking.departure_alerted_at or booking.pickup_at,
    )
