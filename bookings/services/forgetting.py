"""Taking people out of a ride that is over; what it was, when, and what it cost stays, for the books."""

from accounts import staff
from accounts.holds.asking import Held, held
from accounts.privacy.closing import check_reason
from accounts.privacy.marks import FORGOTTEN
from accounts.users import CurrentUser
from atlas import trail
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict
from bookings.permissions import party
from bookings.rules.lifecycle import CLOSED, EXPIRABLE, Action, Actor, BookingStatus
from bookings.rules.types import DeclineReason, PaymentStatus, QuoteStatus
from bookings.services import change
from bookings.services.quoting import close_pending
from bookings.tables import Booking, BookingHistory, Quote, VIPPreferences

NOWHERE = "Address deleted"
"""Where an address stood; lists and receipts show it."""


def is_needed(booking: Booking) -> bool:
    """Whether the ride, or its money, is not over: whom it carries and where to must still be known."""
    if booking.acceptance is not None:
        return True
    if booking.status in EXPIRABLE:
        return False  # nobody has promised anything yet: it is called off
    return booking.status not in CLOSED or is_unpaid(booking)


def is_unpaid(booking: Booking) -> bool:
    """The ride took place, and its money is held but not taken yet."""
    return booking.status is BookingStatus.COMPLETED and booking.payment_status is PaymentStatus.AUTHORIZED


def forget_ride(booking: Booking) -> None:
    """Who rode, from where to where, with what wishes. In memory; doing it again changes nothing."""
    details = booking.details
    details.passenger_name = details.flight_number = ""
    details.pickup_location = NOWHERE
    details.dropoff_location = NOWHERE if details.dropoff_location else ""
    details.pickup = details.dropoff = None
    details.preferences = VIPPreferences()
    for day in details.itinerary:
        day.pickup_location = NOWHERE
        day.dropoff_location = NOWHERE if day.dropoff_location else None
        day.notes = None
    booking.cancellation_reason = forget_text(booking.cancellation_reason)
    if booking.final is not None:
        booking.final.reason = str(forget_text(booking.final.reason))
        booking.final.answer = forget_text(booking.final.answer)


def forget_text(text: str | None) -> str | None:
    return FORGOTTEN if text else text


def save_forgotten(tx: Transaction, booking: Booking, *, user_id: str | None) -> None:
    """Write a ride that was emptied; a request that is still open is called off with it, without a word to anybody."""
    if booking.status in EXPIRABLE:
        booking.cancelled_at = utc_now()
        booking.cancellation_fee = 0
        close_pending(tx, booking, QuoteStatus.DECLINED, DeclineReason.BOOKING_CLOSED)
        change.move(tx, booking, Action.CANCEL, Actor.CONCIERGE, user_id=user_id, silent=True)
    else:
        change.save(tx, booking)


def forget_passenger(*, user: CurrentUser, booking_id: str, reason: str) -> Booking:
    """At the wish of a passenger, who has no account: staff forget them in one booking, and in what was said of it.

    Raises `Conflict` `wrong_state` while the ride is not over, `Invalid` without a reason. Again changes nothing.
    """
    staff.require(user, "forget_passenger", "bookings.booking")
    if hold := held(booking_id):
        raise Held(details={"hold": hold.id})
    with trail.because(check_reason(reason)), trail.discreetly():
        booking = _forget_booking(user, booking_id)
        for row in BookingHistory.query(booking.id, consistent_read=True):
            if forget_text(row.note) != row.note:
                _forget_note(booking.id, int(row.sequence))
        for quote in Quote.booking_index.query(booking.id):
            if quote.notes:
                _forget_quote(quote.id)
    return booking


@retried
def _forget_booking(user: CurrentUser, booking_id: str) -> Booking:
    booking = Booking.fetch(booking_id)
    party(user, booking)
    if booking.status not in CLOSED or is_needed(booking):
        raise Conflict(
            "The ride is not over: its driver must know whom to meet. Cancel it, or come back afterwards.",
            code="wrong_state",
            details={"status": booking.status},
        )
    before = booking.serialize()
    forget_ride(booking)
    if booking.serialize() != before:
        with transact() as tx:
            change.save(tx, booking, announce=True)
    return booking


@retried
def _forget_note(booking_id: str, sequence: int) -> None:
    row = BookingHistory.fetch(booking_id, sequence)
    row.note = forget_text(row.note)
    with transact() as tx:
        tx.save(row)


@retried
def _forget_quote(quote_id: str) -> None:
    quote = Quote.fetch(quote_id)
    quote.notes = ""
    with transact() as tx:
        tx.save(quote)
