"""How a booking ends: paid, cancelled (with the policy's fee), or expired because nobody took it."""

from decimal import Decimal

from accounts.users import CurrentUser
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, NotFound
from bookings.events import FeeDue, PaperDue, RideCancelled
from bookings.permissions import party_for
from bookings.rules.cancellation import fee, no_show_allowed
from bookings.rules.deadlines import Task
from bookings.rules.holding import is_wanted
from bookings.rules.lifecycle import EXPIRABLE, Action, Actor, BookingStatus, transition
from bookings.rules.notices import NoticeKind, Occasion
from bookings.rules.types import TAKEN, CancellationCode, DeclineReason, QuoteStatus
from bookings.services import change
from bookings.services.dispatching import end_duty
from bookings.services.extra_charges import check_no_charge
from bookings.services.numbering import give_number, is_due
from bookings.services.quoting import check_not_accepting, close_pending
from bookings.services.standing import stand
from bookings.services.trying import check_no_try
from bookings.tables import ArchivedBooking, Booking, Hold
from payments.progress import LAPSED
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction

NOT_PAID = "The card on file gave no hold in time."
"""What the history says of a ride that was called off by itself."""


@retried
def cancel(
    *,
    user: CurrentUser,
    booking_id: str,
    code: CancellationCode,
    reason: str,
    for_client: bool = False,
) -> Booking:
    """Call the ride off. The policy's fee is kept of the authorised amount, the rest is released, or refunded.

    What staff cancel costs nothing, unless they do it `for_client`, at whose wish it is: then it costs what the policy
    says of the client.
    """
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.CANCEL)
    if for_client and part is not Actor.ADMIN:
        raise Forbidden("Only staff cancel for somebody else.")
    before = booking.status
    transition(before, Action.CANCEL, part)
    check_not_accepting(booking)
    check_no_charge(booking)
    check_no_try(booking)
    _check_no_show(booking, part, code)
    bearer = Actor.CONCIERGE if for_client else part
    with transact() as tx:
        _call_off(tx, booking, part, code=code, reason=reason, bearer=bearer, user_id=user.id)
    return booking


@retried
def call_off_unpaid(*, booking_id: str) -> bool:
    """No hold, and no time left for one: the ride is not driven. False when there is nothing to do (any more)."""
    booking = Booking.fetch(booking_id)
    coming = change.next_due(booking)
    if coming is None or coming.task is not Task.CALL_OFF_UNPAID or utc_now() < coming.at:
        return False
    code = CancellationCode.PAYMENT_FAILED
    with transact() as tx:
        _call_off(tx, booking, Actor.SYSTEM, code=code, reason=NOT_PAID, bearer=Actor.CONCIERGE, user_id=None)
    return True


def _call_off(
    tx: Transaction,
    booking: Booking,
    part: Actor,
    *,
    code: CancellationCode,
    reason: str,
    bearer: Actor,
    user_id: str | None,
) -> None:
    """The ride will not take place; `bearer` is whose fault the fee is reckoned by."""
    before = booking.status
    booking.cancelled_at = utc_now()
    booking.cancellation_code = code
    booking.cancellation_reason = reason
    booking.cancellation_fee = cancellation_fee(booking, bearer, code)
    close_pending(tx, booking, QuoteStatus.DECLINED, DeclineReason.BOOKING_CLOSED)
    end_duty(tx, booking, before, completed=False)
    if booking.transaction_id and (booking.hold is None or change.is_held(booking)):
        outbox.add(tx, RideCancelled(booking.id, booking.transaction_id, booking.cancellation_fee))
    elif booking.hold is not None and booking.cancellation_fee:
        booking.hold.ask_at = booking.cancelled_at
        outbox.add(tx, FeeDue(booking.id))
    elif booking.hold is not None:
        booking.hold.ask_at = None
    for charge in booking.charges:
        outbox.add(tx, RideCancelled(booking.id, charge.transaction_id, 0))
    change.move(tx, booking, Action.CANCEL, part, user_id=user_id, note=reason)


