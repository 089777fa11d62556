"""An accept is claimed: one transaction marks the booking and stores the payment that decides, with its key."""

from typing import NamedTuple

import payments.services
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from bookings import consent
from bookings.permissions import part_of, party
from bookings.rules.lifecycle import Action, Actor, transition
from bookings.rules.quotes import is_acceptable
from bookings.rules.types import QuoteStatus
from bookings.selling import sale, split
from bookings.services import change
from bookings.services.quoting import check_not_accepting
from bookings.tables import Acceptance, Booking, Quote
from fleet.tables import Operator
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction


class Claim(NamedTuple):
    """A booking being accepted: with the quote, and the payment that decides."""

    booking: Booking
    quote: Quote
    transaction: PaymentTransaction


@retried
def claim(*, user: CurrentUser, quote_id: str, method: PaymentMethod, source_id: str, extras_limit: int) -> Claim:
    quote = Quote.fetch(quote_id)
    booking, operator = get_many((Booking, quote.booking_id), (Operator, quote.operator_id), consistent=True)
    if booking is None or operator is None:
        raise NotFound
    check_acceptable(user, booking, quote)
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
            extras_consent=consent.agreed(user=user, limit=extras_limit, price=quote.price),
        )
        quote.due_shard = None  # it may not expire while it is being paid
        change.save(tx, booking)
        tx.save(quote)
    return Claim(booking, quote, transaction)


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
