"""A hold that is gone and was of no kept card, and a cancellation fee that a card refuses: told, and mended by
another."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives

import payments.services
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus
from bookings.tables import Booking, Notice
from payments.cards.consent import VERSION
from payments.tables import PaymentTransaction
from tests.bookings.far_ahead import at, kept_card, now, sold_far, tick
from tests.bookings.looking import at_square, refused
from tests.bookings.stage import CARD, ON_THE_ROAD, Cast, accepted, assigned, browser

S, P = BookingStatus, PaymentStatus
HOUR = timedelta(hours=1)
LAPSED = "AUTHORIZATION_LAPSED"
Mails = list[EmailMultiAlternatives]


def lapse(booking: Booking, sandbox: SandboxControl) -> Any:
    """The bank lets the hold go; nobody has told us yet, until we look."""
    sandbox.advance(timedelta(days=8))
    with refused("authorization_lapsed"):
        payments.services.capture(transaction_id=str(booking.transaction_id))
    return now(booking)


def told(booking: Booking) -> list[str]:
    kinds = {"card_refused", "payment_missing", "fee_refused"}
    return sorted(str(each.kind) for each in Notice.query(booking.id) if each.kind in kinds)


def cancel(cast: Cast, booking: Booking) -> Any:
    services.cancel(
        user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Plans changed"
    )
    return now(booking)


def owed_fee(cast: Cast) -> Any:
    """Half of a long ride, which the card has no money for."""
    booking = sold_far(cast, "insufficient-funds-later", duration_hours=6)
    with at(now(booking).pickup_at - 20 * HOUR):
        return cancel(cast, booking)


def test_who_pays_is_asked_for_a_card(cast: Cast, sandbox: SandboxControl, mailoutbox: Mails) -> None:
    booking = accepted(cast, hours_ahead=48)
    stored = lapse(booking, sandbox)
    assert (stored.payment_status, stored.hold.code, stored.card_id) == (P.PENDING, LAPSED, None)
    assert told(booking) == ["card_refused", "payment_missing"]
    services.follow_payment(booking_id=booking.id)
    assert len(told(booking)) == 2
    [mail] = [each for each in mailoutbox if ".card_refused." in each.extra_headers["Message-ID"]]
    assert f"/bookings/{booking.id}/card/" in mail.body
    client = browser(cast.concierge)
    page = client.get(f"/bookings/{booking.id}/").content.decode()
    assert "let go by the bank" in page
    assert "No card is kept for this ride." in page
    client.post(f"/bookings/{booking.id}/card/", {"source_id": CARD, "consent": VERSION})
    mended = now(booking)
    assert (mended.payment_status, mended.hold.code, mended.hold.asked_at) == (P.AUTHORIZED, None, None)
    assert mended.transaction_id != booking.transaction_id
    assert at_square(sandbox, booking)[-1] == ("APPROVED", 21_000)


@pytest.mark.slow
def test_nobody_sets_out_and_without_a_card_it_is_called_off(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast, hours_ahead=48)
    stored = lapse(booking, sandbox)
    with refused("payment_missing"):
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.DRIVER_EN_ROUTE)
    tick(stored.pickup_at - 3 * HOUR)
    assert now(booking).status is S.DRIVER_ASSIGNED
    tick(stored.pickup_at - 2 * HOUR)
    assert (now(booking).status, now(booking).cancellation_code) == (S.CANCELLED, CancellationCode.PAYMENT_FAILED)


def test_lost_shortly_before_there_is_an_hour_left(cast: Cast, sandbox: SandboxControl) -> None:
    booking = accepted(cast, hours_ahead=1.75)
    stored = lapse(booking, sandbox)
    tick(stored.hold.asked_at + timedelta(minutes=50))
    assert now(booking).status is S.OPERATOR_ASSIGNED
    tick(stored.hold.asked_at + timedelta(minutes=61))
    tick(stored.hold.asked_at + timedelta(minutes=62))  # the alert of a missed departure was due before
    assert now(booking).status is S.CANCELLED


def test_no_show_after_the_hold_is_gone_leaves_the_fee_owed_and_told(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast)
    for status in ON_THE_ROAD[:2]:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    lapse(booking, sandbox)
    with at(max(now(booking).pickup_at, now(booking).arrived_at) + HOUR):
        services.cancel(user=cast.owner, booking_id=booking.id, code=CancellationCode.NO_SHOW, reason="Waited.")
    over = now(booking)
    assert (over.status, over.cancellation_fee, over.payment_status) == (S.CANCELLED, 21_000, P.PENDING)
    assert "fee_refused" in told(booking)
    services.replace_card(user=cast.concierge, booking_id=booking.id, card_id=kept_card(cast).id)
    assert (now(booking).payment_status, now(booking).paid) == (P.CAPTURED, 21_000)


def test_a_fee_that_was_refused_is_told_and_paid_by_another_card(
    cast: Cast, sandbox: SandboxControl, mailoutbox: Mails
) -> None:
    over = owed_fee(cast)
    assert told(over) == ["fee_refused"]
    [mail] = [each for each in mailoutbox if ".fee_refused." in each.extra_headers["Message-ID"]]
    assert "Cancellation fee: $105.00" in mail.body
    assert "There is not enough money on the card." in mail.body
    client = browser(cast.concierge)
    page = client.get(f"/bookings/{over.id}/").content.decode()
    assert "The cancellation fee of $105.00 is owed." in page
    answer = client.post(f"/bookings/{over.id}/card/", {"source_id": CARD, "consent": VERSION}, follow=True)
    assert "The cancellation fee is charged to it." in answer.content.decode()
    paid = now(over)
    assert (paid.payment_status, paid.paid, paid.receipt_number is not None) == (P.CAPTURED, 10_500, True)
    assert at_square(sandbox, over)[-1] == ("COMPLETED", 10_500)
    with refused("wrong_state"):
        services.replace_card(user=cast.concierge, booking_id=over.id, card_id=kept_card(cast).id)
    assert sum(amount for status, amount in at_square(sandbox, over) if status == "COMPLETED") == 10_500


def test_another_card_that_refuses_the_fee_is_told_again(cast: Cast, sandbox: SandboxControl) -> None:
    over = owed_fee(cast)
    second = kept_card(cast, "insufficient-funds-later")
    services.replace_card(user=cast.concierge, booking_id=over.id, card_id=second.id)
    assert (now(over).hold.code, now(over).card_id) == ("INSUFFICIENT_FUNDS", second.id)
    assert told(over) == ["fee_refused", "fee_refused"]


def test_a_fee_by_a_card_that_gives_it_tells_nothing(cast: Cast, sandbox: SandboxControl) -> None:
    booking = sold_far(cast, duration_hours=6)
    with at(now(booking).pickup_at - 20 * HOUR):
        over = cancel(cast, booking)
    assert (over.payment_status, told(over)) == (P.CAPTURED, [])
    with refused("wrong_state"):
        services.replace_card(user=cast.concierge, booking_id=over.id, card_id=kept_card(cast).id)


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_a_lost_answer_about_the_fee_is_asked_for_by_the_same_key(
    cast: Cast, sandbox: SandboxControl, fault: str
) -> None:
    over = owed_fee(cast)
    card = kept_card(cast)
    sandbox.inject(fault, path="/v2/payments", method="POST", count=2)
    services.replace_card(user=cast.concierge, booking_id=over.id, card_id=card.id)
    services.charge_fee(booking_id=over.id)
    assert (now(over).payment_status, now(over).paid) == (P.CAPTURED, 10_500)
    tries = [row for row in PaymentTransaction.booking_index.query(over.id) if row.card_id == card.id]
    assert len(tries) == 1
