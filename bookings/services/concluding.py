"""What becomes of a claimed quote: it is sold, or everything is as it was before."""

from typing import NoReturn

import payments.services
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import PaymentDeclined
from atlas.shards import shard_of
from bookings.rules.lifecycle import Action, Actor
from bookings.rules.types import DeclineReason, PaymentStatus, QuoteStatus
from bookings.services import change
from bookings.services.claiming import Claim
from bookings.services.quoting import announce, close_quote, pending_quotes
from bookings.tables import Booking, Quote
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction


@retried
def close(*, booking_id: str, transaction_id: str, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Write what became of the payment, once. Raises `PaymentDeclined` when it came to nothing."""
    booking = Booking.fetch(booking_id)
    if booking.transaction_id == transaction_id:
        return booking  # sold meanwhile, by the deadline or by the request itself
    transaction = PaymentTransaction.fetch(transaction_id)
    if not payments.services.is_undecided(transaction):
        booking = reopen(booking_id=booking_id, transaction_id=transaction_id)
        return _declined(booking, outcome.code if isinstance(outcome, Declined) else "ABANDONED")
    quote = Quote.fetch(booking.acceptance.quote_id)
    return conclude(Claim(booking, quote, transaction), outcome=outcome, user_id=user_id)


def conclude(claim: Claim, *, outcome: Authorized | Declined, user_id: str) -> Booking:
    """Under the versions of `claim`. Raises `Lost`; `PaymentDeclined` when the booking is as it was before."""
    booking, quote, transaction = claim
    if isinstance(outcome, Declined):
        with transact() as tx:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
            _take_back(tx, booking, quote)
        return _declined(booking, outcome.code)
    others = other_quotes(booking, quote)
    booking.sold = booking.acceptance.sold
    booking.transaction_id = transaction.id
    booking.payment_status = PaymentStatus.AUTHORIZED
    with transact() as tx:
        payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        sell(tx, booking, quote, others=others, user_id=user_id)
    return booking


def other_quotes(booking: Booking, quote: Quote) -> list[Quote]:
    """Those that lose when this one is taken. An index is read: before the transaction."""
    return [other for other in pending_quotes(booking) if other.id != quote.id]


def sell(tx: Transaction, booking: Booking, quote: Quote, *, others: list[Quote], user_id: str) -> None:
    """The booking gets operator, vehicle, price and status, each quote its answer; how it is paid is set before."""
    booking.extras_consent = booking.acceptance.extras_consent
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


@retried
def reopen(*, booking_id: str, transaction_id: str) -> Booking:
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
