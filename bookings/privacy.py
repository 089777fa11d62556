"""What bookings hold about people: who asked for a ride, who rides in it, who drives and sells it; and its payment.

A concierge's own rides are emptied whole, passengers included: nobody is left who could say whose they are. In rides
that somebody drove or sold, which are another's, only that person's own traces are struck.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any

from accounts.holds.asking import held
from accounts.privacy.redaction import redact, show_without
from accounts.privacy.registry import Holding, Obstacle, Part, Subject, everything
from accounts.rules.roles import Role
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import Transaction, transact
from bookings.archive import privacy as archive
from bookings.rules.lifecycle import LIVE, UPCOMING
from bookings.services.forgetting import forget_ride, forget_text, is_needed, is_unpaid, save_forgotten
from bookings.tables import Booking, BookingHistory, Notice, Quote
from fleet.tables import Operator
from payments.rules.types import OperationState
from payments.tables import PaymentTransaction

NEWEST = 200
"""Bookings that a request to be forgotten looks at; what an older one still needs, the erasure waits for."""
MOST_NAMED = 20
RIDES = "To arrange and carry out rides (contract)"
BOOKS = "Books and receipts (tax law, 10 years)"


def rides(subject: Subject) -> Iterator[Booking]:
    """Those they asked for, drove, or whose company sold them."""
    match subject.role:
        case Role.DRIVER if subject.profile_id:
            yield from Booking.driver_index.query(subject.profile_id)
        case Role.OPERATOR if subject.profile_id:
            yield from Booking.operator_index.query(subject.profile_id)
        case _:
            yield from Booking.concierge_index.query(subject.user_id)


def is_own(subject: Subject, booking: Booking) -> bool:
    return bool(booking.concierge_id == subject.user_id)


def _has_own_rides(subject: Subject) -> bool:
    return subject.role in (Role.CONCIERGE, Role.ADMIN)


def _over(subject: Subject) -> Iterator[Booking]:
    """What was said of a ride is needed as long as the ride is."""
    return (booking for booking in rides(subject) if not _must_stay(booking))


def _must_stay(booking: Booking) -> bool:
    """The ride, or its money, is not over; or somebody has a legal hold on it."""
    return is_needed(booking) or held(booking.id) is not None


def _history(subject: Subject) -> Iterator[BookingHistory]:
    for booking in _over(subject):
        yield from BookingHistory.query(booking.id, consistent_read=True)


def _notices(subject: Subject) -> Iterator[Notice]:
    for booking in _over(subject):
        yield from Notice.query(booking.id, consistent_read=True)


def _quotes(subject: Subject) -> Iterator[Quote]:
    if subject.role is Role.OPERATOR and subject.profile_id:
        keys = [key.id for key in Quote.operator_index.query(subject.profile_id)]
        yield from (quote for quote in get_many(*((Quote, key) for key in keys)) if quote is not None)
    elif _has_own_rides(subject):
        for booking in _over(subject):
            yield from Quote.booking_index.query(booking.id)


def _payments(subject: Subject) -> Iterator[PaymentTransaction]:
    if subject.role is not Role.DRIVER:
        ids = chain((each.id for each in rides(subject)), (each.id for each in archive.archived_rides(subject)))
        for booking_id in ids:
            yield from PaymentTransaction.booking_index.query(booking_id)


def _forget_booking(subject: Subject, booking: Booking) -> None:
    if is_own(subject, booking):
        forget_ride(booking)
        return
    details = booking.details
    redact(subject, booking, "cancellation_reason")
    redact(subject, details, "passenger_name", "pickup_location", "dropoff_location")
    redact(subject, details.preferences, "special_instructions")
    for day in details.itinerary:
        redact(subject, day, "pickup_location", "dropoff_location", "notes")


def _write_booking(subject: Subject, booking: Booking) -> None:
    with transact() as tx:
        save_forgotten(tx, booking, user_id=subject.user_id)


def _forget_history(subject: Subject, row: BookingHistory) -> None:
    if _has_own_rides(subject) or row.actor_id == subject.user_id:
        row.note = forget_text(row.note)
    else:
        redact(subject, row, "note")


def _forget_quote(subject: Subject, quote: Quote) -> None:
    if _has_own_rides(subject):
        quote.notes = ""
    else:
        redact(subject, quote, "notes", "operator_name")


def _forget_notice(subject: Subject, notice: Notice) -> None:
    """What the mail server said of a failure may quote the address."""
    if notice.recipient_id == subject.user_id:
        notice.error = forget_text(notice.error)
    else:
        redact(subject, notice, "error")


def _forget_payment(subject: Subject, row: PaymentTransaction) -> None:
    """The books stay; why a refund was given is free text, and once it is answered nobody sends it again."""
    for operation in row.operations:
        if operation.state is not OperationState.PENDING:
            redact(subject, operation, "reason")
    if row.bill is not None:
        redact(subject, row.bill.to, "company_name", "address", "email")


def _show_booking(subject: Subject, booking: Booking) -> dict[str, Any] | None:
    """Who drove or sold a ride sees that they did, and not who rode in it."""
    shown = everything(subject, booking) or {}
    if not is_own(subject, booking):
        kept = ("vehicleCategory", "date", "time", "timezone")
        shown["details"] = {name: shown["details"][name] for name in kept}
        shown.pop("cancellationReason", None)
    return shown


def _show_history(subject: Subject, row: BookingHistory) -> dict[str, Any] | None:
    shown = everything(subject, row) or {}
    if not _has_own_rides(subject) and row.actor_id != subject.user_id:
        return None
    return shown


def _show_notice(subject: Subject, notice: Notice) -> dict[str, Any] | None:
    return everything(subject, notice) if notice.recipient_id == subject.user_id else None


def _gate(_: Transaction, subject: Subject) -> Iterable[Obstacle]:
    """Rides under way, rides that were sold, money that is held. Requests that nobody has taken are called off."""
    if subject.role is Role.DRIVER:
        return []
    newest = list(islice(_newest(subject), NEWEST))
    return [
        Obstacle(code, message, {"bookings": references[:MOST_NAMED]})
        for code, message, stands in (
            ("ride_under_way", "A ride is under way: wait until it is over.", lambda each: each.status in LIVE),
            ("ride_ahead", "Rides are booked: have them driven, or cancel them.", lambda each: each.status in UPCOMING),
            ("being_paid", "A quote is being paid right now: look again in a minute.", lambda each: each.acceptance),
            ("money_open", "A payment is not settled yet: that takes a few minutes.", is_unpaid),
        )
        if (references := [each.reference for each in newest if stands(each)])
    ]


def _newest(subject: Subject) -> Iterator[Booking]:
    if _has_own_rides(subject):
        yield from Booking.concierge_index.query(subject.user_id, scan_index_forward=False, limit=NEWEST)
    elif subject.profile_id and _runs_company(subject):
        yield from Booking.operator_index.query(subject.profile_id, scan_index_forward=False, limit=NEWEST)


def _runs_company(subject: Subject) -> bool:
    operator = Operator.find(subject.profile_id)
    return operator is not None and operator.user_id == subject.user_id


PART = Part(
    holdings=(
        archive.HOLDING,
        Holding(
            table=Booking,
            what="Rides: passengers' names, addresses, flight, wishes, notes; who asked for them, sold and drove them",
            why=RIDES,
            found_by="`concierge-index` `conciergeId`; `driver-index` `driverId`; `operator-index` `operatorId`",
            erased="Of the person's own: names, addresses, flight, wishes and notes emptied; open requests called off. "
            "Prices, dates, statuses and numbers stay. In others' rides the person is struck from the notes",
            find=rides,
            forget=_forget_booking,
            write=_write_booking,
            needed=_must_stay,
            show=_show_booking,
        ),
        Holding(
            table=BookingHistory,
            what="Who did what to a ride, with their notes",
            why=RIDES,
            found_by="the person's rides, then Query `bookingId`",
            erased="Notes of the person's own rides, and their notes on others', emptied; the steps stay, by ids",
            find=_history,
            forget=_forget_history,
            show=_show_history,
        ),
        Holding(
            table=Notice,
            what="Which e-mails about a ride were sent, and why one was not",
            why=RIDES,
            found_by="the person's rides, then Query `bookingId`",
            erased="What the mail server said emptied; that there was one stays, by ids",
            find=_notices,
            forget=_forget_notice,
            show=_show_notice,
        ),
        Holding(
            table=Quote,
            what="Offers for a ride, with a note",
            why=RIDES,
            found_by="the person's rides, then `booking-index`; a company's: `operator-index`",
            erased="Notes on the person's own rides emptied; in a company's offers the person is struck",
            find=_quotes,
            forget=_forget_quote,
        ),
        Holding(
            table=PaymentTransaction,
            what="Payments: who paid whom by id, amounts, brand and last four digits of the card",
            why=BOOKS,
            found_by="the person's rides, then `booking-index`",
            erased="Kept by law for 10 years; the person is struck from the reasons of refunds",
            find=_payments,
            forget=_forget_payment,
            show=show_without("sourceId", "gatewayVersion", "dueShard", "dueAt"),
        ),
    ),
    gate=_gate,
)
