"""Waiting, extra hours, and what may be charged without asking."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.extras import Charging, charging, extra_hours_line, waiting_line
from bookings.rules.types import BookingType

PICKUP = datetime(2026, 12, 24, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("type", "arrived", "boarded", "amount"),
    [
        (BookingType.P2P, 0, 15, None),
        (BookingType.P2P, 0, 16, 2_375),
        (BookingType.P2P, -20, 15, None),
        (BookingType.P2P, 10, 41, 4_750),
        (BookingType.AIRPORT, 0, 60, None),
        (BookingType.AIRPORT, 0, 75, 2_375),
        (BookingType.HOURLY, 0, 120, None),
    ],
)
def test_waiting_is_billed_after_the_free_minutes(
    type: BookingType, arrived: int, boarded: int, amount: int | None
) -> None:
    line = waiting_line(
        type=type,
        pickup_at=PICKUP,
        arrived_at=PICKUP + timedelta(minutes=arrived),
        boarded_at=PICKUP + timedelta(minutes=boarded),
        hourly_rate=9_500,
    )
    assert (line.amount if line else None) == amount


@pytest.mark.parametrize(("minutes", "amount"), [(180, None), (181, 2_375), (240, 9_500)])
def test_hours_beyond_those_that_were_bought(minutes: int, amount: int | None) -> None:
    line = extra_hours_line(
        begins_at=PICKUP,
        completed_at=PICKUP + timedelta(minutes=minutes),
        booked_hours=Decimal(3),
        hourly_rate=9_500,
    )
    assert (line.amount if line else None) == amount


@given(st.integers(0, 50_000), st.lists(st.integers(0, 50_000), max_size=6))
def test_what_is_charged_unasked_never_exceeds_the_limit(limit: int, wanted: list[int]) -> None:
    charged: list[int] = []
    for total in wanted:
        if charging(total=total, limit=limit, charged=charged) is Charging.CHARGE:
            charged.append(total)
        else:
            assert total == 0 or sum(charged) + total > limit
    assert sum(charged) <= limit