def cancellation_fee(booking: Booking, part: Actor, code: CancellationCode) -> int:
    """What cancelling now would cost, in cents; shown before, and charged after, by the same rule."""
    return fee(
        type=booking.type_,
        distance_km=Decimal(str(booking.details.distance_km)),
        price=booking.final_price or 0,
        status=booking.status,
        actor=part,
        code=code,
        pickup_at=booking.pickup_at,
        now=utc_now(),
    )


@retried
def expire(*, booking_id: str) -> bool:
    """Close a request that found no operator in time. False when there is nothing to do (any more)."""
    booking = Booking.fetch(booking_id)
    if booking.status not in EXPIRABLE or booking.acceptance is not None or utc_now() < booking.deadline:
        return False
    with transact() as tx:
        close_pending(tx, booking, QuoteStatus.EXPIRED)
        change.move(tx, booking, Action.EXPIRE, Actor.SYSTEM, user_id=None)
    return True


@retried
def expire_now(*, user: CurrentUser, booking_id: str, note: str) -> Booking:
    """Staff close a request before its deadline, as if that had come. Not while a quote of it is being paid."""
    booking = Booking.fetch(booking_id)
    part = party_for(user, booking, Action.EXPIRE)
    transition(booking.status, Action.EXPIRE, part)
    check_not_accepting(booking)
    with transact() as tx:
        close_pending(tx, booking, QuoteStatus.EXPIRED)
        change.move(tx, booking, Action.EXPIRE, part, user_id=user.id, note=note)
    return booking


@retried
def follow_payment(*, booking_id: str) -> bool:
    """Bring the booking to where its payment is now; a completed ride whose money was taken is PAID.

    A hold that is gone is asked for anew of the card on file; where none is kept, who pays is asked for another card.
    Once money was taken for a ride that is over, or for its cancellation, its receipt gets its number with that.

    The news of a payment may come late, twice or out of order, so they are taken as a reason to look, not as the truth.
    The booking is read first: whoever writes it after a later look at the payment makes this one look again. False when
    there is nothing to do.
    """
    booking = Booking.find(booking_id, consistent=True)
    if booking is None and ArchivedBooking.find(booking_id) is not None:
        return False  # the payment's own row says what became of it
    if booking is None:
        raise NotFound
    if booking.transaction_id is None:
        return False
    ids = [booking.transaction_id, *(each.transaction_id for each in booking.charges)]
    ride, *others = get_many(*((PaymentTransaction, each) for each in ids), consistent=True)
    is_news = stand(booking, ride, others)
    lapsed = ride.status is TransactionStatus.FAILED and is_wanted(booking.status)
    needs_card = lapsed and booking.hold is None
    if needs_card:
        booking.hold = Hold(code=LAPSED, asked_at=utc_now(), refusals=1)
    elif lapsed:
        is_news = _ask_anew(booking) or is_news
    settles = booking.status is BookingStatus.COMPLETED and booking.payment_status in TAKEN
    numbers = is_due(booking)
    if not (is_news or settles or numbers or needs_card):
        return False
    with transact() as tx:
        if needs_card:
            change.tell(tx, booking, Occasion.HOLD_REFUSED)
        if numbers:
            give_number(tx, booking)
            outbox.add(tx, PaperDue(booking.id, NoticeKind.RECEIPT, str(booking.receipt_number)))
        if settles:
            change.move(tx, booking, Action.SETTLE, Actor.SYSTEM, user_id=None)
        else:
            change.save(tx, booking, announce=True)
    return True


def _ask_anew(booking: Booking) -> bool:
    """The hold is gone, by its bank or by time: the card on file is asked for another one at once. False if it was."""
    hold = booking.hold
    if hold.transaction_id is not None or hold.lapses_at is None:
        return False
    hold.ask_at, hold.lapses_at, hold.refusals = utc_now(), None, 0
    return True


def _check_no_show(booking: Booking, part: Actor, code: CancellationCode) -> None:
    if code is not CancellationCode.NO_SHOW:
        return
    if not no_show_allowed(
        type=booking.type_,
        status=booking.status,
        actor=part,
        pickup_at=booking.pickup_at,
        arrived_at=booking.arrived_at,
        now=utc_now(),
    ):
        raise Conflict(
            "A no-show can be stated by the operator, when the driver has waited at the pick-up for the free time.",
            code="no_show_too_early",
            details={"status": booking.status},
        )
