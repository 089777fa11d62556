"""How a booking ends: paid, cancelled (with the policy's fee), or expired because nobody took it."""

from decimal import Decimal

import fleet.services
from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from bookings.events import RideCancelled
from bookings.permissions import party
from bookings.rules.cancellation import fee, no_show_allowed
from bookings.rules.lifecycle import EXPIRABLE, JOBS, LIVE, Action, Actor, BookingStatus, transition
from bookings.rules.types import CancellationCode, DeclineReason, PaymentStatus, QuoteStatus
from bookings.services import change
from bookings.services.quoting import check_not_accepting, close_pending
from bookings.tables import Booking


@retried
def cancel(*, user: CurrentUser, booking_id: str, code: CancellationCode, reason: str) -> Booking:
    """Call the ride off. The policy's fee is kept of the authorised amount, the rest is released, or refunded."""
    booking = Booking.fetch(booking_id)
    part = party(user, booking)
    before = booking.status
    transition(before, Action.CANCEL, part)
    check_not_accepting(booking)
    _check_no_show(booking, part, code)
    now = utc_now()
    booking.cancelled_at = now
    booking.cancellation_code = code
    booking.cancellation_reason = reason
    booking.cancellation_fee = cancellation_fee(booking, part, code)
    with transact() as tx:
        close_pending(tx, booking, QuoteStatus.DECLINED, DeclineReason.BOOKING_CLOSED)
        _release_duty(tx, booking, before)
        if booking.transaction_id:
            outbox.add(tx, RideCancelled(booking.id, booking.transaction_id, booking.cancellation_fee))
        change.move(tx, booking, Action.CANCEL, part, user_id=user.id, note=reason)
    return booking


def cancellation_fee(booking: Booking, part: Actor, code: CancellationCode) -> int:
    """What cancelling now would cost, in cents; shown before, and charged after, by the same rule."""
    return fee(
        type=booking.type_,
        distance_km=Decimal(str(booking.details.distance_km)),
        price=booking.final_price or 0,
        status=booking.status,
        actor=part,
        code=code,
        pickup_at=booking.pickup_at,
        now=utc_now(),
    )


@retried
def expire(*, booking_id: str) -> bool:
    """Close a request that found no operator in time. False when there is nothing to do (any more)."""
    booking = Booking.fetch(booking_id)
    if booking.status not in EXPIRABLE or booking.acceptance is not None or utc_now() < booking.deadline:
        return False
    with transact() as tx:
        close_pending(tx, booking, QuoteStatus.EXPIRED)
        change.move(tx, booking, Action.EXPIRE, Actor.SYSTEM, user_id=None)
    return True


@retried
def mark_paid(*, booking_id: str) -> bool:
    """The payment was captured: a completed ride is PAID; of a cancelled one the fee was taken."""
    booking = Booking.fetch(booking_id)
    if booking.payment_status is PaymentStatus.CAPTURED:
        return False
    booking.payment_status = PaymentStatus.CAPTURED
    with transact() as tx:
        if booking.status is BookingStatus.COMPLETED:
            change.move(tx, booking, Action.SETTLE, Actor.SYSTEM, user_id=None)
        else:
            change.save(tx, booking, announce=True)
    return True


@retried
def mark_payment(*, booking_id: str, payment_status: PaymentStatus) -> bool:
    """The payment was released or given back: the booking says so."""
    booking = Booking.fetch(booking_id)
    if booking.payment_status is payment_status:
        return False
    booking.payment_status = payment_status
    with transact() as tx:
        change.save(tx, booking, announce=True)
    return True


def _check_no_show(booking: Booking, part: Actor, code: CancellationCode) -> None:
    if code is not CancellationCode.NO_SHOW:
        return
    if not no_show_allowed(
        type=booking.type_,
        status=booking.status,
        actor=part,
        pickup_at=booking.pickup_at,
        arrived_at=booking.arrived_at,
        now=utc_now(),
    ):
        raise Conflict(
            "A no-show can be stated by the operator, when the driver has waited at the pick-up for the free time.",
            code="no_show_too_early",
            details={"status": booking.status},
        )


def _release_duty(tx: Transaction, booking: Booking, before: BookingStatus) -> None:
    """Give the driver and the vehicle their time back."""
    if before in JOBS and booking.driver_id and booking.vehicle_id:
        fleet.services.free_time(
            tx=tx, booking_id=booking.id, driver_id=booking.driver_id, vehicle_id=booking.vehicle_id
        )
    if before in LIVE:
        fleet.services.end_ride(
            tx=tx,
            driver_id=str(booking.driver_id),
            vehicle_id=str(booking.vehicle_id),
            operator_id=str(booking.operator_id),
            booking_id=booking.id,
            completed=False,
        )
