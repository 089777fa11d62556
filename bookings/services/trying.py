"""One asking of a card on file: a payment of its own, noted with the booking before Square hears of it."""

import payments.services
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.errors import Conflict, Unavailable
from bookings.selling import split
from bookings.services.accepting import GIVEN_UP_AFTER
from bookings.tables import Booking
from payments.cards.tables import SavedCard
from payments.ledger.splits import in_proportion
from payments.rules.types import PaymentMethod
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction

CALLED_OFF = "ABANDONED"
"""The code of a try that was not answered in time."""


def open_try(tx: Transaction, booking: Booking, card: SavedCard, *, amount: int) -> PaymentTransaction:
    """Add a payment of `amount` cents (the price, or a part of it) to `tx` and note it with the booking; not saved."""
    whole = split(booking, booking.sold)
    transaction = payments.services.open_authorization(
        tx=tx,
        reference=booking.id,
        payer_id=booking.concierge_id,
        payee_id=str(booking.operator_id),
        amount=amount,
        currency=booking.currency,
        method=PaymentMethod.CARD,
        card=card,
        split=whole if amount == whole.total else in_proportion(whole, amount),
    )
    booking.hold.transaction_id, booking.hold.asked_at = transaction.id, utc_now()
    return transaction


def end_try(booking: Booking, *, code: str | None) -> None:
    """It was answered; the caller saves."""
    booking.hold.transaction_id = booking.hold.asked_at = None
    booking.hold.code = code


def outcome_of(transaction: PaymentTransaction) -> Authorized | Declined:
    """What the card says, however often it was asked before by the same key.

    Raises `Unavailable` while that cannot be learned; after `GIVEN_UP_AFTER` the try is called off.
    """
    if not payments.services.is_undecided(transaction):
        return _called_off()
    try:
        return payments.services.settle_unknown(transaction=transaction)
    except Unavailable:
        if utc_now() < transaction.created_at + GIVEN_UP_AFTER:
            raise
        return _abandoned(transaction)


def check_no_try(booking: Booking) -> None:
    """What ends a booking, or pays for it otherwise, waits for the answer to a try. Raises `Conflict`."""
    if booking.hold is not None and booking.hold.transaction_id is not None:
        raise Conflict(
            "The card is being asked right now. Look again in a minute.",
            code="payment_in_progress",
            details={"status": booking.status},
        )


def _abandoned(transaction: PaymentTransaction) -> Declined:
    try:
        return payments.services.abandon(transaction=transaction)
    except Unavailable:  # the wish is stored: `payments` releases what is held once the provider answers
        return _called_off()


def _called_off() -> Declined:
    return Declined(CALLED_OFF, "The try was called off.")
