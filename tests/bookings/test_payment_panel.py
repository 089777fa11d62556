"""The panel of money on a booking's page: who sees it, and what it tells in each state."""

import html
import re

import pytest

import payments.services
import payments.tables
from atlas.errors import PaymentDeclined
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from tests.bookings.stage import DECLINED_CARD, Cast, accept, accepted, browser, driven, quoted, requested

pytestmark = pytest.mark.usefixtures("sandbox")


def panel(cast: Cast, who: str, booking: Booking) -> str:
    """The panel's text, empty where there is none."""
    page = browser(cast.user(who)).get(f"/bookings/{booking.id}/").content.decode()
    found = re.search(r'<section class="card" id="payment-panel".*?</section>', page, re.DOTALL)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", found[0]).split())) if found else ""


@pytest.mark.parametrize(
    ("who", "sees"), [("concierge", True), ("owner", True), ("manager", True), ("admin", True), ("chauffeur", False)]
)
def test_money_is_for_who_pays_who_is_paid_and_staff(cast: Cast, who: str, sees: bool) -> None:
    booking = driven(cast, BookingStatus.DRIVER_EN_ROUTE)
    assert bool(panel(cast, who, booking)) == sees


def test_a_ride_that_was_paid_and_refunded_is_told_step_by_step(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    assert "Charged $210.00" in panel(cast, "concierge", booking)
    payments.services.refund(transaction_id=str(booking.transaction_id), amount=1_000, reason="A late start")
    assert "On its way back $10.00" in panel(cast, "concierge", booking)
    (under_way,) = payments.tables.PaymentTransaction.fetch(booking.transaction_id).refunds
    sandbox.settle_refund(str(under_way.gateway_id))
    payments.services.follow_refund(transaction_id=str(booking.transaction_id), key=under_way.key)
    told = panel(cast, "concierge", booking)
    assert "Reserved $210.00 Charged $210.00 Given back $10.00" in told
    assert "Visa •••• 5858" in told
    assert "Refunded A late start $10.00" in told


def test_a_declined_try_is_explained_to_who_pays_and_hidden_from_others(cast: Cast) -> None:
    quote = quoted(cast, requested(cast))
    with pytest.raises(PaymentDeclined):
        accept(cast, quote, DECLINED_CARD)
    booking = Booking.fetch(quote.booking_id)
    assert "The bank declined the card." in panel(cast, "concierge", booking)
    assert panel(cast, "owner", booking).startswith("Estimate")
    assert "declined" not in panel(cast, "owner", booking)
    sold = accept(cast, quote)
    assert "The bank declined the card." not in panel(cast, "owner", sold)
    assert "Reserved $210.00" in panel(cast, "owner", sold)


def test_a_released_hold_took_nothing(cast: Cast) -> None:
    booking = accepted(cast)
    services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Changed plans")
    assert "Released; nothing was charged" in panel(cast, "concierge", booking)
