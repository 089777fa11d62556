"""What bookings do when they hear of something; `atlas.wiring` says of what. All may hear it twice."""

from datetime import datetime, timedelta

import structlog

import fleet.services
import payments.services
from atlas.errors import Conflict
from atlas.live.changes import mark_changed
from atlas.live.last_position import get_position
from atlas.live.publish import publish
from bookings import services
from bookings.archive import restoring
from bookings.events import (
    BookingAlert,
    BookingChanged,
    ChargeHeld,
    DepartureMissed,
    FeeDue,
    HoldReplaced,
    NoticesDue,
    NoticeWanted,
    PaperDue,
    QuotesChanged,
    RequestOpened,
    RestoreWanted,
    RideCancelled,
    RideCompleted,
)
from bookings.notices import sending
from bookings.rules.lifecycle import REPORTED, Actor, BookingStatus
from bookings.rules.notices import RECIPIENT, TOLD, NoticeKind, occasion
from bookings.services import invoicing
from bookings.tables import Booking
from bookings.topics import REQUESTS, booking_topic, driver_topic, inbox_topic, operator_topic
from payments.events import (
    CardRemoved,
    InvoiceIssued,
    InvoiceOverdue,
    PaymentCorrected,
    PaymentFailed,
    PaymentRefunded,
    PaymentSettled,
    PaymentVoided,
    RefundFailed,
)
from payments.releasing import release
from payments.rules import owing
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction

log = structlog.get_logger(__name__)

LOWER = "The final price is lower."
CANCELLED = "The booking was cancelled."


def capture_payment(event: RideCompleted) -> None:
    """The ride took place: take the money, unless it was called off since (then `release_payment` has it).

    A ride on account is invoiced. Of a hold that is gone nothing can be taken, however often it is tried: the booking
    says so, and staff see to it.
    """
    booking = Booking.fetch(event.booking_id)
    lower = booking.final is not None and booking.final.is_lower
    if booking.status is not BookingStatus.COMPLETED and not (booking.status is BookingStatus.PAID and lower):
        return
    which = {"booking_id": event.booking_id, "transaction_id": event.transaction_id}
    if invoicing.is_on_account(event.transaction_id):
        if lower:
            invoicing.release_ride(**which, keep=booking.final.total, reason=LOWER, request=owing.LOWERED)
        else:
            invoicing.invoice_ride(booking_id=event.booking_id, transaction_id=event.transaction_id)
        return
    try:
        if lower:  # of a hold a part, of what was taken already the rest goes back
            release(transaction_id=event.transaction_id, keep=booking.final.total, reason=LOWER, request=owing.LOWERED)
        else:
            payments.services.capture(transaction_id=event.transaction_id)
    except Conflict as refused:
        held = refused.code == "held_for_finance"  # who puts that right settles the payment, and is heard then
        if not held and PaymentTransaction.fetch(event.transaction_id).status not in CLOSED:
            raise
        log.error("ride_unpaid", booking_id=event.booking_id, code=refused.code)
    services.follow_payment(booking_id=event.booking_id)  # somebody may have taken it before the ride's end


def capture_charge(event: ChargeHeld) -> None:
    """Extras or a tip: what is held is taken at once. A hold that is gone is asked for anew (`follow_payment`)."""
    try:
        payments.services.capture(transaction_id=event.transaction_id)
    except Conflict as refused:
        held = refused.code == "held_for_finance"
        if not held and PaymentTransaction.fetch(event.transaction_id).status not in CLOSED:
            raise
        log.error("charge_lost", booking_id=event.booking_id, code=refused.code)
    services.follow_payment(booking_id=event.booking_id)


def release_payment(event: RideCancelled) -> None:
    """The ride was called off: keep the fee, or invoice it; let the rest go."""
    if invoicing.is_on_account(event.transaction_id):
        which = {"booking_id": event.booking_id, "transaction_id": event.transaction_id}
        invoicing.release_ride(**which, keep=event.fee, reason=CANCELLED)
        return
    release(transaction_id=event.transaction_id, keep=event.fee, reason=CANCELLED)


def release_hold(event: HoldReplaced) -> None:
    """Another hold stands, or none is needed."""
    release(transaction_id=event.transaction_id, keep=0, reason="Another hold took its place.")


