"""An accept is claimed: one transaction marks the booking and stores what is to be asked, with its key.

What is asked is a payment (the hold is taken at once), or a card that is to be kept (for a hold later, or for a ride
which outlasts one), or nothing (a card that is kept already, for a hold later).
"""

from datetime import datetime
from typing import NamedTuple

import payments.services
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from bookings import consent
from bookings.permissions import part_of, party
from bookings.rules.holding import hold_at, needs_card
from bookings.rules.lifecycle import Action, Actor, transition
from bookings.rules.quotes import is_acceptable
from bookings.rules.types import QuoteStatus
from bookings.selling import sale, split
from bookings.services import change
from bookings.services.dispatching import ride_of
from bookings.services.quoting import check_not_accepting
from bookings.tables import Acceptance, Booking, Quote
from fleet.tables import Operator
from payments.cards.saving import add_card
from payments.cards.tables import SavedCard
from payments.cards.using import usable_card
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction


class Means(NamedTuple):
    """By what the concierge pays: a token (kept with `consent`), or a card that is kept already."""

    method: PaymentMethod
    source_id: str = ""
    card_id: str | None = None
    consent: str | None = None


class Claim(NamedTuple):
    """A booking being accepted: with the quote, the card on file if one pays, and the payment if one is under way."""

    booking: Booking
    quote: Quote
    card: SavedCard | None = None
    transaction: PaymentTransaction | None = None


@retried
def claim(*, user: CurrentUser, quote_id: str, means: Means, extras_limit: int) -> Claim:
    quote = Quote.fetch(quote_id)
    booking, operator = get_many((Booking, quote.booking_id), (Operator, quote.operator_id), consistent=True)
    if booking is None or operator is None:
        raise NotFound
    check_acceptable(user, booking, quote)
    if means.method is not PaymentMethod.CARD:
        raise Invalid("Pay by CARD; other methods are not offered yet.", fields={"method": ["Give CARD."]})
    now = utc_now()
    ride = ride_of(booking)
    later = hold_at(ride, now=now)
    booking.acceptance = Acceptance(
        quote_id=quote.id,
        started_at=now,
        sold=sale(booking, operator, quote.price),
        extras_consent=consent.agreed(user=user, limit=extras_limit, price=quote.price),
        hold_at=later,
    )
    at = booking.pickup_at if later else now
    card = chosen_card(booking, card_id=means.card_id, source_id=means.source_id, at=at)
    with transact() as tx:
        if card is None and (means.consent or needs_card(ride, now=now)):
            card = add_card(tx, payer_id=booking.concierge_id, source_id=means.source_id, consent=means.consent)
            transaction = None
        else:
            transaction = None if later else open_hold(tx, booking, quote, card=card, source_id=means.source_id)
        booking.acceptance.card_id = card and card.id
        quote.due_shard = None  # it may not expire while it is being paid
        change.save(tx, booking)
        tx.save(quote)
    return Claim(booking, quote, card, transaction)


def open_hold(
    tx: Transaction, booking: Booking, quote: Quote, *, card: SavedCard | None, source_id: str | None = None
) -> PaymentTransaction:
    """Add the payment that decides to `tx`, and to the claim, which the caller saves."""
    transaction = payments.services.open_authorization(
        tx=tx,
        reference=booking.id,
        payer_id=booking.concierge_id,
        payee_id=quote.operator_id,
        amount=quote.price,
        currency=quote.currency,
        method=PaymentMethod.CARD,
        source_id=source_id,
        card=card,
        split=split(booking, booking.acceptance.sold),
    )
    booking.acceptance.transaction_id = transaction.id
    return transaction


def chosen_card(booking: Booking, *, card_id: str | None, source_id: str, at: datetime) -> SavedCard | None:
    """The card on file that was chosen, good at this time; None when a token was given instead.

    Raises `Invalid` for none of theirs, or both; `Conflict` (`card_expired`, `card_closed`) for one that is no good.
    """
    if card_id is None:
        return None
    if source_id:
        raise Invalid(
            "Give a card on file or the token of another, not both.", fields={"cardId": ["Not with sourceId."]}
        )
    try:
        return usable_card(payer_id=booking.concierge_id, card_id=card_id, at=at)
    except NotFound as unknown:
        raise Invalid(fields={"cardId": ["This is not one of your cards."]}) from unknown


def check_acceptable(user: CurrentUser, booking: Booking, quote: Quote) -> None:
    part = part_of(user, booking)
    if part is None and quote.operator_id == user.profile_id:
        raise Forbidden("Only the concierge who asked for the ride accepts a quote.")
    part = party(user, booking)
    if booking.selected_quote_id is not None and part is Actor.CONCIERGE:
        raise Conflict(
            "A quote of this booking was accepted already.",
            code="already_accepted",
            details={"status": booking.status, "selectedQuoteId": booking.selected_quote_id},
        )
    transition(booking.status, Action.ACCEPT, part)
    check_not_accepting(booking)
    if quote.status is QuoteStatus.DECLINED:
        raise Conflict("This quote was withdrawn.", code="quote_withdrawn", details={"status": quote.status})
    if not is_acceptable(quote.status, quote.expires_at, now=utc_now()):
        raise Conflict(
            "This quote has expired. Take another one, or wait for new ones.",
            code="quote_expired",
            details={"status": booking.status, "quoteStatus": quote.status},
        )
