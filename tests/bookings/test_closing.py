"""Cancellations with their fees, no-shows, refunds; and a booking that goes by its payment as it is."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest

from accounts.tables import User
from atlas.errors import AtlasError, Forbidden, NotFound
from atlas.local.square.testing import SandboxControl
from bookings import handlers, services
from bookings.events import RideCancelled
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, DeclineReason, PaymentStatus, QuoteStatus
from bookings.tables import Booking
from fleet.rules.types import DriverStatus, VehicleStatus
from fleet.tables import Driver, Operator, Vehicle
from payments import services as payments
from payments.events import PaymentRefunded, PaymentSettled, PaymentVoided
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.looking import at_square, due_ids, later, now, open_ids, promised, quote_states, refused, story
from tests.bookings.stage import DECLINED_CARD, Cast, accept, accepted, assigned, driven, quoted, requested, rival_quote

S, Code = BookingStatus, CancellationCode
pytestmark = pytest.mark.usefixtures("sandbox")


def cancel(who: User, booking: Booking, code: CancellationCode = Code.CLIENT_REQUEST) -> Booking:
    return services.cancel(user=who, booking_id=booking.id, code=code, reason="Plans changed")


def settle_refunds(sandbox: SandboxControl, booking: Booking, status: str = "COMPLETED") -> None:
    """The bank's answer, and Atlas looking after it."""
    row = PaymentTransaction.fetch(booking.transaction_id)
    for refund in sandbox.refunds():
        if refund["status"] == "PENDING":
            sandbox.settle_refund(refund["id"], status)
    for operation in row.refunds:
        payments.follow_refund(transaction_id=row.id, key=operation.key)


def test_a_request_is_called_off_with_all_its_quotes(cast: Cast) -> None:
    booking = requested(cast)
    quotes = [quoted(cast, booking), rival_quote(cast, booking)]
    cancel(cast.concierge, booking)
    stored = now(booking)
    assert (stored.status, stored.cancellation_fee, stored.pending_quotes) == (S.CANCELLED, 0, 0)
    assert (stored.cancellation_code, stored.cancellation_reason) == (Code.CLIENT_REQUEST, "Plans changed")
    closed = (QuoteStatus.DECLINED, str(DeclineReason.BOOKING_CLOSED))
    assert quote_states(booking) == {quote.id: closed for quote in quotes}
    assert stored.id not in open_ids() | due_ids()
    assert story(booking)[-1] == ("cancel", "QUOTING", "CANCELLED", "CONCIERGE")


def test_who_may_call_off(cast: Cast) -> None:
    open_request = requested(cast)
    quoted(cast, open_request)
    for outsider in (cast.owner, cast.other_concierge, cast.chauffeur):  # it is not the bidder's yet
        with pytest.raises(NotFound):
            cancel(outsider, open_request)
    sold = assigned(cast)
    with pytest.raises(Forbidden):
        cancel(cast.chauffeur, sold)
    with pytest.raises(NotFound):
        cancel(cast.rival, sold)
    cancel(cast.owner, sold, Code.VEHICLE_BREAKDOWN)
    assert story(sold)[-1][3] == "OPERATOR"
    cancel(cast.admin, open_request)


def test_in_time_the_client_pays_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast, hours_ahead=1.2)
    cancel(cast.concierge, booking)
    stored = now(booking)
    assert (stored.cancellation_fee, stored.payment_status) == (0, PaymentStatus.PENDING)
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]
    assert PaymentTransaction.fetch(stored.transaction_id).status is TransactionStatus.VOIDED
    assert promised(driver_id=cast.driver.id) == promised(vehicle_id=cast.sedan.id) == set()
    assert not stored.job_driver_id


@pytest.mark.parametrize(
    ("hours_ahead", "ride", "share"),
    [
        (0.9, {}, 0.5),
        (23.0, {}, 0),
        (23.0, {"duration_hours": 4.0}, 0.5),
        (25.0, {"duration_hours": 4.0}, 0),
        (23.0, {"distance_km": 201.0}, 0.5),
    ],
)
def test_too_late_costs_half(
    cast: Cast, sandbox: SandboxControl, hours_ahead: float, ride: dict[str, Any], share: float
) -> None:
    booking = accepted(cast, hours_ahead=hours_ahead, **ride)
    cancel(cast.concierge, booking)
    kept = round(21_000 * share)
    assert now(booking).cancellation_fee == kept
    assert now(booking).payment_status is (PaymentStatus.CAPTURED if kept else PaymentStatus.PENDING)
    assert at_square(sandbox, booking) == ([("COMPLETED", kept)] if kept else [("CANCELED", 21_000)])


def test_the_operators_fault_costs_the_client_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.ARRIVED, hours_ahead=0.2)
    cancel(cast.owner, booking, Code.VEHICLE_BREAKDOWN)
    assert now(booking).cancellation_fee == 0
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]


def test_on_the_way_everybody_is_free_again_and_nothing_counts(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.ARRIVED, hours_ahead=0.2)
    cancel(cast.concierge, booking)
    assert now(booking).cancellation_fee == 21_000
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]
    driver, car = Driver.fetch(cast.driver.id), Vehicle.fetch(cast.sedan.id)
    assert (driver.status, driver.total_trips) == (DriverStatus.ONLINE, 0)
    assert (car.status, Operator.fetch(cast.operator.id).total_bookings) == (VehicleStatus.AVAILABLE, 0)
    assert not driver.current_booking_id
    assert promised(driver_id=cast.driver.id) == set()


