"""The fee of a ride that was cancelled before its card was held: the card is asked for that alone, and it is taken."""

import structlog

import payments.services
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Unavailable
from bookings.events import RideCancelled
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.notices import Occasion
from bookings.rules.types import PaymentStatus
from bookings.services import change
from bookings.services.trying import CALLED_OFF, end_try, open_try, outcome_of
from bookings.tables import Booking
from payments.cards.tables import SavedCard
from payments.cards.using import fault_of
from payments.rules.retrying import Remedy, remedy
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction

log = structlog.get_logger(__name__)

NO_CARD = "CARD_REMOVED"
"""As `payments.cards.using.fault_of` says it: the ride was held for by a card that was never kept."""


def charge_fee(*, booking_id: str) -> bool:
    """Ask the card for the fee; False when there is nothing (more) to ask.

    A definite no is final: the fee stays owed, and who owes it is told and may give another card. Raises
    `Unavailable` while there is no answer: call again, it is asked by the same key.
    """
    transaction = _begin(booking_id)
    if transaction is None:
        return False
    outcome = outcome_of(transaction)
    _record(booking_id, transaction.id, outcome)
    if isinstance(outcome, Declined) and outcome.code == CALLED_OFF:
        raise Unavailable("The fee could not be asked for.", code="payment_unknown")
    return True


@retried
def _begin(booking_id: str) -> PaymentTransaction | None:
    booking = Booking.fetch(booking_id)
    hold = booking.hold
    if booking.status is not BookingStatus.CANCELLED or hold is None or hold.ask_at is None:
        return None
    if hold.transaction_id is not None:
        return PaymentTransaction.fetch(hold.transaction_id)
    card = SavedCard.find(booking.card_id) if booking.card_id is not None else None
    fault = fault_of(card, at=utc_now()) if card is not None else NO_CARD
    if fault is None and hold.code and remedy(hold.code) is not Remedy.WAIT:
        fault = hold.code
    with transact() as tx:
        if card is None or fault is not None:
            _refused(tx, booking, str(fault))
            return None
        transaction = open_try(tx, booking, card, amount=booking.cancellation_fee)
        change.save(tx, booking)
    return transaction


@retried
def _record(booking_id: str, transaction_id: str, outcome: Authorized | Declined) -> None:
    booking = Booking.fetch(booking_id)
    if booking.hold.transaction_id != transaction_id:
        return
    transaction = PaymentTransaction.fetch(transaction_id)
    undecided = payments.services.is_undecided(transaction)
    with transact() as tx:
        if undecided:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        if isinstance(outcome, Declined) or not undecided:
            _refused(tx, booking, outcome.code if isinstance(outcome, Declined) else CALLED_OFF)
            return
        end_try(booking, code=None)
        booking.hold.ask_at = None
        booking.transaction_id = transaction.id
        booking.payment_status = PaymentStatus.AUTHORIZED
        outbox.add(tx, RideCancelled(booking.id, transaction.id, booking.cancellation_fee))
        change.save(tx, booking, announce=True)


def _refused(tx: Transaction, booking: Booking, code: str) -> None:
    """A no is for good, until another card is given; a try that nobody answered is followed by another one."""
    end_try(booking, code=code)
    if code != CALLED_OFF:
        booking.hold.ask_at = None
        change.tell(tx, booking, Occasion.FEE_REFUSED)
        log.warning("fee_not_charged", booking_id=booking.id, code=code)
    change.save(tx, booking, announce=True)
