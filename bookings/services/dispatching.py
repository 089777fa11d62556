"""The operator gives the ride a driver and a car; the driver drives it, and says so."""

from datetime import datetime
from decimal import Decimal

import fleet.services
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from bookings.events import DepartureMissed, RideCompleted
from bookings.permissions import party_for
from bookings.rules.deadlines import MISSED_DEPARTURE
from bookings.rules.final_price import capture_at
from bookings.rules.holding import Ride
from bookings.rules.lifecycle import JOBS, LIVE, UPCOMING, Action, Actor, BookingStatus, action_for_status, transition
from bookings.rules.pickup_time import local_instant, parse_zone
from bookings.rules.schedule import Window, ride_ends_at, service_windows
from bookings.services import change
from bookings.tables import Booking
from payments.tables import PaymentTransaction


@retried
def assign(*, user: CurrentUser, booking_id: str, driver_id: str, vehicle_id: str, note: str | None = None) -> Booking:
    """Give the booking a driver and a vehicle of its operator, or others than before. By the operator, or by staff.

    Both must be theirs, fit for the ride and free for all of it: their calendars are written in the same
    transaction, so of two simultaneous assignments of one driver only one can hold.
    """
    booking = Booking.fetch(booking_id)
    action = Action.REASSIGN if booking.driver_id else Action.ASSIGN
    part = party_for(user, booking, action)
    transition(booking.status, action, part)
    windows = windows_of(booking)
    zone = parse_zone(booking.details.timezone)
    fleet.services.check_fit(
        operator_id=str(booking.operator_id),
        driver_id=driver_id,
        vehicle_id=vehicle_id,
        category=booking.details.vehicle_category,
        passengers=booking.details.passenger_count,
        luggage=booking.details.luggage_count,
        ride_ends_on=ride_ends_at(windows, type=booking.type_).astimezone(zone).date(),
    )
    before = (booking.driver_id, booking.vehicle_id if booking.driver_id else None)
    booking.driver_id, booking.vehicle_id = driver_id, vehicle_id
    with transact() as tx:
        fleet.services.book_time(
            tx=tx,
            booking_id=booking.id,
            windows=windows,
            driver_id=driver_id,
            vehicle_id=vehicle_id,
            before=before,
            now=utc_now(),
        )
        change.move(
            tx,
            booking,
            action,
            part,
            user_id=user.id,
            note=note,
            former_driver_id=before[0],
            silent=before == (driver_id, vehicle_id),
        )
    return booking


@retried
def report_status(*, user: CurrentUser, booking_id: str, status: BookingStatus) -> Booking:
    """The driver says how far the ride is: DRIVER_EN_ROUTE, ARRIVED, PASSENGER_ONBOARD, IN_PROGRESS, COMPLETED.

    Saying the same again is no error: a phone that did not hear the answer may repeat itself.
    """
    booking = Booking.fetch(booking_id)
    action = action_for_status(status)
    part = party_for(user, booking, action)
    if booking.status is status and part in (Actor.DRIVER, Actor.ADMIN):
        return booking
    transition(booking.status, action, part)
    with transact() as tx:
        if action is Action.EN_ROUTE:
            _check_held(booking)
            fleet.services.begin_ride(
                tx=tx, driver_id=str(booking.driver_id), vehicle_id=str(booking.vehicle_id), booking_id=booking.id
            )
        if action is Action.ARRIVE:
            booking.arrived_at = utc_now()
        if action is Action.BOARD:
            booking.boarded_at = utc_now()
        if action is Action.COMPLETE:
            booking.completed_at = utc_now()
            end_duty(tx, booking, booking.status, completed=True)
            _have_it_captured(tx, booking)
        change.move(tx, booking, action, part, user_id=user.id)
    return booking


def _have_it_captured(tx: Transaction, booking: Booking) -> None:
    """At once; where another price was announced, once that is stated, or by `capture_at`."""
    if booking.price_announced_at is not None and booking.transaction_id is not None:
        held_at = PaymentTransaction.fetch(booking.transaction_id).created_at
        booking.capture_at = capture_at(completed_at=booking.completed_at, held_at=held_at)
    else:
        outbox.add(tx, RideCompleted(booking.id, str(booking.transaction_id)))


def _check_held(booking: Booking) -> None:
    """A ride whose card on file gave no hold is not driven; it is called off unless another card does in time."""
    if booking.hold is not None and not change.is_held(booking):
        raise Conflict(
            "The ride is not paid for yet; its operator knows more.",
            code="payment_missing",
            details={"status": booking.status},
        )


def end_duty(tx: Transaction, booking: Booking, before: BookingStatus, *, completed: bool) -> None:
    """Give the driver and the vehicle back what is left of the time that the booking took of them."""
    if before not in JOBS:
        return
    driver_id, vehicle_id = str(booking.driver_id), str(booking.vehicle_id)
    fleet.services.free_time(tx=tx, booking_id=booking.id, driver_id=driver_id, vehicle_id=vehicle_id)
    if before in LIVE:
        fleet.services.end_ride(
            tx=tx,
            driver_id=driver_id,
            vehicle_id=vehicle_id,
            operator_id=str(booking.operator_id),
            booking_id=booking.id,
            completed=completed,
        )


@retried
def alert_departure(*, booking_id: str) -> bool:
    """Tell the operator that nobody has set out an hour before the pick-up. Once; False when there is no need."""
    booking = Booking.fetch(booking_id)
    now = utc_now()
    if booking.status not in UPCOMING or booking.departure_alerted_at or now < booking.pickup_at - MISSED_DEPARTURE:
        return False
    booking.departure_alerted_at = now
    with transact() as tx:
        change.save(tx, booking)
        outbox.add(tx, DepartureMissed(booking.id, str(booking.operator_id)))
    return True


def windows_of(booking: Booking) -> list[Window]:
    """The time that the booking takes of a driver and a vehicle, UTC."""
    details = booking.details
    return service_windows(
        type=booking.type_,
        pickup_at=booking.pickup_at,
        timezone=parse_zone(details.timezone),
        distance_km=Decimal(str(details.distance_km)),
        duration_hours=Decimal(str(details.duration_hours)),
        duration_days=details.duration_days,
        itinerary=[(day_start(booking, index), Decimal(str(day.hours))) for index, day in enumerate(details.itinerary)],
    )


def ride_of(booking: Booking) -> Ride:
    """From the pick-up to the end of the ride itself."""
    return Ride(booking.pickup_at, ride_ends_at(windows_of(booking), type=booking.type_))


def day_start(booking: Booking, index: int) -> datetime:
    """When a day of the itinerary begins; the first is the pick-up, whose offset was settled at the request."""
    if index == 0:
        return booking.pickup_at
    day = booking.details.itinerary[index]
    return local_instant(date=day.date, time=day.time, timezone=booking.details.timezone)