def test_a_no_show_is_stated_after_the_free_wait_and_costs_everything(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.ARRIVED, hours_ahead=0.2)
    for who in (cast.owner, cast.concierge):
        with refused("no_show_too_early"):
            cancel(who, booking, Code.NO_SHOW)
    with later(minutes=26), refused("no_show_too_early"):
        cancel(cast.owner, booking, Code.NO_SHOW)  # 15 minutes after the pick-up time, not after the arrival
    with later(minutes=28):
        with refused("no_show_too_early"):
            cancel(cast.concierge, booking, Code.NO_SHOW)  # nobody says it of themselves
        cancel(cast.owner, booking, Code.NO_SHOW)
    stored = now(booking)
    assert (stored.status, stored.cancellation_code, stored.cancellation_fee) == (S.CANCELLED, Code.NO_SHOW, 21_000)
    assert stored.payment_status is PaymentStatus.CAPTURED
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]


def test_what_is_over_cannot_be_called_off(cast: Cast) -> None:
    booking = accepted(cast)
    cancel(cast.concierge, booking)
    with refused("wrong_state") as details:
        cancel(cast.concierge, booking)
    assert details == {"status": "CANCELLED", "actions": []}
    paid = driven(cast, S.COMPLETED)
    for who in (cast.concierge, cast.owner):
        with refused("wrong_state"):
            cancel(who, paid)


def test_an_admin_undoes_a_paid_ride_with_its_money(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    cancel(cast.admin, booking)
    assert (now(booking).status, now(booking).payment_status) == (S.CANCELLED, PaymentStatus.CAPTURED)
    settle_refunds(sandbox, booking)
    assert now(booking).payment_status is PaymentStatus.REFUNDED
    assert [(each["status"], each["amount_money"]["amount"]) for each in sandbox.refunds()] == [("COMPLETED", 21_000)]


def test_what_was_refunded_before_is_not_refunded_again(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    payments.refund(transaction_id=str(booking.transaction_id), amount=5_000, reason="A late car")
    settle_refunds(sandbox, booking)
    assert now(booking).payment_status is PaymentStatus.CAPTURED
    cancel(cast.admin, booking)
    event = RideCancelled(booking.id, str(booking.transaction_id), 0)
    handlers.release_payment(event)  # heard twice
    settle_refunds(sandbox, booking)
    handlers.release_payment(event)
    assert sorted(each["amount_money"]["amount"] for each in sandbox.refunds()) == [5_000, 16_000]
    assert now(booking).payment_status is PaymentStatus.REFUNDED


def test_a_refund_that_the_bank_refuses_leaves_the_money_ours(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    cancel(cast.admin, booking)
    settle_refunds(sandbox, booking, "REJECTED")
    assert now(booking).payment_status is PaymentStatus.CAPTURED


def test_an_admin_undoes_a_completed_ride_before_it_was_paid(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.IN_PROGRESS)
    sandbox.inject("drop_before", path="/complete", count=2)
    services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.COMPLETED)
    assert now(booking).status is S.COMPLETED
    sandbox.clear_faults()
    cancel(cast.admin, booking)
    settle_refunds(sandbox, booking)
    # The capture was under way with its key stored: it is finished first and then given back, so nothing is kept.
    assert (now(booking).status, now(booking).payment_status) == (S.CANCELLED, PaymentStatus.REFUNDED)
    assert [each["amount_money"]["amount"] for each in sandbox.refunds()] == [21_000]


@pytest.mark.slow
def test_late_double_and_foreign_news_of_payments_change_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    """The booking goes by its payment as it is, whatever order the news come in."""
    booking = requested(cast)
    quote = quoted(cast, booking)
    with suppress(AtlasError):
        accept(cast, quote, DECLINED_CARD)
    accept(cast, quote)
    handlers.follow_payment(PaymentVoided(booking.id, "an earlier try's"))
    assert now(booking).payment_status is PaymentStatus.AUTHORIZED
    handlers.follow_payment(PaymentSettled(booking.id, str(now(booking).transaction_id), 21_000))
    assert now(booking).payment_status is PaymentStatus.AUTHORIZED

    done = driven(cast, S.COMPLETED, hours_ahead=90)
    cancel(cast.admin, done)
    settle_refunds(sandbox, done)
    before = now(done)
    handlers.follow_payment(PaymentSettled(done.id, str(done.transaction_id), 21_000))
    handlers.follow_payment(PaymentRefunded(done.id, str(done.transaction_id), 21_000, 21_000, 21_000))
    assert (now(done).payment_status, now(done).version) == (PaymentStatus.REFUNDED, before.version)


def test_paid_and_given_back_before_anybody_heard_is_still_paid(
    cast: Cast, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """News of the capture get lost until all was refunded: the ride was paid, and its money went back."""
    booking = driven(cast, S.IN_PROGRESS)
    with monkeypatch.context() as deaf:
        deaf.setattr("atlas.outbox._deliver_soon", lambda row: None)
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.COMPLETED)
        payments.capture(transaction_id=str(booking.transaction_id))
        payments.refund(transaction_id=str(booking.transaction_id), reason="Kindness")
        settle_refunds(sandbox, booking)
    assert services.follow_payment(booking_id=booking.id)
    assert (now(booking).status, now(booking).payment_status) == (S.PAID, PaymentStatus.REFUNDED)
    assert not services.follow_payment(booking_id=booking.id)


def test_a_hold_that_lapses_is_seen(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    sandbox.advance(timedelta(days=8))
    with refused("authorization_lapsed"):
        payments.capture(transaction_id=str(booking.transaction_id))
    assert now(booking).payment_status is PaymentStatus.PENDING
    cancel(cast.concierge, booking)
    assert now(booking).status is S.CANCELLED
