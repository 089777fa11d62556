"""The card on file of a sold ride is asked for its hold: near the pick-up, again after a no, anew before it lapses.

Each try is a payment of its own (`trying`). Its key is stored with the booking in one transaction, Square is asked, the
answer is written down; cut off in between, the due index finds the booking and the same try goes on. When to ask, and
when to give up, stands in `bookings.rules.holding`.
"""

import payments.services
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from bookings.events import HoldReplaced
from bookings.rules.holding import after_refusal, is_tried_for, is_wanted
from bookings.rules.notices import Occasion
from bookings.rules.types import PaymentStatus
from bookings.services import change
from bookings.services.concluding import held
from bookings.services.dispatching import ride_of
from bookings.services.trying import CALLED_OFF, end_try, open_try, outcome_of
from bookings.tables import Booking
from payments.cards.tables import SavedCard
from payments.cards.using import fault_of
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction

GONE = "CARD_REMOVED"
"""As `payments.cards.using.fault_of` says it."""


def authorize_card(*, booking_id: str) -> bool:
    """Ask the card for the hold that is due, or finish the try that was cut off. False when there is nothing to do.

    Raises `Unavailable` while an answer cannot be learned: the same try goes on later.
    """
    transaction = _begin(booking_id)
    if transaction is None:
        return False
    _record(booking_id, transaction.id, outcome_of(transaction))
    return True


@retried
def miss_card(*, booking_id: str, card_id: str) -> bool:
    """The card is not kept any more. False where that matters to nobody: another one pays, or the hold is enough.

    It is not asked; should there be no other one when the hold is due, that counts as its no.
    """
    booking = Booking.fetch(booking_id)
    hold = booking.hold
    if hold is None or booking.card_id != card_id or not is_wanted(booking.status):
        return False
    if hold.code == GONE or hold.ask_at is None or hold.transaction_id is not None:
        return False
    hold.code = GONE
    with transact() as tx:
        change.tell(tx, booking, Occasion.CARD_GONE)
        change.save(tx, booking, announce=True)
    return True


@retried
def _begin(booking_id: str) -> PaymentTransaction | None:
    """The try that is under way, or a new one. A card that is no good is refused without asking its bank."""
    booking = Booking.fetch(booking_id)
    hold = booking.hold
    if hold is None or not is_tried_for(booking.status):
        return None
    if hold.transaction_id is not None:
        return PaymentTransaction.fetch(hold.transaction_id)
    now = utc_now()
    if not is_wanted(booking.status) or hold.ask_at is None or now < hold.ask_at:
        return None
    card = SavedCard.fetch(booking.card_id)
    fault = fault_of(card, at=now)
    with transact() as tx:
        if fault is not None:
            _refused(tx, booking, fault)
            return None
        transaction = open_try(tx, booking, card, amount=booking.final_price)
        change.save(tx, booking)
    return transaction


@retried
def _record(booking_id: str, transaction_id: str, outcome: Authorized | Declined) -> None:
    """Write what became of a try, once."""
    booking = Booking.fetch(booking_id)
    if booking.hold is None or booking.hold.transaction_id != transaction_id:
        return  # written by somebody who asked too
    transaction = PaymentTransaction.fetch(transaction_id)
    undecided = payments.services.is_undecided(transaction)
    with transact() as tx:
        if undecided:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        if isinstance(outcome, Declined) or not undecided:
            _refused(tx, booking, outcome.code if isinstance(outcome, Declined) else CALLED_OFF)
        else:
            _held(tx, booking, transaction)


def _held(tx: Transaction, booking: Booking, transaction: PaymentTransaction) -> None:
    """The hold stands. One that it renews is let go; so is itself, should the ride be over by now."""
    if not is_wanted(booking.status):
        end_try(booking, code=None)
        outbox.add(tx, HoldReplaced(booking.id, transaction.id))
        change.save(tx, booking)
        return
    if change.is_held(booking):
        outbox.add(tx, HoldReplaced(booking.id, str(booking.transaction_id)))
    booking.transaction_id = transaction.id
    booking.payment_status = PaymentStatus.AUTHORIZED
    booking.hold = held(booking, at=transaction.created_at)
    change.save(tx, booking, announce=True)


def _refused(tx: Transaction, booking: Booking, code: str) -> None:
    """No hold. The parties are told of the first no, and when the same card is not asked any more."""
    hold = booking.hold
    end_try(booking, code=code)
    hold.refusals += 1
    hold.ask_at = after_refusal(
        ride_of(booking),
        code=code,
        refusals=hold.refusals,
        now=utc_now(),
        lapses_at=hold.lapses_at if change.is_held(booking) else None,
    ).ask_at
    if is_wanted(booking.status) and (hold.refusals == 1 or hold.ask_at is None):
        change.tell(tx, booking, Occasion.HOLD_REFUSED)
    change.save(tx, booking, announce=True)