def charge_fee(event: FeeDue) -> None:
    """The ride was called off at a fee, and nothing is held for it."""
    services.charge_fee(booking_id=event.booking_id)


def miss_card(event: CardRemoved) -> None:
    """A card is gone: each sold ride that counts on it is told, and who pays for it."""
    for key in Booking.card_index.query(event.card_id):
        services.miss_card(booking_id=key.id, card_id=event.card_id)


def follow_payment(
    event: PaymentSettled | PaymentRefunded | PaymentVoided | PaymentFailed | RefundFailed | PaymentCorrected,
) -> None:
    """The payment is not what it was: the booking goes by what it is now."""
    services.follow_payment(booking_id=event.reference)


def credit_invoice(event: PaymentRefunded | PaymentVoided | PaymentCorrected) -> None:
    """What was invoiced is not to be paid, or was given back: a credit note says so."""
    invoicing.credit(booking_id=event.reference, transaction_id=event.transaction_id)


def send_invoice(event: InvoiceIssued) -> None:
    sending.send_paper(PaperDue(event.reference, NoticeKind.INVOICE, event.transaction_id))


def remind(event: InvoiceOverdue) -> None:
    sending.send_paper(
        PaperDue(event.reference, NoticeKind.INVOICE_OVERDUE, f"{event.reminder}-{event.transaction_id}")
    )


def send_paper(event: PaperDue) -> None:
    """A receipt or a credit note got its number: it goes to who pays."""
    sending.send_paper(event)


def tell_parties(event: NoticesDue) -> None:
    """Something happened that the parties are told by e-mail."""
    sending.send_due(event)


def tell_again(event: NoticeWanted) -> None:
    """Staff want somebody told once more."""
    sending.send_again(event)


def restore(event: RestoreWanted) -> None:
    """Somebody wants to read what is in the archive."""
    restoring.thaw(event)


def keep_location(event: BookingChanged) -> None:
    """Where the driver was at each stage of the ride is kept, however short after the last time."""
    if event.action not in REPORTED or event.driver_id is None:
        return
    position = get_position(driver_topic(event.driver_id))
    if position is not None:
        at = datetime.fromisoformat(position["timestamp"])
        fleet.services.save_location(
            driver_id=event.driver_id, location={**position, "timestamp": at}, min_interval=timedelta()
        )


def show_change(event: BookingChanged) -> None:
    """Everybody who watches this booking sees its new state; those concerned find it in their inbox."""
    news = {
        "type": "booking",
        "action": event.action,
        "booking": {
            "id": event.booking_id,
            "status": event.status,
            "paymentStatus": event.payment_status,
            "operatorId": event.operator_id,
            "driverId": event.driver_id,
            "vehicleId": event.vehicle_id,
            "version": event.version,
        },
    }
    if event.driver_id:
        mark_changed(driver_topic(event.driver_id))
    topics = [booking_topic(event.booking_id), inbox_topic(event.concierge_id)]
    topics += [operator_topic(event.operator_id)] if event.operator_id else []
    topics += [driver_topic(event.driver_id)] if event.driver_id else []
    for topic in topics:
        publish(topic, news)


def show_quotes(event: QuotesChanged) -> None:
    news = {"type": "quote", "bookingId": event.booking_id, "quoteId": event.quote_id}
    topics = (booking_topic(event.booking_id), inbox_topic(event.concierge_id), operator_topic(event.operator_id))
    for topic in topics:
        publish(topic, news)


def show_request(event: RequestOpened) -> None:
    publish(REQUESTS, {"type": "request", "bookingId": event.booking_id, "open": event.is_open})


def show_alert(event: BookingAlert) -> None:
    """Those who are to act see it at once, wherever they are; the same parties have an e-mail of it."""
    news = {"type": "alert", "code": event.code, "bookingId": event.booking_id}
    told = {RECIPIENT[kind] for kind in TOLD[occasion(event.code)]}
    if Actor.CONCIERGE in told:
        publish(inbox_topic(event.concierge_id), news)
    if Actor.OPERATOR in told and event.operator_id:
        publish(operator_topic(event.operator_id), news)


def alert_operator(event: DepartureMissed) -> None:
    news = {"type": "alert", "code": "departure_missed", "bookingId": event.booking_id}
    publish(operator_topic(event.operator_id), news)
