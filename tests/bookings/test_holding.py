"""The card on file is asked near the pick-up, again after a no, anew before its hold ends; or the ride is off."""

from datetime import timedelta
from unittest.mock import patch

import pytest

from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus
from bookings.tables import Booking, Notice
from payments import gateway
from payments.cards.consent import VERSION
from payments.cards.tables import SavedCard
from payments.cards.using import list_cards, remove_card
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.far_ahead import asked, at, far_quote, kept_card, now, sold_far, take, tick, token
from tests.bookings.looking import at_square, due_ids, refused, story
from tests.bookings.stage import ON_THE_ROAD, Cast, quoted, requested
from tests.payments.cards.test_following import hear

S = BookingStatus
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def card_of(booking: Booking) -> SavedCard:
    return SavedCard.fetch(now(booking).card_id)


def told(booking: Booking) -> list[str]:
    return sorted(str(each.kind) for each in Notice.query(booking.id) if "ard" in each.kind or "pay" in each.kind)


def tries(booking: Booking) -> list[TransactionStatus]:
    rows = PaymentTransaction.booking_index.query(booking.id)
    return [row.status for row in sorted(rows, key=lambda row: row.created_at)]


@pytest.mark.slow
def test_the_hold_is_taken_when_it_is_due_and_not_before(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast)
    tick(now(booking).hold.ask_at - timedelta(minutes=1))
    assert at_square(sandbox, booking) == []
    held = asked(booking)
    assert (held.payment_status, held.hold.code, held.hold.ask_at) == (PaymentStatus.AUTHORIZED, None, None)
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]
    assert PaymentTransaction.fetch(held.transaction_id).split.total == 21_000
    assert told(booking) == []
    tick(held.pickup_at - 5 * DAY)
    assert sandbox.authorizations(booking.id) == 1


@pytest.mark.slow
def test_a_ride_that_is_held_for_goes_on_to_its_end(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast)
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    asked(booking)
    for status in (S.DRIVER_EN_ROUTE, S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS, S.COMPLETED):
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    assert now(booking).status is S.PAID
    assert now(booking).counts_on is None
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000)]


def test_nobody_sets_out_before_it_is_held_for(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast)
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    with refused("payment_missing"):
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.DRIVER_EN_ROUTE)


@pytest.mark.slow
def test_a_card_without_money_is_asked_again_and_its_people_are_told_once(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, "insufficient-funds-later")
    first = now(booking).hold.ask_at
    stored = asked(booking)
    assert (stored.payment_status, stored.hold.code, stored.hold.refusals) == (
        PaymentStatus.PENDING,
        "INSUFFICIENT_FUNDS",
        1,
    )
    assert DAY <= stored.hold.ask_at - first < DAY + HOUR
    assert told(booking) == ["card_refused", "payment_missing"]
    again = asked(booking)
    assert again.hold.refusals == 2
    assert told(booking) == ["card_refused", "payment_missing"]
    assert tries(booking) == [TransactionStatus.FAILED] * 2
    sandbox.steer_card(str(card_of(booking).card_id), decline="APPROVE")
    held = asked(booking)
    assert (held.payment_status, held.hold.refusals, held.hold.code) == (PaymentStatus.AUTHORIZED, 0, None)
    assert at_square(sandbox, booking)[-1] == ("APPROVED", 21_000)


@pytest.mark.slow
def test_an_expired_card_is_asked_once_and_called_off_in_the_end(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, "expired-later")
    stored = asked(booking)
    assert (stored.hold.code, stored.hold.ask_at) == ("CARD_EXPIRED", None)
    assert stored.due_at == stored.pickup_at - 2 * HOUR
    tick(stored.pickup_at - 3 * HOUR)
    assert now(booking).status is S.OPERATOR_ASSIGNED
    tick(stored.pickup_at - 2 * HOUR)
    over = now(booking)
    assert (over.status, over.cancellation_code, over.cancellation_fee) == (
        S.CANCELLED,
        CancellationCode.PAYMENT_FAILED,
        0,
    )
    assert story(booking)[-1] == ("cancel", "OPERATOR_ASSIGNED", "CANCELLED", "SYSTEM")
    assert (over.due_at, over.counts_on) == (None, None)
    assert len(tries(booking)) == 1


