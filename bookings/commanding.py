"""What a booking says of commands to the vehicle that serves it (`telemetry.commands.rides`)."""

import re
from datetime import datetime

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden, NotFound
from bookings.permissions import party
from bookings.rules.deadlines import MISSED_DEPARTURE
from bookings.rules.lifecycle import JOBS, LIVE, Actor
from bookings.services.dispatching import windows_of
from bookings.tables import Booking
from fleet.tables import Operator, Vehicle
from telemetry.commands.rides import Ride

BEFORE = MISSED_DEPARTURE
"""A car is made ready for a ride when its driver should set out at the latest."""
FAHRENHEIT = re.compile(r"\(([0-9]{2,3})\s*°F\)")


def ride_of(user: CurrentUser, booking_id: str) -> Ride:
    """For its driver and its operator. Raises `NotFound` for outsiders, `Forbidden` for who rides or ordered it."""
    booking = Booking.fetch(booking_id)
    part = party(user, booking)
    if part not in (Actor.DRIVER, Actor.OPERATOR):
        raise Forbidden
    if not booking.vehicle_id:
        raise NotFound("No vehicle is assigned to this booking.")
    vehicle, operator = get_many((Vehicle, booking.vehicle_id), (Operator, str(booking.operator_id)))
    if vehicle is None or operator is None or not vehicle.pvin or not operator.organization_id:
        raise NotFound("Nothing can be sent to this booking's vehicle.")
    return Ride(
        pvin=vehicle.pvin,
        organization_id=operator.organization_id,
        is_open=is_open(booking, utc_now()),
        is_driver=part is Actor.DRIVER,
        temperature=wished_temperature(booking),
    )


def is_open(booking: Booking, now: datetime) -> bool:
    """From an hour before each of its windows until its end, once it has a driver; and for as long as one is at it."""
    if booking.status in LIVE:
        return True
    windows = windows_of(booking) if booking.status in JOBS else ()
    return any(starts_at - BEFORE <= now < ends_at for starts_at, ends_at in windows)


def wished_temperature(booking: Booking) -> float | None:
    """Celsius, to half a degree as cars take it. The passenger's choice says it in Fahrenheit: `Cool (68°F)`."""
    wish = FAHRENHEIT.search(booking.details.preferences.temperature or "")
    return round((int(wish[1]) - 32) * 5 / 9 * 2) / 2 if wish else None
