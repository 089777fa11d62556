"""Operators bid on an open request; a bid stands until it is accepted, withdrawn, outbid or out of time."""

import time
from uuid import uuid4

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.events import publish
from atlas.shards import shard_of
from bookings.events import QuotesChanged
from bookings.permissions import party
from bookings.rules.lifecycle import OPEN, Action, Actor
from bookings.rules.quotes import purge_at, quote_expires_at
from bookings.rules.types import DeclineReason, QuoteStatus
from bookings.services import change
from bookings.tables import Booking, Quote
from fleet.rules.fitness import vehicle_faults
from fleet.selectors import NONE_OF_YOURS, check_active, is_of_operator, own_operator_id
from fleet.tables import Operator, Vehicle

MOST_PENDING_QUOTES = 80
"""An accept answers all of them in one transaction of at most 100 items."""
INDEX_LAGS = (0.1, 0.2, 0.4)
"""Seconds between looks at an index that has not heard of every quote yet."""


@retried
def submit_quote(*, user: CurrentUser, booking_id: str, vehicle_id: str, price: int, eta: int, notes: str) -> Quote:
    """Offer a vehicle for `price` cents, everything included, `eta` minutes to the pick-up."""
    operator, booking, vehicle = get_many(
        (Operator, own_operator_id(user)), (Booking, booking_id), (Vehicle, vehicle_id), consistent=True
    )
    check_active(operator)
    if booking is None:
        raise NotFound
    _check_open(booking)
    if not is_of_operator(vehicle, operator.id):
        raise Invalid(fields={"vehicleId": [NONE_OF_YOURS["vehicle"]]})
    faults = vehicle_faults(
        status=vehicle.status,
        category=vehicle.category,
        max_passengers=vehicle.max_passengers,
        max_luggage=vehicle.max_luggage,
        wanted_category=booking.details.vehicle_category,
        passengers=booking.details.passenger_count,
        luggage=booking.details.luggage_count,
    )
    if faults:
        raise Invalid("This vehicle cannot serve the ride.", fields={"vehicleId": [fault.message for fault in faults]})
    now = utc_now()
    expires_at = quote_expires_at(created_at=now, deadline=booking.deadline)
    quote = Quote(
        id=str(uuid4()),
        booking_id=booking.id,
        operator_id=operator.id,
        vehicle_id=vehicle.id,
        operator_name=operator.company_name,
        operator_rating=operator.rating,
        vehicle_name=vehicle.name,
        vehicle_category=vehicle.category,
        price=price,
        currency=booking.currency,
        eta=eta,
        notes=notes,
        expires_at=expires_at,
        delete_at=purge_at(expires_at),
        created_at=now,
    )
    quote.due_shard = shard_of(quote.id)
    booking.pending_quotes += 1
    with transact() as tx:
        change.move(tx, booking, Action.QUOTE, Actor.OPERATOR, user_id=user.id)
        tx.create(quote)
        announce(tx, booking, quote)
    return quote


@retried
def withdraw_quote(*, user: CurrentUser, quote_id: str) -> Quote:
    """Take a pending offer back."""
    quote = Quote.fetch(quote_id)
    booking = Booking.fetch(quote.booking_id)
    if quote.operator_id != user.profile_id:
        party(user, booking)
        raise Forbidden("Only the operator who made a quote takes it back.")
    if quote.status is not QuoteStatus.PENDING:
        raise Conflict(f"This quote is {quote.status}.", code="wrong_state", details={"status": quote.status})
    check_not_accepting(booking)
    with transact() as tx:
        close_quote(tx, quote, QuoteStatus.DECLINED, DeclineReason.WITHDRAWN)
        _uncount(tx, booking, quote)
    return quote


@retried
def expire_quote(*, quote_id: str) -> bool:
    """Write down that a quote's time is over. False when there is nothing to do (any more)."""
    quote = Quote.fetch(quote_id)
    if quote.status is not QuoteStatus.PENDING or quote.due_shard is None or utc_now() < quote.expires_at:
        return False
    booking = Booking.fetch(quote.booking_id)
    with transact() as tx:
        close_quote(tx, quote, QuoteStatus.EXPIRED)
        _uncount(tx, booking, quote)
    return True


def close_quote(tx: Transaction, quote: Quote, status: QuoteStatus, reason: DeclineReason | None = None) -> None:
    """A quote that is no longer pending leaves the due index."""
    quote.status = status
    quote.decline_reason = reason
    quote.due_shard = None
    tx.save(quote)


def close_pending(tx: Transaction, booking: Booking, status: QuoteStatus, reason: DeclineReason | None = None) -> None:
    """Close every pending quote of a booking that takes no more of them."""
    for quote in pending_quotes(booking):
        close_quote(tx, quote, status, reason)
    booking.pending_quotes = 0


def pending_quotes(booking: Booking) -> list[Quote]:
    """As many as the booking counts; whoever writes them does so under their versions.

    The index may lag behind the count for a moment, and is then asked again. A quote that stays unseen harms nobody:
    it cannot be accepted any more, and its own time ends it.
    """
    found: list[Quote] = []
    for pause in (0, *INDEX_LAGS):
        if len(found) >= booking.pending_quotes:
            break
        time.sleep(pause)
        found = [quote for quote in Quote.booking_index.query(booking.id) if quote.status is QuoteStatus.PENDING]
    return found


def announce(tx: Transaction, booking: Booking, quote: Quote) -> None:
    news = QuotesChanged(booking.id, booking.concierge_id, quote.id, quote.operator_id)
    tx.on_commit(lambda: publish(news))


def check_not_accepting(booking: Booking) -> None:
    if booking.acceptance is not None:
        raise Conflict(
            "A quote of this booking is being paid right now. Look again in a minute.",
            code="acceptance_in_progress",
            details={"status": booking.status},
        )


def _check_open(booking: Booking) -> None:
    """Whoever may not see it learns nothing; whoever is too late learns the state."""
    if booking.status not in OPEN or utc_now() >= booking.deadline:
        raise Conflict("This request takes no more quotes.", code="wrong_state", details={"status": booking.status})
    check_not_accepting(booking)
    if booking.pending_quotes >= MOST_PENDING_QUOTES:
        raise Conflict("This request has as many quotes as one can compare.", code="too_many_quotes")


def _uncount(tx: Transaction, booking: Booking, quote: Quote) -> None:
    booking.pending_quotes = max(0, booking.pending_quotes - 1)
    change.save(tx, booking)
    announce(tx, booking, quote)
