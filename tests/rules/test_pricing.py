"""`docs/pricing.md` says what a ride costs; its figures and the laws behind them are asserted here."""

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.errors import Invalid
from bookings.rules import pricing
from bookings.rules.pricing import Breakdown, Line, break_down, estimate, split_total
from bookings.rules.tax import TAX_RATES, normalize_jurisdiction, tax_rate
from bookings.rules.types import BookingType
from fleet.rules.pricing_rule import DEFAULT_RULES, OTHERWISE_TAX_RATE, PricingRule
from fleet.rules.types import VehicleCategory
from tests.rules.documents import cents, table

rates = st.decimals(0, 1, places=5)
amounts = st.integers(0, 50_000_000)
distances = st.decimals(0, 5_000, places=3)
hours = st.decimals(0, 24, places=2)
rules = st.builds(
    PricingRule,
    vehicle_category=st.sampled_from(VehicleCategory),
    hourly_rate=st.integers(0, 100_000),
    base_p2p=st.integers(0, 100_000),
    per_km=st.integers(0, 2_000),
    min_hours=st.integers(0, 24),
    driver_commission_pct=rates,
    tax_rate=rates,
)
transfers = st.sampled_from([BookingType.P2P, BookingType.AIRPORT])


def rate_of(place: str) -> Decimal:
    return tax_rate(place, otherwise=OTHERWISE_TAX_RATE)


def optional(cell: str) -> Decimal | None:
    return Decimal(cell) if cell else None


def test_the_documented_default_rules() -> None:
    documented = {
        VehicleCategory(row["category"]): PricingRule(
            VehicleCategory(row["category"]),
            cents(row["hourly"]),
            cents(row["base"]),
            cents(row["per km"]),
            int(row["min hours"]),
            Decimal(row["driver"]),
            Decimal(row["tax"]),
        )
        for row in table("pricing.md", "Default rules")
    }
    assert documented == dict(DEFAULT_RULES)
    assert set(documented) == set(VehicleCategory)


def test_the_documented_fee_and_taxes() -> None:
    with_fee = break_down([line(100_000)], tax_rate=Decimal(0), driver_commission_pct=Decimal(0))
    (documented_fee,) = table("pricing.md", "Platform fee")
    assert with_fee.platform_fee == 100_000 * Decimal(documented_fee["fee"])
    documented = {row["jurisdiction"]: Decimal(row["rate"]) for row in table("pricing.md", "Tax by jurisdiction")}
    assert documented == dict(TAX_RATES)


@pytest.mark.parametrize("row", table("pricing.md", "Worked subtotals"), ids=lambda row: " ".join(row.values()))
def test_a_documented_subtotal(row: dict[str, str]) -> None:
    days = [Decimal(day) for day in row["itinerary"].split(",") if day]
    breakdown = estimate(
        type=BookingType(row["type"]),
        rule=DEFAULT_RULES[VehicleCategory(row["category"])],
        tax_rate=Decimal(0),
        distance_km=optional(row["km"]),
        duration_hours=optional(row["hours"]),
        duration_days=int(row["days"] or 1),
        itinerary_hours=days,
    )
    assert breakdown.subtotal == cents(row["subtotal"])
    assert len(breakdown.lines) == (2 if row["km"] else len(days) or 1)


@pytest.mark.parametrize("row", table("pricing.md", "Worked totals"), ids=lambda row: " ".join(row.values()))
def test_a_documented_total(row: dict[str, str]) -> None:
    breakdown = break_down(
        [line(cents(row["subtotal"]))],
        tax_rate=rate_of(row["jurisdiction"]),
        driver_commission_pct=Decimal(row["driver"]),
    )
    assert (breakdown.tax, breakdown.platform_fee, breakdown.total, breakdown.driver_payout) == tuple(
        cents(row[column]) for column in ("tax", "fee", "total", "payout")
    )


@pytest.mark.parametrize("row", table("pricing.md", "An accepted quote"), ids=lambda row: " ".join(row.values()))
def test_a_documented_split(row: dict[str, str]) -> None:
    parts = split_total(
        cents(row["price"]),
        tax_rate=rate_of(row["jurisdiction"]),
        driver_commission_pct=Decimal(row["driver"]),
    )
    assert (parts.subtotal, parts.tax, parts.platform_fee, parts.driver_payout) == tuple(
        cents(row[column]) for column in ("subtotal", "tax", "fee", "payout")
    )
    assert parts.total == cents(row["price"])


