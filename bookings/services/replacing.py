"""Another card for a ride that is sold: kept, put in the place of the other, and asked at once where that is due."""

from contextlib import suppress

from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Forbidden, Unavailable
from bookings.events import FeeDue
from bookings.permissions import party
from bookings.rules.holding import after_another_card, is_wanted
from bookings.rules.lifecycle import Actor, BookingStatus
from bookings.services import change
from bookings.services.charging import charge_fee
from bookings.services.claiming import chosen_card
from bookings.services.dispatching import ride_of
from bookings.services.holding import authorize_card
from bookings.services.trying import check_no_try
from bookings.tables import Booking
from payments.cards.saving import save_card


def replace_card(
    *, user: CurrentUser, booking_id: str, source_id: str = "", card_id: str | None = None, consent: str | None = None
) -> Booking:
    """Have a ride paid by another card on file, `card_id`, or by one that is kept now, `source_id` with `consent`.

    So is a cancellation fee that was refused. What the card before it holds stays held. Raises `Conflict`
    (`wrong_state`, `no_card_on_file`, `payment_in_progress`, `card_expired`, `card_closed`, `too_many_cards`),
    `Invalid`, `PaymentDeclined` (nothing changed) and `Unavailable` (the card is kept, or not, within minutes: then
    choose it). Whether it gave what was due is told by the booking.
    """
    booking = Booking.fetch(booking_id)
    check_replaceable(user, booking)
    kept = chosen_card(booking, card_id=card_id, source_id=source_id, at=max(utc_now(), booking.pickup_at))
    if kept is None:
        kept = save_card(payer_id=booking.concierge_id, source_id=source_id, consent=consent)
    booking = _put(user, booking_id, kept.id)
    if booking.hold.ask_at is not None and booking.hold.ask_at <= utc_now():
        ask = authorize_card if is_wanted(booking.status) else charge_fee
        with suppress(Unavailable):  # the due index has it, the outbox the fee
            ask(booking_id=booking_id)
        return Booking.fetch(booking_id)
    return booking


def check_replaceable(user: CurrentUser, booking: Booking) -> None:
    """Raises `NotFound` for outsiders, `Forbidden` for who does not pay, `Conflict` where another card helps nobody."""
    if party(user, booking) is not Actor.CONCIERGE:
        raise Forbidden("Only the concierge who pays for the ride gives another card.")
    if not (is_wanted(booking.status) or owes_fee(booking)):
        raise Conflict(
            f"The booking is {booking.status}; another card changes nothing.",
            code="wrong_state",
            details={"status": booking.status},
        )
    if booking.hold is None:
        raise Conflict(
            "No card on file pays for this ride.", code="no_card_on_file", details={"status": booking.status}
        )
    check_no_try(booking)


def owes_fee(booking: Booking) -> bool:
    """It was cancelled at a fee that its card has refused: another one may give it."""
    hold = booking.hold
    over = booking.status is BookingStatus.CANCELLED and bool(booking.cancellation_fee)
    return over and hold is not None and hold.code is not None and hold.ask_at is None and not change.is_held(booking)


@retried
def _put(user: CurrentUser, booking_id: str, card_id: str) -> Booking:
    booking = Booking.fetch(booking_id)
    check_replaceable(user, booking)
    hold = booking.hold
    lapses_at = hold.lapses_at if change.is_held(booking) else None
    fee = owes_fee(booking)
    coming = after_another_card(ride_of(booking), now=utc_now(), lapses_at=lapses_at).ask_at
    hold.ask_at = utc_now() if fee else coming
    hold.refusals, hold.code, hold.asked_at = 0, None, None
    booking.card_id = card_id
    with transact() as tx:
        if fee:
            outbox.add(tx, FeeDue(booking.id))
        change.save(tx, booking, announce=True)
    return booking
