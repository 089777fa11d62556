"""How much time a booking takes of its driver and vehicle."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.schedule import Window, ride_ends_at, service_windows, transfer_duration
from bookings.rules.types import BookingType

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(("km", "minutes"), [("0", 0), ("15", 30), ("20", 40), ("100", 100), ("60", 70), ("0.5", 1)])
def test_the_time_at_the_wheel(km: str, minutes: int) -> None:
    assert transfer_duration(Decimal(km)) == minutes * MINUTE


@given(st.decimals(0, 5_000, places=2), st.decimals(0, 5_000, places=2))
def test_further_never_takes_less(one: Decimal, other: Decimal) -> None:
    nearer, further = sorted((one, other))
    assert transfer_duration(nearer) <= transfer_duration(further)


@pytest.mark.parametrize(("kind", "buffer"), [(BookingType.P2P, 30), (BookingType.AIRPORT, 60)])
def test_a_transfer_takes_its_drive_and_a_buffer(kind: BookingType, buffer: int) -> None:
    windows = service_windows(type=kind, pickup_at=NOON, timezone=NEW_YORK, distance_km=Decimal(20))
    assert windows == [(NOON, NOON + (40 + buffer) * MINUTE)]
    assert ride_ends_at(windows, type=kind) == NOON + 40 * MINUTE


def test_hourly_takes_the_same_hours_of_the_clock_on_each_day() -> None:
    """Over the night in which New York sets its clocks back."""
    start = datetime(2026, 10, 31, 14, tzinfo=UTC)  # 10:00 in New York
    windows = service_windows(
        type=BookingType.HOURLY,
        pickup_at=start,
        timezone=NEW_YORK,
        duration_hours=Decimal("4.5"),
        duration_days=3,
    )
    assert [begin for begin, _ in windows] == [
        start,
        datetime(2026, 11, 1, 15, tzinfo=UTC),
        datetime(2026, 11, 2, 15, tzinfo=UTC),
    ]
    assert all(begin.astimezone(NEW_YORK).hour == 10 for begin, _ in windows)
    assert all(end - begin == 5 * HOUR for begin, end in windows)
    assert ride_ends_at(windows, type=BookingType.HOURLY) == datetime(2026, 11, 2, 19, 30, tzinfo=UTC)


def test_a_day_on_which_the_clock_skips_the_time_begins_an_hour_later() -> None:
    start = datetime(2026, 3, 7, 7, 30, tzinfo=UTC)  # 02:30 in New York, which the next day does not have
    windows = service_windows(
        type=BookingType.HOURLY, pickup_at=start, timezone=NEW_YORK, duration_hours=Decimal(3), duration_days=2
    )
    assert windows[1][0].astimezone(NEW_YORK).strftime("%d %H:%M") == "08 03:30"


def test_an_itinerary_takes_what_it_says() -> None:
    plan = [(NOON + timedelta(days=2), Decimal(2)), (NOON, Decimal(8))]
    windows = service_windows(
        type=BookingType.HOURLY, pickup_at=NOON, timezone=NEW_YORK, duration_hours=Decimal(24), itinerary=plan
    )
    assert windows == [
        (NOON, NOON + 8 * HOUR + 30 * MINUTE),
        (NOON + timedelta(days=2), NOON + timedelta(days=2) + 2 * HOUR + 30 * MINUTE),
    ]


def test_days_round_the_clock_are_one_window() -> None:
    windows = service_windows(
        type=BookingType.HOURLY,
        pickup_at=NOON,
        timezone=NEW_YORK,
        duration_hours=Decimal(24),
        duration_days=3,
    )
    assert windows == [(NOON, NOON + 72 * HOUR + 30 * MINUTE)]


def covered(windows: list[Window]) -> timedelta:
    return sum((end - begin for begin, end in windows), timedelta())


@given(
    st.lists(
        st.tuples(st.integers(0, 200).map(lambda n: NOON + n * HOUR), st.decimals(0, 24, places=1)),
        min_size=1,
        max_size=8,
    )
)
def test_windows_are_apart_in_order_and_cover_every_day(plan: list[tuple[datetime, Decimal]]) -> None:
    windows = service_windows(type=BookingType.HOURLY, pickup_at=NOON, timezone=NEW_YORK, itinerary=plan)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(windows))
    for start, hours in plan:
        end = start + timedelta(seconds=float(hours) * 3600) + 30 * MINUTE
        assert any(begin <= start and end <= finish + timedelta(seconds=1) for begin, finish in windows)
    longest = max(timedelta(seconds=float(hours) * 3600) for _, hours in plan)
    assert covered(windows) >= longest + 30 * MINUTE - timedelta(seconds=1)
