"""How long a card is good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.cards import has_expired


@pytest.mark.parametrize(
    ("at", "expired"),
    [
        (datetime(2026, 10, 31, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 11, 59, tzinfo=UTC), False),
        (datetime(2026, 12, 1, 12, 0, tzinfo=UTC), True),
        (datetime(2027, 1, 1, tzinfo=UTC), True),
    ],
    ids=str,
)
def test_through_the_last_day_of_its_month_everywhere(at: datetime, expired: bool) -> None:
    assert has_expired(exp_month=11, exp_year=2026, at=at) is expired


@given(st.integers(1, 12), st.integers(2020, 2060), st.integers(0, 40 * 366 * 24))
def test_once_expired_for_ever(month: int, year: int, hours: int) -> None:
    """And that is when its month is over where the day ends last."""
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    last = at - timedelta(hours=12)
    assert has_expired(exp_month=month, exp_year=year, at=at) is ((last.year, last.month) > (year, month))