@pytest.mark.slow
def test_every_try_that_the_policy_gives_and_no_more(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, "declined-later")
    while (stored := now(booking)).hold.ask_at is not None:
        tick(stored.hold.ask_at)
    assert 3 <= stored.hold.refusals <= 12
    assert len(tries(booking)) == stored.hold.refusals
    assert told(booking) == ["card_refused", "card_refused", "payment_missing", "payment_missing"]
    tick(stored.pickup_at - 2 * HOUR)
    assert now(booking).status is S.CANCELLED


@pytest.mark.slow
def test_a_long_ride_that_is_called_off_costs_its_fee_where_the_card_gives_it(
    cast: Cast, sandbox: SandboxControl
) -> None:
    """Somebody's whole day was kept free: half the price, asked of the card that had no money for all of it."""
    booking = sold_far(cast, "insufficient-funds-later", duration_hours=6)
    while now(booking).hold.ask_at is not None:
        asked(booking)
    sandbox.steer_card(str(card_of(booking).card_id), decline="APPROVE")
    tick(now(booking).pickup_at - 2 * HOUR)
    over = now(booking)
    assert (over.status, over.cancellation_fee) == (S.CANCELLED, 10_500)
    assert over.payment_status is PaymentStatus.CAPTURED
    assert at_square(sandbox, booking)[-1] == ("COMPLETED", 10_500)
    assert over.receipt_number
    services.charge_fee(booking_id=booking.id)
    assert sum(amount for status, amount in at_square(sandbox, booking) if status == "COMPLETED") == 10_500


def test_a_fee_that_the_card_refuses_stays_owed(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, "insufficient-funds-later", duration_hours=6)
    with at(now(booking).pickup_at - 20 * HOUR):
        services.cancel(
            user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Plans changed"
        )
    over = now(booking)
    assert (over.cancellation_fee, over.payment_status, over.hold.ask_at) == (10_500, PaymentStatus.PENDING, None)
    assert over.hold.code == "INSUFFICIENT_FUNDS"
    assert tries(booking) == [TransactionStatus.FAILED]
    services.charge_fee(booking_id=booking.id)
    assert len(tries(booking)) == 1


