"""What becomes of a claimed quote: it is sold, or everything is as it was before."""

from datetime import datetime
from typing import NoReturn

import payments.services
from atlas.dynamo.transaction import Lost, Transaction, retried, transact
from atlas.errors import Conflict, PaymentDeclined
from atlas.shards import shard_of
from bookings.rules.holding import after_hold
from bookings.rules.lifecycle import Action, Actor
from bookings.rules.types import DeclineReason, PaymentStatus, QuoteStatus
from bookings.services import change
from bookings.services.claiming import Claim
from bookings.services.dispatching import ride_of
from bookings.services.quoting import announce, close_quote, pending_quotes
from bookings.tables import Booking, Hold, Quote
from payments.rules.retrying import HOLD
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction


@retried
def close(claim: Claim, *, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Write what became of the claim's payment, once. Raises `PaymentDeclined` when it came to nothing."""
    assert claim.transaction is not None
    booking = Booking.fetch(claim.booking.id)
    if is_sold(booking, claim):
        return booking  # meanwhile, by the deadline or by the request itself
    transaction = PaymentTransaction.fetch(claim.transaction.id)
    if not payments.services.is_undecided(transaction):
        booking = reopen(claim)
        return _declined(booking, outcome.code if isinstance(outcome, Declined) else "ABANDONED")
    quote = Quote.fetch(booking.acceptance.quote_id)
    return conclude(Claim(booking, quote, claim.card, transaction), outcome=outcome, user_id=user_id)


def conclude(claim: Claim, *, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Under the versions of `claim`. Raises `Lost`; `PaymentDeclined` when the booking is as it was before."""
    booking, quote, card, transaction = claim
    assert transaction is not None
    if isinstance(outcome, Declined):
        with transact() as tx:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
            _take_back(tx, booking, quote)
        return _declined(booking, outcome.code)
    others = other_quotes(booking, quote)
    booking.transaction_id = transaction.id
    booking.payment_status = PaymentStatus.AUTHORIZED
    if card is not None:
        booking.card_id, booking.hold = card.id, held(booking, at=transaction.created_at)
    with transact() as tx:
        payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        sell(tx, booking, quote, others=others, user_id=user_id)
    return booking


def kept(claim: Claim, *, user_id: str) -> Booking:
    """The ride is too far ahead to be held for: sold by its card, which is asked near the pick-up."""
    try:
        return _sell_by_card(claim.booking, claim, user_id=user_id)
    except Lost:
        return _kept_meanwhile(claim, user_id=user_id)


def refuse_card(claim: Claim, *, code: str | None) -> NoReturn:
    """The bank said no to the card's being kept, or it was removed since: as it was before the accept."""
    _declined(reopen(claim), code or "CARD_REMOVED")


def held(booking: Booking, *, at: datetime) -> Hold:
    """The state of a card on file whose hold was taken."""
    return Hold(ask_at=after_hold(ride_of(booking), held_at=at).ask_at, lapses_at=at + HOLD)


def other_quotes(booking: Booking, quote: Quote) -> list[Quote]:
    """Those that lose when this one is taken. An index is read: before the transaction."""
    return [other for other in pending_quotes(booking) if other.id != quote.id]


def sell(tx: Transaction, booking: Booking, quote: Quote, *, others: list[Quote], user_id: str) -> None:
    """The booking gets operator, vehicle, price and status, each quote its answer; how it is paid is set before."""
    if booking.acceptance is not None:  # on account nothing is claimed: what was sold is set by who sells
        booking.extras_consent = booking.acceptance.extras_consent
        booking.sold = booking.acceptance.sold
    booking.acceptance = None
    booking.operator_id = quote.operator_id
    booking.vehicle_id = quote.vehicle_id
    booking.final_price = quote.price
    booking.selected_quote_id = quote.id
    booking.pending_quotes = 0
    close_quote(tx, quote, QuoteStatus.ACCEPTED)
    for other in others:
        close_quote(tx, other, QuoteStatus.DECLINED, DeclineReason.OTHER_ACCEPTED)
    change.move(tx, booking, Action.ACCEPT, Actor.CONCIERGE, user_id=user_id)


def is_sold(booking: Booking, claim: Claim) -> bool:
    """Whether just this claim has sold the booking."""
    if claim.transaction is not None:
        return booking.transaction_id == claim.transaction.id
    return booking.selected_quote_id == claim.quote.id and claim.card is not None and booking.card_id == claim.card.id


def is_same(booking: Booking, claim: Claim) -> bool:
    """Whether the booking still bears this claim, and no other one."""
    borne = booking.acceptance
    if borne is None or borne.quote_id != claim.quote.id:
        return False
    if claim.transaction is not None:
        return bool(borne.transaction_id == claim.transaction.id)
    return claim.card is not None and bool(borne.card_id == claim.card.id)


@retried
def reopen(claim: Claim) -> Booking:
    """The payment came to nothing, and says so itself: its claim is taken back, and nobody else's."""
    booking = Booking.fetch(claim.booking.id)
    if is_same(booking, claim):
        with transact() as tx:
            _take_back(tx, booking, Quote.fetch(booking.acceptance.quote_id))
    return booking


@retried
def _kept_meanwhile(claim: Claim, *, user_id: str) -> Booking:
    booking = Booking.fetch(claim.booking.id)
    if is_sold(booking, claim):
        return booking
    if not is_same(booking, claim):
        raise Conflict("The accept was called off meanwhile.", code="wrong_state", details={"status": booking.status})
    return _sell_by_card(booking, claim._replace(quote=Quote.fetch(claim.quote.id)), user_id=user_id)


def _sell_by_card(booking: Booking, claim: Claim, *, user_id: str) -> Booking:
    assert claim.card is not None
    others = other_quotes(booking, claim.quote)
    booking.card_id = claim.card.id
    booking.hold = Hold(ask_at=booking.acceptance.hold_at)
    with transact() as tx:
        sell(tx, booking, claim.quote, others=others, user_id=user_id)
    return booking


def _take_back(tx: Transaction, booking: Booking, quote: Quote) -> None:
    """As it was before the accept: the quote may be taken, or expire, again."""
    quote.due_shard = shard_of(quote.id)
    booking.acceptance = None
    tx.save(quote)
    change.save(tx, booking)
    announce(tx, booking, quote)


def _declined(booking: Booking, reason: str) -> NoReturn:
    raise PaymentDeclined(details={"reason": reason, "status": booking.status})
