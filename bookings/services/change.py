"""The one way in which a booking changes: status by the lifecycle, index keys by the status, history beside it."""

from datetime import datetime, timedelta

from django.conf import settings

from atlas import outbox
from atlas.dynamo.attributes import instant_text
from atlas.dynamo.transaction import Transaction
from atlas.events import publish
from atlas.shards import shard_of
from bookings import tally
from bookings.events import BookingAlert, BookingChanged, NoticesDue, RequestOpened
from bookings.rules.deadlines import Due, due
from bookings.rules.final_price import ANSWER_WITHIN, PriceState
from bookings.rules.holding import call_off_at, is_tried_for, is_wanted
from bookings.rules.lifecycle import INITIAL, JOBS, OPEN, Action, Actor, BookingStatus, transition
from bookings.rules.notices import TOLD, Occasion
from bookings.rules.types import PaymentStatus
from bookings.tables import Booking, BookingHistory

TIME_FOR_A_CARD = timedelta(hours=1)


def move(
    tx: Transaction,
    booking: Booking,
    action: Action,
    actor: Actor,
    *,
    user_id: str | None,
    note: str | None = None,
    former_driver_id: str | None = None,
    silent: bool = False,
) -> None:
    """Do `action` to the booking and write it, with its history row, into `tx`.

    Raises `Conflict` or `Forbidden` by the table of transitions; everything else about the booking that changes with it
    is set by the caller before. Live views hear of it once the transaction holds, and the parties by e-mail unless it
    is `silent`; `former_driver_id` is who had the job until now.
    """
    before = booking.status
    was_open = before in OPEN
    booking.status = transition(before, action, actor)
    record(tx, booking, action, actor, before=before, user_id=user_id, note=note)
    if action in TOLD and not silent:
        outbox.add(tx, _notices(booking, action, before, former_driver_id))
    tally.count(tx, booking, before=before)
    save(tx, booking)
    tx.on_commit(lambda: publish(_news(booking, action)))
    if was_open != (booking.status in OPEN):
        opened = RequestOpened(booking.id, booking.status in OPEN)
        tx.on_commit(lambda: publish(opened))


def begin(tx: Transaction, booking: Booking, actor: Actor, *, user_id: str) -> None:
    """A new booking: it is NEW for as long as this transaction takes, then open for quotes."""
    booking.status = transition(INITIAL, Action.PUBLISH, actor)
    record(tx, booking, Action.PUBLISH, actor, before=INITIAL, user_id=user_id, note=None)
    set_index_keys(booking)
    tally.count(tx, booking, before=None)
    tx.create(booking)
    opened = RequestOpened(booking.id, True)
    tx.on_commit(lambda: publish(opened))


def save(tx: Transaction, booking: Booking, *, announce: bool = False) -> None:
    """Write the booking under its version, index keys in step with its state; `announce` it to live views."""
    set_index_keys(booking)
    tx.save(booking)
    if announce:
        tx.on_commit(lambda: publish(_news(booking, None)))


def tell(tx: Transaction, booking: Booking, occasion: Occasion) -> None:
    """Its parties hear of this by e-mail, and at once who is looking; before `save`, which it goes with."""
    outbox.add(tx, NoticesDue(booking.id, _next_version(booking), str(occasion), booking.driver_id, None))
    alert = BookingAlert(booking.id, booking.concierge_id, booking.operator_id, str(occasion))
    tx.on_commit(lambda: publish(alert))


def record(
    tx: Transaction,
    booking: Booking,
    action: Action,
    actor: Actor,
    *,
    before: BookingStatus,
    user_id: str | None,
    note: str | None,
) -> None:
    tx.create(
        BookingHistory(
            booking_id=booking.id,
            sequence=_next_version(booking),
            action=action,
            from_status=before,
            to_status=booking.status,
            actor=actor,
            actor_id=user_id,
            note=note,
        )
    )


def set_index_keys(booking: Booking) -> None:
    """Put the booking into the sparse indexes where its state belongs, and out of the others."""
    is_open = booking.status in OPEN
    booking.open_shard = shard_of(booking.id) if is_open else None
    booking.open_since = f"{instant_text(booking.created_at)}#{booking.id}" if is_open else None
    booking.counts_on = booking.card_id if is_wanted(booking.status) else None
    booking.job_driver_id = booking.driver_id if booking.status in JOBS else None
    upcoming = next_due(booking)
    booking.due_shard = shard_of(booking.id) if upcoming else None
    booking.due_at = upcoming.at if upcoming else None


def next_due(booking: Booking) -> Due | None:
    """What time itself does next to this booking."""
    accepting, charging, final = booking.acceptance, booking.charging, booking.final
    asked = final is not None and final.state is PriceState.ASKED
    ask_at, call_off_at = _hold_due(booking)
    return due(
        status=booking.status,
        deadline=booking.deadline,
        pickup_at=booking.pickup_at,
        acceptance_due_at=accepting.started_at + settings.ACCEPTANCE_ANSWERED_WITHIN if accepting else None,
        departure_alerted=booking.departure_alerted_at is not None,
        charge_due_at=charging.started_at + settings.ACCEPTANCE_ANSWERED_WITHIN if charging else None,
        capture_at=booking.capture_at,
        answer_until=final.stated_at + ANSWER_WITHIN if asked else None,
        ask_at=ask_at,
        call_off_at=call_off_at,
    )


def is_held(booking: Booking) -> bool:
    """Whether money for the ride is reserved, or was taken."""
    return booking.transaction_id is not None and booking.payment_status is not PaymentStatus.PENDING


def _hold_due(booking: Booking) -> tuple[datetime | None, datetime | None]:
    """When the card on file is asked (again), and when a ride without a hold is called off."""
    hold = booking.hold
    if hold is None or not is_tried_for(booking.status):
        return None, None
    if hold.transaction_id is not None:  # nothing else happens to it until that is answered
        return hold.asked_at + settings.ACCEPTANCE_ANSWERED_WITHIN, None
    if not is_wanted(booking.status):
        return None, None
    return hold.ask_at, called_off_at(booking)


def called_off_at(booking: Booking) -> datetime | None:
    """When a ride that waits for a card is called off; who has none, and lost the hold, has an hour at least."""
    at = call_off_at(status=booking.status, pickup_at=booking.pickup_at, is_held=is_held(booking))
    since = booking.hold.asked_at if booking.hold is not None and booking.hold.transaction_id is None else None
    return max(at, since + TIME_FOR_A_CARD) if at is not None and since is not None else at


def _notices(booking: Booking, action: Action, before: BookingStatus, former_driver_id: str | None) -> NoticesDue:
    has_job = before in JOBS or booking.status in JOBS
    return NoticesDue(
        booking_id=booking.id,
        sequence=_next_version(booking),
        action=action,
        driver_id=booking.driver_id if has_job else None,
        former_driver_id=former_driver_id,
    )


def _next_version(booking: Booking) -> int:
    return int(booking.version or 0) + 1


def _news(booking: Booking, action: Action | None) -> BookingChanged:
    return BookingChanged(
        booking_id=booking.id,
        concierge_id=booking.concierge_id,
        operator_id=booking.operator_id,
        driver_id=booking.driver_id,
        vehicle_id=booking.vehicle_id,
        status=booking.status,
        payment_status=booking.payment_status,
        version=booking.version,
        action=action,
    )