def test_called_off_early_costs_nothing_and_asks_nobody(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Plans changed")
    assert now(booking).cancellation_fee == 0
    assert tries(booking) == []
    assert booking.id not in due_ids()


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_answer_is_asked_for_by_the_same_key(cast: Cast, sandbox: SandboxControl, fault: str) -> None:
    booking = sold_far(cast)
    due = now(booking).hold.ask_at
    tick(due - timedelta(minutes=1))  # what other tests left due is none of this fault's
    sandbox.inject(fault, path="/v2/payments", count=2)
    tick(due)
    stored = now(booking)
    assert stored.hold.transaction_id
    with at(due + timedelta(seconds=1)), refused("payment_in_progress"):
        services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Now")
    tick(due + timedelta(minutes=1))
    assert now(booking).payment_status is PaymentStatus.AUTHORIZED
    assert at_square(sandbox, booking) == [("APPROVED", 21_000)]
    assert tries(booking) == [TransactionStatus.AUTHORIZED]


@pytest.mark.slow
def test_square_away_for_long_is_no_word_of_the_bank(cast: Cast, sandbox: SandboxControl) -> None:
    """The try is called off after ten minutes, and another one follows in an hour."""
    booking = sold_far(cast)
    due = now(booking).hold.ask_at
    sandbox.inject("drop_before", path="/v2/payments", count=1000)
    for minutes in (0, 1, 11):
        tick(due + timedelta(minutes=minutes))
    stored = now(booking)
    assert (stored.hold.transaction_id, stored.hold.code) == (None, "ABANDONED")
    assert stored.hold.ask_at - due < 2 * HOUR
    sandbox.clear_faults()
    assert asked(booking).payment_status is PaymentStatus.AUTHORIZED
    with at(due + 3 * HOUR):
        from payments import tasks as payments_tasks  # noqa: PLC0415

        payments_tasks.settle_due()
    assert [status for status, _ in at_square(sandbox, booking)].count("APPROVED") == 1


def test_killed_after_the_answer_before_it_was_written(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast)
    due = now(booking).hold.ask_at
    with patch("bookings.services.holding._record", side_effect=Unavailable):
        tick(due)
    assert now(booking).hold.transaction_id
    tick(due + timedelta(minutes=1))
    assert now(booking).payment_status is PaymentStatus.AUTHORIZED
    assert sandbox.authorizations(booking.id) == 1


def test_a_hold_that_ends_during_the_ride_is_followed_by_another(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast, hours_ahead=20, duration_hours=8, duration_days=9))
    booking = take(cast, quote, source_id=token(), consent=VERSION)
    first = now(booking)
    renewed = asked(booking)
    assert renewed.transaction_id != first.transaction_id
    assert renewed.hold.lapses_at > first.hold.lapses_at
    assert at_square(sandbox, booking) == [("CANCELED", 21_000), ("APPROVED", 21_000)]
    assert renewed.payment_status is PaymentStatus.AUTHORIZED


def test_a_renewal_that_is_refused_leaves_the_hold_that_stands(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast, hours_ahead=20, duration_hours=8, duration_days=9))
    booking = take(cast, quote, source_id=token(), consent=VERSION)
    first = now(booking)
    sandbox.steer_card(str(card_of(booking).card_id), decline="INSUFFICIENT_FUNDS")
    stored = asked(booking)
    assert (stored.transaction_id, stored.payment_status) == (first.transaction_id, PaymentStatus.AUTHORIZED)
    assert stored.hold.ask_at < stored.hold.lapses_at
    assert told(booking) == ["card_refused", "payment_missing"]
    assert at_square(sandbox, booking)[0] == ("APPROVED", 21_000)


def test_a_renewal_that_was_cut_off_is_finished_though_the_ride_is_over(cast: Cast, sandbox: SandboxControl) -> None:
    quote = quoted(cast, requested(cast, hours_ahead=20, duration_hours=8, duration_days=9))
    booking = take(cast, quote, source_id=token(), consent=VERSION)
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in ON_THE_ROAD[:-1]:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    due = now(booking).hold.ask_at
    with patch("bookings.services.holding._record", side_effect=Unavailable):
        tick(due)
    assert now(booking).hold.transaction_id
    services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.COMPLETED)
    tick(due + timedelta(minutes=1))
    assert now(booking).hold.transaction_id is None
    assert at_square(sandbox, booking) == [("COMPLETED", 21_000), ("CANCELED", 21_000)]
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="A mistake")


def test_a_hold_that_its_bank_let_go_is_asked_for_anew(cast: Cast, sandbox: SandboxControl) -> None:
    booking = take(cast, quoted(cast, requested(cast)), card_id=kept_card(cast).id)
    gone = PaymentTransaction.fetch(now(booking).transaction_id)
    gone.status = TransactionStatus.FAILED
    gone.save()
    services.follow_payment(booking_id=booking.id)
    assert now(booking).payment_status is PaymentStatus.PENDING
    held = asked(booking)
    assert (held.payment_status, held.transaction_id != gone.id) == (PaymentStatus.AUTHORIZED, True)


