"""How long requests and quotes hold, and which quote is the best value (`docs/pricing.md`, `docs/lifecycle.md`)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.quotes import (
    Offer,
    best_value,
    effective_price,
    is_acceptable,
    purge_at,
    quote_expires_at,
    ranked,
    request_deadline,
)
from bookings.rules.types import QuoteStatus
from tests.rules.documents import cents, table

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

offers = st.builds(
    Offer,
    id=st.uuids().map(str),
    price=st.integers(1, 1_000_000),
    eta=st.integers(0, 600),
    rating=st.decimals(0, 5, places=1),
    created_at=st.integers(0, 1_000_000).map(lambda seconds: NOON + timedelta(seconds=seconds)),
)


def documented(rule: str) -> timedelta:
    """A value of the document's table of times: `30 min`, `24 h`, `90 d`."""
    (value,) = [row["value"] for row in table("lifecycle.md", "Times") if rule in row["rule"]]
    number, unit = value.split()
    return int(number) * {"min": MINUTE, "h": 60 * MINUTE, "d": timedelta(days=1)}[unit]


@pytest.mark.parametrize(
    ("pickup_in", "waits"),
    [
        (timedelta(days=10), timedelta(hours=24)),
        (timedelta(hours=24, minutes=1), timedelta(hours=24)),
        (timedelta(hours=23), timedelta(hours=23)),
        (16 * MINUTE, 16 * MINUTE),
        (timedelta(0), 15 * MINUTE),
        (-5 * MINUTE, 15 * MINUTE),
    ],
)
def test_a_request_waits(pickup_in: timedelta, waits: timedelta) -> None:
    assert request_deadline(created_at=NOON, pickup_at=NOON + pickup_in) == NOON + waits


def test_the_documented_times() -> None:
    far = NOON + timedelta(days=100)
    deadline = request_deadline(created_at=NOON, pickup_at=far)
    assert deadline - NOON == documented("a request waits at most")
    assert request_deadline(created_at=NOON, pickup_at=NOON) - NOON == documented("at least")
    expires_at = quote_expires_at(created_at=NOON, deadline=deadline)
    assert expires_at - NOON == documented("a quote lives")
    assert purge_at(expires_at) - expires_at == documented("a quote is kept")


def test_a_quote_does_not_outlive_its_request() -> None:
    assert quote_expires_at(created_at=NOON, deadline=NOON + 10 * MINUTE) == NOON + 10 * MINUTE
    assert quote_expires_at(created_at=NOON, deadline=NOON + 31 * MINUTE) == NOON + 30 * MINUTE


@pytest.mark.parametrize("status", QuoteStatus)
def test_a_quote_is_over_at_its_very_instant(status: QuoteStatus) -> None:
    pending = status is QuoteStatus.PENDING
    assert is_acceptable(status, NOON, now=NOON - timedelta(microseconds=1)) is pending
    assert not is_acceptable(status, NOON, now=NOON)


def test_the_documented_best_value() -> None:
    rows = table("pricing.md", "Which quote is the best value")
    by_id = {
        str(n): Offer(str(n), cents(row["price"]), int(row["minutes"]), Decimal(row["rating"]), NOON)
        for n, row in enumerate(rows)
    }
    for offer, row in zip(by_id.values(), rows, strict=True):
        assert effective_price(offer) == Decimal(row["effective"]) * 100
    assert [str(n) for n, row in enumerate(rows) if row["best"]] == [best_value(by_id.values())]


def test_a_car_that_is_there_with_five_stars_costs_its_price() -> None:
    assert effective_price(Offer("a", 10_000, 0, Decimal(5), NOON)) == 10_000
    assert effective_price(Offer("a", 10_000, 1, Decimal(5), NOON)) == 10_050
    assert effective_price(Offer("a", 10_000, 0, Decimal(4), NOON)) == 10_500


def test_no_offers_have_no_best() -> None:
    assert best_value([]) is None


@given(st.lists(offers, max_size=8, unique_by=lambda offer: offer.id), st.randoms(use_true_random=False))
def test_neither_list_nor_best_depend_on_the_order_of_arrival(quoted: list[Offer], dice: Random) -> None:
    shuffled = quoted.copy()
    dice.shuffle(shuffled)
    assert ranked(shuffled) == ranked(quoted)
    assert best_value(shuffled) == best_value(quoted)
    prices = [offer.price for offer in ranked(quoted)]
    assert prices == sorted(prices)


@given(offers, offers)
def test_a_better_offer_is_ahead(one: Offer, other: Offer) -> None:
    """No worse in price, time and stars, and better in one of them: always the best value of the two."""
    better = Offer(
        one.id,
        min(one.price, other.price),
        min(one.eta, other.eta),
        max(one.rating, other.rating),
        one.created_at,
    )
    if (better.price, better.eta, better.rating) != (other.price, other.eta, other.rating):
        assert best_value([other, better]) == better.id


def test_equals_are_decided_by_price_then_time_then_stars_then_who_was_first() -> None:
    first = Offer("b", 100, 10, Decimal(4), NOON)
    later = Offer("a", 100, 10, Decimal(4), NOON + MINUTE)
    assert ranked([later, first]) == [first, later]
    assert best_value([later, first]) == "b"
    sooner = Offer("c", 100, 9, Decimal(1), NOON + MINUTE)
    rated = Offer("d", 100, 10, Decimal(5), NOON + MINUTE)
    assert [offer.id for offer in ranked([later, first, rated, sooner])] == ["c", "d", "b", "a"]
