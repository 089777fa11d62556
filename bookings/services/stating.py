"""The final price: announced by the operator, stated after the ride, and what is beyond the agreed one approved or not.

A lower price takes less of the hold, or gives the difference back. A higher one is a second payment: up to what the
client agreed to before, on their card on file; beyond that, or without such a card, the concierge is asked.
"""

from contextlib import suppress

from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import AtlasError, Conflict, Invalid, PaymentDeclined, Unavailable
from bookings.events import RideCompleted
from bookings.permissions import party_for
from bookings.rules.extras import Charging, charging
from bookings.rules.final_price import ANSWER_WITHIN, LARGEST_PRICE, PriceState, may_state, may_tip
from bookings.rules.lifecycle import SERVED, Action, Actor, transition
from bookings.selling import extras_split, proposed, tip_split
from bookings.services import change
from bookings.services.extra_charges import ask, begin, card_to_pay, check_no_charge
from bookings.tables import Booking, FinalPrice
from fleet.tables import Operator
from payments.cards.tables import SavedCard
from payments.cards.using import usable_card
from payments.rules.types import PaymentPurpose
from payments.tables import PaymentTransaction

UNANSWERED = "Nobody approved them in time."


@retried
def announce_price(*, user: CurrentUser, booking_id: str) -> Booking:
    """Another price will be stated after the ride: the money waits for it, a day at most. Again changes nothing."""
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.ANNOUNCE_PRICE)
    transition(booking.status, Action.ANNOUNCE_PRICE, part)
    if booking.price_announced_at is not None:
        return booking
    booking.price_announced_at = utc_now()
    with transact() as tx:
        change.move(tx, booking, Action.ANNOUNCE_PRICE, part, user_id=user.id)
    return booking


def state_price(*, user: CurrentUser, booking_id: str, price: int, reason: str) -> Booking:
    """Say what the ride cost, `price` cents with everything included.

    Raises `Conflict` (`wrong_state`, `price_stated`, `too_late`, `payment_in_progress`).
    """
    booking, transaction = _state(user=user, booking_id=booking_id, price=price, reason=reason)
    if transaction is None:
        return booking
    with suppress(PaymentDeclined, Unavailable):  # declined: the concierge is asked; unknown: settled by its deadline
        ask(transaction)
    return Booking.fetch(booking_id)


@retried
def _state(*, user: CurrentUser, booking_id: str, price: int, reason: str) -> tuple[Booking, PaymentTransaction | None]:
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.STATE_PRICE)
    transition(booking.status, Action.STATE_PRICE, part)
    check_no_charge(booking)
    _check_may_state(booking)
    agreed = booking.final_price
    if not 0 < price <= LARGEST_PRICE:
        raise Invalid(fields={"price": [f"Give between 1 and {LARGEST_PRICE} cents."]})
    final = FinalPrice(
        total=price,
        agreed=agreed,
        reason=reason,
        state=PriceState.SETTLED,
        stated_by=user.id,
        stated_at=utc_now(),
    )
    booking.final, booking.capture_at = final, None
    card = None
    if final.beyond:
        operator = Operator.fetch(booking.operator_id)
        final.extras = proposed(booking, operator, total=final.beyond)
        card = _card_agreed_to(booking, final.beyond)
        final.state = PriceState.CHARGING if card is not None else PriceState.ASKED
    transaction = None
    with transact() as tx:
        outbox.add(tx, RideCompleted(booking.id, str(booking.transaction_id)))
        if card is not None:
            transaction = _begin_extras(tx, booking, card=card, by=booking.concierge_id, agreed_before=True)
        change.move(tx, booking, Action.STATE_PRICE, part, user_id=user.id, note=reason)
    return booking, transaction


def approve_extras(*, user: CurrentUser, booking_id: str, card_id: str | None = None, source_id: str = "") -> Booking:
    """The concierge pays what is beyond the agreed price. Raises `PaymentDeclined`: it is still asked for."""
    return ask(_approve(user=user, booking_id=booking_id, card_id=card_id, source_id=source_id))


@retried
def _approve(*, user: CurrentUser, booking_id: str, card_id: str | None, source_id: str) -> PaymentTransaction:
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.APPROVE_EXTRAS)
    transition(booking.status, Action.APPROVE_EXTRAS, part)
    check_no_charge(booking)
    _check_asked(booking)
    card = card_to_pay(booking, card_id=card_id, source_id=source_id)
    with transact() as tx:
        transaction = _begin_extras(tx, booking, card=card, source_id=source_id, by=user.id)
        change.save(tx, booking, announce=True)
    return transaction


