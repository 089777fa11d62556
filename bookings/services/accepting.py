"""A concierge takes one quote, and their card pays for it. Money first asked, never twice; one accept wins.

1. *Claim*: one transaction marks the booking as being accepted (nobody else can now) and stores what is to be asked,
   a payment or a card to be kept, with its idempotency key.
2. *Ask* the payment provider, with that key. A card that is kept is then asked for the hold too, where that is due.
3. *Close*: one transaction gives the booking its operator, vehicle, price and status, the quote ACCEPTED, the others
   DECLINED, the payment AUTHORIZED. Declined: the claim is taken back and everything is as it was.

The steps are in `claiming`, `payments` and `concluding`. Killed in between, the claim is found by its deadline
(`settle_acceptance`), which asks again with the same key. A ride further ahead than a hold lasts is sold by a card that
is kept, without a payment; `holding` takes its hold near the pick-up.
"""

from contextlib import suppress
from datetime import timedelta

import payments.services
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, retried, transact
from atlas.errors import PaymentDeclined, Unavailable
from bookings.services import change
from bookings.services.claiming import Claim, Means, claim, open_hold
from bookings.services.concluding import close, conclude, is_same, is_sold, kept, refuse_card, reopen
from bookings.services.on_account import accept_on_account
from bookings.tables import Booking, Quote
from payments.billing.rules import ON_ACCOUNT
from payments.cards.saving import settle_card
from payments.cards.tables import SavedCard
from payments.rules.cards import CardStatus
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction

GIVEN_UP_AFTER = timedelta(minutes=10)
"""A payment whose outcome cannot be learned for this long is called off; the booking is open again."""


def accept_quote(
    *,
    user: CurrentUser,
    quote_id: str,
    method: PaymentMethod,
    source_id: str = "",
    card_id: str | None = None,
    consent: str | None = None,
    extras_limit: int = 0,
) -> Booking:
    """Take the quote; authorise its price on the card, or, for a ride too far ahead, keep the card for that.

    The card is behind a token, `source_id`, or one that is kept, `card_id`. With `consent` (the version of the text
    that was shown) one behind a token is kept too; it must be where no hold taken now would outlast the ride.
    Extras up to `extras_limit` cents are agreed to with it.

    Raises `PaymentDeclined` (nothing changed), `Conflict` (`quote_expired`, `already_accepted`, `wrong_state`,
    `card_expired`, `card_closed`), `Invalid`, and `Unavailable` when the provider's answer is not known yet: the
    booking is settled within a minute either way.
    """
    if method in ON_ACCOUNT:
        return accept_on_account(user=user, quote_id=quote_id, method=method, extras_limit=extras_limit)
    means = Means(method, source_id, card_id, consent)
    claimed = claim(user=user, quote_id=quote_id, means=means, extras_limit=extras_limit)
    return _pursue(claimed, user_id=user.id)


def settle_acceptance(*, booking_id: str) -> bool:
    """Finish an accept that was cut off: ask the provider again with the same key, or call it off.

    False when there was nothing to finish. Raises `Unavailable` while the outcome still cannot be learned.
    """
    booking = Booking.fetch(booking_id)
    if booking.acceptance is None:
        return False
    claimed = _as_stored(booking)
    transaction = claimed.transaction
    if transaction is not None and not payments.services.is_undecided(transaction):
        reopen(claimed)
        return True
    try:
        with suppress(PaymentDeclined):  # then the claim is taken back, which settles it too
            _pursue(claimed, user_id=booking.concierge_id, again=True)
    except Unavailable:
        if utc_now() < booking.acceptance.started_at + GIVEN_UP_AFTER:
            raise
        if transaction is not None:
            with suppress(Unavailable):  # it is stored: `payments` releases what is held once the provider answers
                payments.services.abandon(transaction=transaction)
        reopen(claimed)
    return True


def _pursue(claimed: Claim, *, user_id: str, again: bool = False) -> Booking:
    """From a claim to its end. `again`: somebody may have asked before, and what they heard may be out of date."""
    if claimed.transaction is None:
        card = _settled(claimed.card)
        if card.status is not CardStatus.ACTIVE:
            return refuse_card(claimed, code=card.code)
        claimed = claimed._replace(card=card)
        if claimed.booking.acceptance.hold_at is not None:
            return kept(claimed, user_id=user_id)
        opened = _open_hold(claimed)
        if opened is None:
            return Booking.fetch(claimed.booking.id)
        claimed = opened
    assert claimed.transaction is not None
    ask = payments.services.settle_unknown if again else payments.services.authorize
    outcome = ask(transaction=claimed.transaction)
    try:
        return conclude(claimed, outcome=outcome, user_id=user_id)  # as it was claimed, without reading it again
    except Lost:  # somebody else was there meanwhile: by what it is now
        return close(claimed, outcome=outcome, user_id=user_id)


def _settled(card: SavedCard | None) -> SavedCard:
    """The card as Square has answered about it. One that was kept before, or meanwhile, asks nobody."""
    assert card is not None
    return settle_card(card_id=card.id) if card.status is CardStatus.PENDING else card


@retried
def _open_hold(claimed: Claim) -> Claim | None:
    """The second step of a claim whose card is kept by now: the payment, with its key. None when it is over."""
    booking = Booking.fetch(claimed.booking.id)
    if is_sold(booking, claimed) or not is_same(booking, claimed):
        return None
    if booking.acceptance.transaction_id is not None:
        return _as_stored(booking)
    quote = Quote.fetch(booking.acceptance.quote_id)
    with transact() as tx:
        transaction = open_hold(tx, booking, quote, card=claimed.card)
        change.save(tx, booking)
    return Claim(booking, quote, claimed.card, transaction)


def _as_stored(booking: Booking) -> Claim:
    """The claim that a booking bears."""
    acceptance = booking.acceptance
    return Claim(
        booking,
        Quote.fetch(acceptance.quote_id),
        SavedCard.fetch(acceptance.card_id) if acceptance.card_id else None,
        PaymentTransaction.fetch(acceptance.transaction_id) if acceptance.transaction_id else None,
    )
