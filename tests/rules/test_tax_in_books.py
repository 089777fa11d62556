"""The facts' golden figures per jurisdiction, from the price to the books: tax rounded once, half to even."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from bookings.rules.pricing import Line, break_down
from bookings.rules.tax import TAX_RATES, tax_rate
from payments.ledger.documents import Split
from payments.ledger.kinds import Account
from payments.ledger.sharing import share
from payments.ledger.standing import NOTHING, OTHERWISE, Standing, between

NOW = datetime(2026, 12, 1, tzinfo=UTC)
GOLDEN = {
    # place: tax of 500.00, of 333.33, of 0.10
    "US-NY": (4_438, 2_958, 1),
    "US-CA": (4_750, 3_167, 1),
    "US-FL": (3_500, 2_333, 1),
    "US-TX": (4_125, 2_750, 1),
    "US-NV": (4_190, 2_793, 1),
    "GB": (10_000, 6_667, 2),
    "FR": (10_000, 6_667, 2),
    "AE": (2_500, 1_667, 0),
    "": (2_500, 1_667, 0),
}
SUBTOTALS = (50_000, 33_333, 10)


def split_in(place: str, subtotal: int) -> Split:
    rate = tax_rate(place or None, otherwise=Decimal("0.05"))
    price = break_down(
        [Line("ride", "Ride", Decimal(1), subtotal, subtotal)], tax_rate=rate, driver_commission_pct=Decimal("0.75")
    )
    return Split(
        subtotal=price.subtotal,
        tax=price.tax,
        tax_rate=str(rate),
        jurisdiction=place or None,
        platform_fee=price.platform_fee,
        driver_payout=price.driver_payout,
    )


def half_even(exact: Fraction) -> int:
    return round(exact)


def test_every_place_is_golden() -> None:
    assert {place for place in GOLDEN if place} == set(TAX_RATES)


@pytest.mark.parametrize("place", GOLDEN, ids=lambda place: place or "elsewhere")
@pytest.mark.parametrize("number", range(3), ids=lambda number: f"{SUBTOTALS[number]}")
def test_tax_of_a_place_in_its_books(place: str, number: int) -> None:
    split = split_in(place, SUBTOTALS[number])
    assert split.tax == GOLDEN[place][number]
    taken = Standing(charged=split.total, received=split.total)
    lines = dict(between(NOTHING, taken, split, split, Account.SQUARE))
    assert lines.get(f"tax:{place or OTHERWISE}", 0) == -GOLDEN[place][number]
    assert lines["square"] == split.total
    assert sum(amount for _, amount in between(NOTHING, taken, split, split, Account.SQUARE)) == 0


@pytest.mark.parametrize("place", GOLDEN, ids=lambda place: place or "elsewhere")
def test_a_part_of_it_is_taxed_in_proportion(place: str) -> None:
    """A cancellation fee, what a refund leaves: to the cent, as exact fractions round."""
    split = split_in(place, 33_333)
    for amount in (1, 99, split.total // 2, split.total // 3, split.total - 1, split.total):
        found = share(split, amount)
        assert found.tax == half_even(Fraction(split.tax * amount, split.total))
        assert found.fee == half_even(Fraction(split.platform_fee * amount, split.total))
        assert found.total == amount


def test_the_facts() -> None:
    new_york, london = split_in("US-NY", 50_000), split_in("GB", 10_000)
    assert (new_york.tax, new_york.platform_fee, new_york.total) == (4_438, 2_500, 56_938)
    assert (london.tax, london.platform_fee, london.total) == (2_000, 500, 12_500)