@retried
def refuse_extras(*, user: CurrentUser, booking_id: str, reason: str) -> Booking:
    """The concierge does not pay them; the operator may state another price, within its time."""
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.REFUSE_EXTRAS)
    transition(booking.status, Action.REFUSE_EXTRAS, part)
    check_no_charge(booking)
    _check_asked(booking)
    _refuse(booking, part, reason=reason, user_id=user.id)
    return booking


@retried
def close_extras(*, booking_id: str) -> bool:
    """Nobody has answered in time: they count as refused. False when there is nothing to do."""
    booking = Booking.fetch(booking_id)
    asked = booking.final is not None and booking.final.state is PriceState.ASKED and booking.status in SERVED
    if not asked or booking.charging is not None or utc_now() < booking.final.stated_at + ANSWER_WITHIN:
        return False
    _refuse(booking, Actor.SYSTEM, reason=UNANSWERED, user_id=None)
    return True


@retried
def take_announced(*, booking_id: str) -> bool:
    """Another price was announced and not stated in time: the agreed one is taken. False for none."""
    booking = Booking.fetch(booking_id)
    if booking.capture_at is None or utc_now() < booking.capture_at or booking.status not in SERVED:
        return False
    booking.capture_at = None
    with transact() as tx:
        outbox.add(tx, RideCompleted(booking.id, str(booking.transaction_id)))
        change.save(tx, booking)
    return True


def tip(*, user: CurrentUser, booking_id: str, amount: int, card_id: str | None = None, source_id: str = "") -> Booking:
    """Give the driver something. Raises `PaymentDeclined`, `Conflict` (`already_tipped`, `too_late`), `Invalid`."""
    return ask(_tip(user=user, booking_id=booking_id, amount=amount, card_id=card_id, source_id=source_id))


@retried
def _tip(*, user: CurrentUser, booking_id: str, amount: int, card_id: str | None, source_id: str) -> PaymentTransaction:
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.TIP)
    transition(booking.status, Action.TIP, part)
    check_no_charge(booking)
    tipped = booking.tip is not None
    if not may_tip(completed_at=booking.completed_at, tipped=tipped, now=utc_now()):
        raise Conflict(
            "A tip was given already." if tipped else "The time for a tip is over.",
            code="already_tipped" if tipped else "too_late",
        )
    if not 0 < amount <= booking.largest_tip:
        raise Invalid(fields={"amount": [f"Give between 1 and {booking.largest_tip} cents."]})
    card = card_to_pay(booking, card_id=card_id, source_id=source_id)
    with transact() as tx:
        transaction = begin(
            tx,
            booking,
            purpose=PaymentPurpose.TIP,
            amount=amount,
            split=tip_split(amount),
            card=card,
            source_id=source_id,
            by=user.id,
        )
        change.save(tx, booking, announce=True)
    return transaction


def _begin_extras(
    tx: Transaction,
    booking: Booking,
    *,
    card: SavedCard | None,
    by: str,
    source_id: str = "",
    agreed_before: bool = False,
) -> PaymentTransaction:
    return begin(
        tx,
        booking,
        purpose=PaymentPurpose.EXTRA,
        amount=booking.final.beyond,
        split=extras_split(booking),
        card=card,
        source_id=source_id,
        by=by,
        agreed_before=agreed_before,
    )


def _card_agreed_to(booking: Booking, beyond: int) -> SavedCard | None:
    """The card on file of the ride, where what is beyond lies within the consent; None: the concierge is asked."""
    limit = booking.extras_consent.limit if booking.extras_consent is not None else 0
    if charging(total=beyond, limit=limit) is not Charging.CHARGE:
        return None
    card_id = PaymentTransaction.fetch(booking.transaction_id).card_id
    if card_id is None:
        return None
    try:
        return usable_card(payer_id=booking.concierge_id, card_id=card_id, at=utc_now())
    except AtlasError:
        return None


def _refuse(booking: Booking, part: Actor, *, reason: str, user_id: str | None) -> None:
    booking.final.state, booking.final.answer = PriceState.REFUSED, reason
    booking.final.answered_at = utc_now()
    with transact() as tx:
        change.move(tx, booking, Action.REFUSE_EXTRAS, part, user_id=user_id, note=reason)


def _check_asked(booking: Booking) -> None:
    if booking.final is None or booking.final.state is not PriceState.ASKED:
        raise Conflict("No extras are to be approved.", code="nothing_asked", details={"status": booking.status})


def _check_may_state(booking: Booking) -> None:
    state = booking.final.state if booking.final is not None else None
    if may_state(completed_at=booking.completed_at, state=state, now=utc_now()):
        return
    if may_state(completed_at=booking.completed_at, state=None, now=utc_now()):
        raise Conflict("A final price was stated already.", code="price_stated", details={"status": booking.status})
    raise Conflict("The time to state another price is over.", code="too_late", details={"status": booking.status})
