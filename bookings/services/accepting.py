"""A concierge takes one quote, and the card is authorised. Money first asked, never twice; one accept wins.

1. *Claim*: one transaction marks the booking as being accepted (nobody else can now) and stores the payment with its
   idempotency key.
2. *Ask* the payment provider, with that key.
3. *Close*: one transaction gives the booking its operator, vehicle, price and status, the quote ACCEPTED, the others
   DECLINED, the payment AUTHORIZED. Declined: the claim is taken back and everything is as it was.

The steps are in `claiming`, `payments.services` and `concluding`. Killed in between, the claim is found by its deadline
(`settle_acceptance`), which asks again with the same key.
"""

from contextlib import suppress
from datetime import timedelta

import payments.services
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost
from atlas.errors import PaymentDeclined, Unavailable
from bookings.services.claiming import claim
from bookings.services.concluding import close, conclude, reopen
from bookings.tables import Booking
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction

GIVEN_UP_AFTER = timedelta(minutes=10)
"""A payment whose outcome cannot be learned for this long is called off; the booking is open again."""


def accept_quote(
    *, user: CurrentUser, quote_id: str, method: PaymentMethod, source_id: str, extras_limit: int = 0
) -> Booking:
    """Take the quote and authorise its price on the card; extras up to `extras_limit` cents are agreed to with it.

    Raises `PaymentDeclined` (nothing changed), `Conflict` (`quote_expired`, `already_accepted`, `wrong_state`), and
    `Unavailable` when the provider's answer is not known yet: the booking is settled within a minute either way.
    """
    claimed = claim(user=user, quote_id=quote_id, method=method, source_id=source_id, extras_limit=extras_limit)
    outcome = payments.services.authorize(transaction=claimed.transaction)
    try:
        return conclude(claimed, outcome=outcome, user_id=user.id)  # as it was claimed, without reading it again
    except Lost:  # somebody else was there meanwhile: by what it is now
        return close(
            booking_id=claimed.booking.id, transaction_id=claimed.transaction.id, outcome=outcome, user_id=user.id
        )


def settle_acceptance(*, booking_id: str) -> bool:
    """Finish an accept that was cut off: ask the provider again with the same key, or call it off.

    False when there was nothing to finish. Raises `Unavailable` while the outcome still cannot be learned.
    """
    booking = Booking.fetch(booking_id)
    if booking.acceptance is None:
        return False
    which = {"booking_id": booking_id, "transaction_id": booking.acceptance.transaction_id}
    transaction = PaymentTransaction.fetch(booking.acceptance.transaction_id)
    if not payments.services.is_undecided(transaction):
        reopen(**which)
        return True
    try:
        outcome = payments.services.settle_unknown(transaction=transaction)
    except Unavailable:
        if utc_now() < booking.acceptance.started_at + GIVEN_UP_AFTER:
            raise
        with suppress(Unavailable):  # it is stored: `payments` releases what is held once the provider answers
            payments.services.abandon(transaction=transaction)
        reopen(**which)
        return True
    with suppress(PaymentDeclined):  # then the claim is taken back, which settles it too
        close(**which, outcome=outcome, user_id=booking.concierge_id)
    return True
