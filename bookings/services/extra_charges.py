"""A second payment of a booking: extras or a tip, on a card on file or a token. In the steps of an accept (ADR 0006).

*Begin* stores the payment with its key and marks the booking; *ask* holds the money under that key; *conclude* writes
what became of it. What is held is taken by the outbox (`ChargeHeld`). Killed in between, the mark is found by its
deadline (`settle_charge`), which asks again with the same key. One at a time.
"""

from datetime import timedelta

import payments.services
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Invalid, NotFound, PaymentDeclined, Unavailable
from bookings.events import ChargeHeld
from bookings.rules.final_price import PriceState
from bookings.rules.lifecycle import Action, Actor
from bookings.rules.types import PaymentStatus
from bookings.services import change
from bookings.tables import Booking, Charge, Charging
from payments.cards.tables import SavedCard
from payments.cards.using import usable_card
from payments.ledger.documents import Split
from payments.rules.types import PaymentMethod, PaymentPurpose
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction

GIVEN_UP_AFTER = timedelta(minutes=10)
ABANDONED = Declined("ABANDONED", "The payment was given up; nothing is held.")
DONE = {PaymentPurpose.EXTRA: Action.APPROVE_EXTRAS, PaymentPurpose.TIP: Action.TIP}


def check_no_charge(booking: Booking) -> None:
    """One payment of a booking at a time. Raises `Conflict`."""
    if booking.charging is not None:
        raise Conflict(
            "A payment of this booking is under way. Look again in a moment.",
            code="payment_in_progress",
            details={"status": booking.status},
        )


def card_to_pay(booking: Booking, *, card_id: str | None, source_id: str) -> SavedCard | None:
    """The card on file that was chosen; None where a token was given instead."""
    if bool(card_id) == bool(source_id):
        raise Invalid(
            "Give a card on file or the token of another.", fields={"sourceId": ["Give this, or cardId, not both."]}
        )
    if not card_id:
        return None
    try:
        return usable_card(payer_id=booking.concierge_id, card_id=card_id, at=utc_now())
    except NotFound as unknown:
        raise Invalid(fields={"cardId": ["This is not one of your cards."]}) from unknown


def begin(
    tx: Transaction,
    booking: Booking,
    *,
    purpose: PaymentPurpose,
    amount: int,
    split: Split,
    card: SavedCard | None,
    source_id: str = "",
    by: str,
    agreed_before: bool = False,
) -> PaymentTransaction:
    """Add the payment to `tx` and mark `booking`, which the caller saves."""
    transaction = payments.services.open_authorization(
        tx=tx,
        reference=booking.id,
        payer_id=booking.concierge_id,
        payee_id=str(booking.operator_id),
        amount=amount,
        currency=booking.currency,
        method=PaymentMethod.CARD,
        source_id=source_id or None,
        card=card,
        split=split,
        purpose=purpose,
    )
    booking.charging = Charging(
        transaction_id=transaction.id,
        purpose=purpose,
        amount=amount,
        started_at=utc_now(),
        by=by,
        agreed_before=agreed_before,
    )
    return transaction


def ask(transaction: PaymentTransaction) -> Booking:
    """Hold the money and write it down.

    Raises `PaymentDeclined`: nothing is held, and the booking is as it was; `Unavailable` while the answer is unknown:
    it is settled within minutes.
    """
    outcome = payments.services.authorize(transaction=transaction)
    booking = conclude(booking_id=transaction.reference, transaction_id=transaction.id, outcome=outcome)
    if any(each.transaction_id == transaction.id for each in booking.charges):
        return booking
    reason = outcome.code if isinstance(outcome, Declined) else ABANDONED.code
    raise PaymentDeclined(details={"reason": reason, "status": booking.status})


def settle_charge(*, booking_id: str) -> bool:
    """Finish a charge that was cut off, or call it off. False when there is nothing to finish.

    Raises `Unavailable` while the outcome cannot be learned.
    """
    booking = Booking.fetch(booking_id)
    if booking.charging is None:
        return False
    transaction = PaymentTransaction.fetch(booking.charging.transaction_id)
    outcome: Authorized | Declined = ABANDONED
    if payments.services.is_undecided(transaction):
        try:
            outcome = payments.services.settle_unknown(transaction=transaction)
        except Unavailable:
            if utc_now() < booking.charging.started_at + GIVEN_UP_AFTER:
                raise
            payments.services.abandon(transaction=transaction)
    conclude(booking_id=booking_id, transaction_id=transaction.id, outcome=outcome)
    return True


@retried
def conclude(*, booking_id: str, transaction_id: str, outcome: Authorized | Declined) -> Booking:
    """Write what became of it, once."""
    booking = Booking.fetch(booking_id)
    under_way: Charging | None = booking.charging
    if under_way is None or under_way.transaction_id != transaction_id:
        return booking
    transaction = PaymentTransaction.fetch(transaction_id)
    booking.charging = None
    with transact() as tx:
        if not payments.services.is_undecided(transaction):
            outcome = ABANDONED
        else:
            payments.services.record_authorization(tx=tx, transaction=transaction, outcome=outcome)
        if isinstance(outcome, Declined):
            _declined(tx, booking, under_way, outcome.code)
        else:
            _held(tx, booking, under_way)
    return booking


def _held(tx: Transaction, booking: Booking, under_way: Charging) -> None:
    charge = Charge(
        transaction_id=under_way.transaction_id,
        purpose=under_way.purpose,
        amount=under_way.amount,
        status=PaymentStatus.AUTHORIZED,
    )
    booking.charges = [*booking.charges, charge]
    outbox.add(tx, ChargeHeld(booking.id, under_way.transaction_id))
    if under_way.purpose is PaymentPurpose.EXTRA:
        booking.final.state = PriceState.CHARGED if under_way.agreed_before else PriceState.APPROVED
        booking.final.answered_at, booking.final.declined = utc_now(), None
    if under_way.agreed_before:
        change.save(tx, booking, announce=True)
    else:
        change.move(tx, booking, DONE[under_way.purpose], Actor.CONCIERGE, user_id=under_way.by)


def _declined(tx: Transaction, booking: Booking, under_way: Charging, code: str) -> None:
    """Extras are asked of the concierge then; a tip was not given."""
    if under_way.purpose is PaymentPurpose.EXTRA:
        booking.final.state, booking.final.declined = PriceState.ASKED, code
    change.save(tx, booking, announce=True)
