"""A quote taken on account: sold in one transaction, for no bank is asked; the payer's credit stands behind it."""

from accounts.users import CurrentUser
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Invalid, NotFound
from bookings.rules.types import PaymentStatus
from bookings.selling import sale, split
from bookings.services.claiming import check_acceptable
from bookings.services.concluding import other_quotes, sell
from bookings.tables import Booking, Quote
from fleet.tables import Operator
from payments.billing.opening import open_on_account
from payments.rules.types import PaymentMethod


@retried
def accept_on_account(*, user: CurrentUser, quote_id: str, method: PaymentMethod, extras_limit: int = 0) -> Booking:
    """Take the quote; its price is owed once the ride is over. What `claiming` checks of a card's is checked here, too.

    Raises `Invalid` where the method is not open for the payer, or extras are agreed to, which a card pays for alone;
    `Conflict` (`credit_exceeded`) when too little is left.
    """
    if extras_limit:
        raise Invalid(fields={"extrasLimit": ["Extras are charged to a card: agree to none on account."]})
    quote = Quote.fetch(quote_id)
    booking: Booking | None
    booking, operator = get_many((Booking, quote.booking_id), (Operator, quote.operator_id), consistent=True)
    if booking is None or operator is None:
        raise NotFound
    check_acceptable(user, booking, quote)
    sold = sale(booking, operator, quote.price)
    others = other_quotes(booking, quote)
    with transact() as tx:
        transaction = open_on_account(
            tx=tx,
            reference=booking.id,
            payer_id=booking.concierge_id,
            payee_id=quote.operator_id,
            amount=quote.price,
            currency=quote.currency,
            method=method,
            split=split(booking, sold),
        )
        booking.sold = sold
        booking.transaction_id = transaction.id
        booking.payment_status = PaymentStatus.PENDING
        sell(tx, booking, quote, others=others, user_id=user.id)
    return booking