def line(amount: int) -> Line:
    return Line("fare", "Fare", Decimal(1), amount, amount)


def test_a_float_means_the_decimal_it_is_written_as() -> None:
    """0.1 + 0.2 km are not what anybody drives; 2.675 km x 100 must not be 267.49999."""
    rule = PricingRule(VehicleCategory.SEDAN, 0, 0, 200, 0, Decimal(0))
    as_float = estimate(type=BookingType.P2P, rule=rule, tax_rate=Decimal(0), distance_km=2.675)
    assert as_float.subtotal == 535
    assert as_float.lines[1].quantity == Decimal("2.675")


@pytest.mark.parametrize(
    ("kwargs", "field"),
    [
        ({"type": BookingType.P2P}, "details.distanceKm"),
        ({"type": BookingType.P2P, "distance_km": float("nan")}, "details.distanceKm"),
        ({"type": BookingType.AIRPORT, "distance_km": float("inf")}, "details.distanceKm"),
        ({"type": BookingType.P2P, "distance_km": -0.1}, "details.distanceKm"),
        ({"type": BookingType.P2P, "distance_km": 5000.1}, "details.distanceKm"),
        ({"type": BookingType.P2P, "distance_km": 1, "itinerary_hours": [3]}, "details.itinerary"),
        ({"type": BookingType.HOURLY}, "details.durationHours"),
        ({"type": BookingType.HOURLY, "duration_hours": 24.5}, "details.durationHours"),
        ({"type": BookingType.HOURLY, "duration_hours": 3, "duration_days": 0}, "details.durationDays"),
        ({"type": BookingType.HOURLY, "duration_hours": 3, "duration_days": 61}, "details.durationDays"),
        ({"type": BookingType.HOURLY, "itinerary_hours": [3, -1]}, "details.itinerary.1.hours"),
        ({"type": BookingType.HOURLY, "itinerary_hours": [3] * 61}, "details.itinerary"),
    ],
)
def test_what_cannot_be_priced_is_said_by_field(kwargs: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        estimate(rule=DEFAULT_RULES[VehicleCategory.SUV], tax_rate=Decimal(0), **kwargs)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {field}


def test_the_limits_themselves_can_be_priced() -> None:
    rule = DEFAULT_RULES[VehicleCategory.SEDAN]
    longest = estimate(type=BookingType.P2P, rule=rule, tax_rate=Decimal(0), distance_km=5_000)
    assert longest.subtotal == 12_500 + 5_000 * 235
    most = estimate(type=BookingType.HOURLY, rule=rule, tax_rate=Decimal(0), duration_hours=24, duration_days=60)
    assert most.subtotal == 60 * 24 * 9_500
    every_day = estimate(type=BookingType.HOURLY, rule=rule, tax_rate=Decimal(0), itinerary_hours=[24] * 60)
    assert every_day.subtotal == most.subtotal


def test_one_day_is_meant_where_none_is_named_and_days_are_counted_from_one() -> None:
    rule = DEFAULT_RULES[VehicleCategory.SEDAN]
    day = estimate(type=BookingType.HOURLY, rule=rule, tax_rate=Decimal(0), duration_hours=5)
    assert day.subtotal == 5 * 9_500
    days = estimate(type=BookingType.HOURLY, rule=rule, tax_rate=Decimal(0), itinerary_hours=[4, 5])
    assert [row.label for row in days.lines] == ["Day 1, hours", "Day 2, hours"]


def check_adds_up(breakdown: Breakdown) -> None:
    assert breakdown.subtotal == sum(row.amount for row in breakdown.lines)
    assert breakdown.total == breakdown.subtotal + breakdown.tax + breakdown.platform_fee
    assert 0 <= breakdown.driver_payout <= breakdown.subtotal
    assert breakdown.currency == "USD"
    for row in breakdown.lines:
        assert abs(row.amount - row.quantity * row.unit_price) <= Decimal("0.5")


@given(transfers, rules, rates, distances, distances)
def test_a_transfer_adds_up_and_a_longer_one_is_never_cheaper(
    kind: BookingType, rule: PricingRule, rate: Decimal, one: Decimal, other: Decimal
) -> None:
    shorter, longer = (estimate(type=kind, rule=rule, tax_rate=rate, distance_km=km) for km in sorted((one, other)))
    check_adds_up(shorter)
    check_adds_up(longer)
    assert shorter.subtotal <= longer.subtotal
    assert shorter.total <= longer.total
    assert shorter.driver_payout <= longer.driver_payout


@given(rules, rates, st.tuples(hours, hours), st.tuples(st.integers(1, 60), st.integers(1, 60)))
def test_hourly_adds_up_and_more_time_is_never_cheaper(
    rule: PricingRule, rate: Decimal, two_hours: tuple[Decimal, Decimal], two_days: tuple[int, int]
) -> None:
    less, more = (
        estimate(type=BookingType.HOURLY, rule=rule, tax_rate=rate, duration_hours=h, duration_days=d)
        for h, d in zip(sorted(two_hours), sorted(two_days), strict=True)
    )
    check_adds_up(less)
    check_adds_up(more)
    assert less.total <= more.total
    assert less.subtotal >= rule.min_hours * rule.hourly_rate * min(two_days)


@given(rules, rates, st.lists(hours, min_size=1, max_size=10), st.randoms())
def test_the_order_of_days_does_not_matter(rule: PricingRule, rate: Decimal, days: list[Decimal], dice: Random) -> None:
    shuffled = days.copy()
    dice.shuffle(shuffled)
    in_order, mixed = (
        estimate(type=BookingType.HOURLY, rule=rule, tax_rate=rate, itinerary_hours=plan) for plan in (days, shuffled)
    )
    check_adds_up(in_order)
    assert in_order.total == mixed.total
    assert sorted(row.amount for row in in_order.lines) == sorted(row.amount for row in mixed.lines)


@given(amounts, rates)
def test_an_amount_is_rounded_to_the_nearest_cent_and_ties_to_even(subtotal: int, rate: Decimal) -> None:
    """Against exact fractions, a second way to the same figure: `round(Fraction)` is half-even too."""
    assert pricing.cents(subtotal * rate) == round(Fraction(subtotal) * Fraction(rate))


@given(amounts, rates, rates)
def test_a_split_adds_up_and_its_tax_is_what_is_owed(price: int, rate: Decimal, commission: Decimal) -> None:
    parts = split_total(price, tax_rate=rate, driver_commission_pct=commission)
    check_adds_up(parts)
    assert parts.total == price
    owed = break_down(parts.lines, tax_rate=rate, driver_commission_pct=commission)
    assert parts.tax == owed.tax
    assert parts.driver_payout == owed.driver_payout
    assert 0 <= parts.platform_fee - owed.platform_fee <= 2


@given(amounts, rates, rates)
def test_the_split_of_an_estimate_is_the_estimate(subtotal: int, rate: Decimal, commission: Decimal) -> None:
    whole = break_down([line(subtotal)], tax_rate=rate, driver_commission_pct=commission)
    parts = split_total(whole.total, tax_rate=rate, driver_commission_pct=commission)
    assert (parts.subtotal, parts.tax, parts.platform_fee) == (whole.subtotal, whole.tax, whole.platform_fee)


def test_a_negative_price_is_refused() -> None:
    with pytest.raises(Invalid):
        split_total(-1, tax_rate=Decimal(0), driver_commission_pct=Decimal(0))


def test_a_jurisdiction_is_a_code_and_never_a_part_of_a_name() -> None:
    assert normalize_jurisdiction(" us-ny ") == "US-NY"
    assert rate_of("uk") == rate_of("GB") == rate_of("GB-LND") == Decimal("0.20")
    assert rate_of("FR-75") == Decimal("0.20")
    assert rate_of("CA") == OTHERWISE_TAX_RATE, "Canada, not California"
    assert rate_of("US") == rate_of("US-IL") == rate_of("") == OTHERWISE_TAX_RATE
    assert tax_rate(None, otherwise=Decimal("0.13")) == tax_rate("DE", otherwise=Decimal("0.13")) == Decimal("0.13")
    for text in ("Chicago", "New York, NY", "NY-", "U", "US-", "US-NYCX", "\uff35\uff33", "US-NY\n-"):
        with pytest.raises(Invalid) as refused:
            rate_of(text)
        assert "taxJurisdiction" in refused.value.fields
