"""A concierge takes one quote, and the card is authorised. Money first asked, never twice; one accept wins.

1. *Claim*: one transaction marks the booking as being accepted (nobody else can now) and stores the payment with its
   idempotency key.
2. *Ask* the payment provider, with that key.
3. *Close*: one transaction gives the booking its operator, vehicle, price and status, the quote ACCEPTED, the others
   DECLINED, the payment AUTHORIZED. Declined: the claim is taken back and everything is as it was.

Killed in between, the claim is found by its deadline (`settle_acceptance`), which asks again with the same key.
"""

from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple, NoReturn

import payments.services
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Lost, Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound, PaymentDeclined, Unavailable
from atlas.shards import shard_of
from bookings.permissions import part_of, party
from bookings.rules.lifecycle import Action, Actor, transition
from bookings.rules.quotes import is_acceptable
from bookings.rules.types import DeclineReason, PaymentStatus, QuoteStatus
from bookings.selling import sale, split
from bookings.services import change
from bookings.services.quoting import announce, check_not_accepting, close_quote, pending_quotes
from bookings.tables import Acceptance, Booking, Quote
from fleet.tables import Operator
from payments.rules.types import PaymentMethod
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction


class Claim(NamedTuple):
    """A booking being accepted: with the quote, and the payment that decides."""

    booking: Booking
    quote: Quote
    transaction: PaymentTransaction


GIVEN_UP_AFTER = timedelta(minutes=10)
"""A payment whose outcome cannot be learned for this long is called off; the booking is open again."""


def accept_quote(*, user: CurrentUser, quote_id: str, method: PaymentMethod, source_id: str) -> Booking:
    """Take the quote and authorise its price on the card.

    Raises `PaymentDeclined` (nothing changed), `Conflict` (`quote_expired`, `already_accepted`, `wrong_state`), and
    `Unavailable` when the provider's answer is not known yet: the booking is settled within a minute either way.
    """
    claim = _claim(user=user, quote_id=quote_id, method=method, source_id=source_id)
    outcome = payments.services.authorize(transaction=claim.transaction)
    try:
        return _settle(claim, outcome=outcome, user_id=user.id)  # as it was claimed, without reading it again
    except Lost:  # somebody else was there meanwhile: by what it is now
        return _close(
            booking_id=claim.booking.id, transaction_id=claim.transaction.id, outcome=outcome, user_id=user.id
        )


def settle_acceptance(*, booking_id: str) -> bool:
    """Finish an accept that was cut off: ask the provider again with the same key, or call it off.

    False when there was nothing to finish. Raises `Unavailable` while the outcome still cannot be learned.
    """
    booking = Booking.fetch(booking_id)
    if booking.acceptance is None:
        return False
    claim = {"booking_id": booking_id, "transaction_id": booking.acceptance.transaction_id}
    transaction = PaymentTransaction.fetch(booking.acceptance.transaction_id)
    if not payments.services.is_undecided(transaction):
        _reopen(**claim)
        return True
    try:
        outcome = payments.services.settle_unknown(transaction=transaction)
    except Unavailable:
        if utc_now() < booking.acceptance.started_at + GIVEN_UP_AFTER:
            raise
        with suppress(Unavailable):  # it is stored: `payments` releases what is held once the provider answers
            payments.services.abandon(transaction=transaction)
        _reopen(**claim)
        return True
    with suppress(PaymentDeclined):  # then the claim is taken back, which settles it too
        _close(**claim, outcome=outcome, user_id=booking.concierge_id)
    return True


@retried
def _claim(*, user: CurrentUser, quote_id: str, method: PaymentMethod, source_id: str) -> Claim:
    quote = Quote.fetch(quote_id)
    booking, operator = get_many((Booking, quote.booking_id), (Operator, quote.operator_id), consistent=True)
    if booking is None or operator is None:
        raise NotFound
    _check_acceptable(user, booking, quote)
    if method is not PaymentMethod.CARD:
        raise Invalid("Pay by CARD; other methods are not offered yet.", fields={"method": ["Give CARD."]})
    now = utc_now()
    sold = sale(booking, operator, quote.price)
    with transact() as tx:
        transaction = payments.services.open_authorization(
            tx=tx,
            reference=booking.id,
            payer_id=booking.concierge_id,
            payee_id=quote.operator_id,
            amount=quote.price,
            currency=quote.currency,
            method=method,
            source_id=source_id,
            split=split(booking, sold),
        )
        booking.acceptance = Acceptance(
            quote_id=quote.id,
            transaction_id=transaction.id,
            started_at=now,
            sold=sold,
        )
        quote.due_shard = None  # it may not expire while it is being paid
        change.save(tx, booking)
        tx.save(quote)
    return Claim(booking, quote, transaction)


@retried
def _close(*, booking_id: str, transaction_id: str, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Write what became of the payment, once. Raises `PaymentDeclined` when it came to nothing."""
    booking = Booking.fetch(booking_id)
    if booking.transaction_id == transaction_id:
        return booking  # sold meanwhile, by the deadline or by the request itself
    transaction = PaymentTransaction.fetch(transaction_id)
    if not payments.services.is_undecided(transaction):
        booking = _reopen(booking_id=booking_id, transaction_id=transaction_id)
        return _declined(booking, outcome.code if isinstance(outcome, Declined) else "ABANDONED")
    quote = Quote.fetch(booking.acceptance.quote_id)
    return _settle(Claim(booking, quote, transaction), outcome=outcome, user_id=user_id)


def _settle(claim: Claim, *, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Under the versions of `claim`. Raises `Lost`; `PaymentDeclined` when the booking is as it was before."""
    booking, quote, transaction = claim
    if isinstance(outcome, Declined):
        with transact() as tx:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
            _take_back(tx, booking, quote)
        return _declined(booking, outcome.code)
    others = [other for other in pending_quotes(booking) if other.id != quote.id]
    booking.sold = booking.acceptance.sold
    booking.acceptance = None
    booking.operator_id = quote.operator_id
    booking.vehicle_id = quote.vehicle_id
    booking.final_price = quote.price
    booking.selected_quote_id = quote.id
    booking.transaction_id = transaction.id
    booking.payment_status = PaymentStatus.AUTHORIZED
    booking.pending_quotes = 0
    with transact() as tx:
        payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        close_quote(tx, quote, QuoteStatus.ACCEPTED)
        for other in others:
            close_quote(tx, other, QuoteStatus.DECLINED, DeclineReason.OTHER_ACCEPTED)
        change.move(tx, booking, Action.ACCEPT, Actor.CONCIERGE, user_id=user_id)
    return booking


@retried
def _reopen(*, booking_id: str, transaction_id: str) -> Booking:
    """The payment came to nothing, and says so itself: its claim is taken back, and nobody else's."""
    booking = Booking.fetch(booking_id)
    if booking.acceptance is not None and booking.acceptance.transaction_id == transaction_id:
        with transact() as tx:
            _take_back(tx, booking, Quote.fetch(booking.acceptance.quote_id))
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


def _check_acceptable(user: CurrentUser, booking: Booking, quote: Quote) -> None:
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
