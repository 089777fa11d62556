"""What was paid, to the cent, for those it concerns."""

from dataclasses import replace
from decimal import Decimal

import pytest

from atlas.errors import NotFound
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.receipts import Receipt, receipt
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus
from bookings.tables import Booking
from fleet.rules.operator_code import operator_code
from fleet.rules.pricing_rule import PricingRule
from fleet.rules.types import VehicleCategory
from fleet.services import set_pricing_rules
from payments import services as payments
from payments.tables import PaymentTransaction
from tests.bookings.looking import later, now, refused
from tests.bookings.stage import AIRPORT, HOTEL, Cast, accept, accepted, driven, quoted, requested, rival_quote

S = BookingStatus
pytestmark = pytest.mark.usefixtures("sandbox")


def of(cast: Cast, booking: Booking, who: str = "concierge") -> Receipt:
    return receipt(user=cast.user(who), booking_id=booking.id)


def test_a_ride_that_was_paid(cast: Cast) -> None:
    """The golden figures: 500.00 in New York with tax 44.38 and fee 25.00 is 569.38."""
    booking = requested(cast, tax_jurisdiction="US-NY")
    accept(cast, quoted(cast, booking, price=56_938))
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in (S.DRIVER_EN_ROUTE, S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS, S.COMPLETED):
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    found = of(cast, booking)
    assert (found.price.subtotal, found.price.tax, found.price.platform_fee) == (50_000, 4_438, 2_500)
    assert (found.price.total, found.price.driver_payout) == (56_938, 37_500)
    assert (found.amount_paid, found.amount_refunded, found.currency) == (56_938, 0, "USD")
    assert (found.status, found.payment_status) == (S.PAID, PaymentStatus.CAPTURED)
    assert (found.card_brand, found.card_last4) == ("VISA", "5858")
    assert found.number == f"{operator_code(cast.operator.id)}-{found.issued_at.year}-000001"
    assert (found.number, found.issued_at) == (now(booking).receipt_number, now(booking).receipted_at)
    assert (found.tax_jurisdiction, found.tax_rate) == ("US-NY", "0.08875")
    assert (found.concierge_name, found.passenger_name) == ("Sofia Marchetti", "Ms. Abdi")
    assert (found.operator_name, found.driver_name) == ("Meridian Chauffeurs", "Marcus Bell")
    assert (found.vehicle_name, found.plate_number) == ("BMW i7", "MRD 1002")
    assert (found.pickup_location, found.dropoff_location) == (HOTEL.label, AIRPORT.label)


def test_the_parts_of_the_price_go_by_the_operators_own_rule(cast: Cast) -> None:
    rule = PricingRule(
        vehicle_category=VehicleCategory.SEDAN,
        hourly_rate=9_000,
        base_p2p=10_000,
        per_km=200,
        min_hours=2,
        driver_commission_pct=Decimal("0.6"),
        tax_rate=Decimal("0.1"),
    )
    set_pricing_rules(user=cast.owner, rules={VehicleCategory.SEDAN: rule})
    booking = driven(cast, S.COMPLETED, tax_jurisdiction="")
    of_the_sale = of(cast, booking)
    other = replace(rule, driver_commission_pct=Decimal("0.2"), tax_rate=Decimal("0.3"))
    set_pricing_rules(user=cast.owner, rules={VehicleCategory.SEDAN: other})
    found = of(cast, booking)
    assert found == of_the_sale, "a rule of later changes nothing"
    assert (found.price.total, found.tax_rate) == (21_000, "0.1")
    assert found.price.tax == round(found.price.subtotal * 0.1)
    assert found.price.driver_payout == round(found.price.subtotal * 0.6)
    assert found.price.subtotal + found.price.tax + found.price.platform_fee == 21_000


def test_only_its_parties_see_it(cast: Cast) -> None:
    booking = driven(cast, S.COMPLETED)
    for who in ("concierge", "owner", "manager", "chauffeur", "admin"):
        assert of(cast, booking, who).booking_id == booking.id
    for who in ("other_concierge", "rival", "suspended"):
        with pytest.raises(NotFound):
            of(cast, booking, who)


def test_there_is_none_before_anything_was_owed(cast: Cast) -> None:
    waiting, sold = requested(cast), accepted(cast)
    rival_quote(cast, waiting)
    for booking in (waiting, sold, driven(cast, S.IN_PROGRESS, hours_ahead=90)):
        with refused("no_receipt_yet"):
            of(cast, booking)
    services.cancel(user=cast.concierge, booking_id=sold.id, code=CancellationCode.OTHER, reason="In time")
    with refused("no_receipt_yet"):
        of(cast, sold)


def test_of_a_late_cancellation_the_fee(cast: Cast) -> None:
    booking = accepted(cast, hours_ahead=2)
    with later(hours=1.5):
        services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="Late")
    found = of(cast, booking)
    assert (found.cancellation_fee, found.amount_paid, found.price.total) == (10_500, 10_500, 21_000)
    assert (found.status, found.driver_name) == (S.CANCELLED, "")
    assert found.number == now(booking).receipt_number
    assert found.issued_at >= now(booking).cancelled_at


def test_a_completed_ride_whose_money_is_still_to_be_taken(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.IN_PROGRESS)
    sandbox.inject("drop_before", path="/complete", count=2)
    services.report_status(user=cast.chauffeur, booking_id=booking.id, status=S.COMPLETED)
    found = of(cast, booking)
    assert (found.status, found.amount_paid, found.price.total) == (S.COMPLETED, 0, 21_000)
    assert found.number is None
    assert found.issued_at == now(booking).completed_at


def test_what_was_given_back_is_shown_even_of_a_ride_that_was_undone(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    services.cancel(user=cast.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="Goodwill")
    row = PaymentTransaction.fetch(booking.transaction_id)
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    payments.follow_refund(transaction_id=row.id, key=row.refunds[0].key)
    found = of(cast, booking)
    assert (found.amount_paid, found.amount_refunded) == (21_000, 21_000)
    assert (found.status, found.payment_status) == (S.CANCELLED, PaymentStatus.REFUNDED)