class TestAnotherCard:
    def test_it_is_asked_at_once_where_a_hold_is_due(self, cast: Cast, sandbox: SandboxControl) -> None:
        booking = sold_far(cast, "expired-later")
        refused_at = now(booking).hold.ask_at
        asked(booking)
        with at(refused_at + DAY):
            mended = services.replace_card(
                user=cast.concierge, booking_id=booking.id, source_id=token(), consent=VERSION
            )
        assert mended.payment_status is PaymentStatus.AUTHORIZED
        assert mended.hold.code is None
        assert now(booking).card_id == list_cards(payer_id=cast.concierge.id)[0].id
        assert at_square(sandbox, booking)[-1] == ("APPROVED", 21_000)

    def test_before_that_it_waits_for_its_time(self, cast: Cast, sandbox: SandboxControl) -> None:
        booking, other = sold_far(cast), kept_card(cast)
        due = now(booking).hold.ask_at
        changed = services.replace_card(user=cast.concierge, booking_id=booking.id, card_id=other.id)
        assert (changed.card_id, changed.counts_on, changed.hold.ask_at) == (other.id, other.id, due)
        assert at_square(sandbox, booking) == []

    def test_a_no_to_this_one_too_is_told_by_the_booking(self, cast: Cast, sandbox: SandboxControl) -> None:
        booking, other = sold_far(cast, "expired-later"), kept_card(cast, "insufficient-funds-later")
        asked(booking)
        with at(now(booking).pickup_at - 3 * DAY):
            mended = services.replace_card(user=cast.concierge, booking_id=booking.id, card_id=other.id)
        assert (mended.hold.code, mended.hold.refusals) == ("INSUFFICIENT_FUNDS", 1)

    def test_who_does_not_pay_gives_none(self, cast: Cast, sandbox: SandboxControl) -> None:
        booking, other = sold_far(cast), kept_card(cast)
        for user, code in ((cast.owner, "forbidden"), (cast.admin, "forbidden"), (cast.other_concierge, "not_found")):
            with refused(code):
                services.replace_card(user=user, booking_id=booking.id, card_id=other.id)

    def test_nor_for_a_ride_that_needs_none(self, cast: Cast, sandbox: SandboxControl) -> None:
        card = kept_card(cast)
        near = take(cast, quoted(cast, requested(cast)), source_id=token())
        with refused("no_card_on_file"):
            services.replace_card(user=cast.concierge, booking_id=near.id, card_id=card.id)
        over = sold_far(cast)
        services.cancel(user=cast.concierge, booking_id=over.id, code=CancellationCode.OTHER, reason="Plans changed")
        with refused("wrong_state"):
            services.replace_card(user=cast.concierge, booking_id=over.id, card_id=card.id)


class TestACardThatIsGone:
    def test_the_rides_that_count_on_it_are_told(self, cast: Cast, sandbox: SandboxControl) -> None:
        card = kept_card(cast)
        far = take(cast, far_quote(cast), card_id=card.id)
        near = take(cast, quoted(cast, requested(cast)), card_id=card.id)
        other = sold_far(cast)
        remove_card(payer_id=cast.concierge.id, card_id=card.id)
        assert now(far).hold.code == "CARD_REMOVED"
        assert told(far) == ["card_gone"]
        for untouched in (near, other):  # held for already, and paid by another card
            assert now(untouched).hold.code is None
            assert told(untouched) == []
        due = now(far).hold.ask_at
        missed = asked(far)
        assert (missed.hold.refusals, missed.hold.ask_at, tries(far)) == (1, None, [])
        assert told(far) == ["card_gone", "card_refused", "payment_missing"]
        with at(due + DAY):
            mended = services.replace_card(user=cast.concierge, booking_id=far.id, source_id=token(), consent=VERSION)
        assert mended.payment_status is PaymentStatus.AUTHORIZED

    def test_so_are_they_when_it_is_disabled_at_square(self, cast: Cast, sandbox: SandboxControl) -> None:
        booking = sold_far(cast)
        gateway.disable_card(str(card_of(booking).card_id))
        hear(*sandbox.events())
        assert now(booking).hold.code == "CARD_REMOVED"
        assert told(booking) == ["card_gone"]
        hear(*sandbox.events())
        assert told(booking) == ["card_gone"]
