"""The clocks of retention: two years, seven, and the days around them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bookings.rules.lifecycle import BookingStatus
from bookings.rules.retention import QUIET, deletion_day, is_archivable, last_day_archived, years_after

S = BookingStatus
DAY = date(2026, 12, 24)
TWO_YEARS = datetime(2028, 12, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [
        ("2026-12-24", 2, "2028-12-24"),
        ("2028-02-29", 2, "2030-03-01"),
        ("2028-02-29", 4, "2032-02-29"),
        ("2030-03-01", -2, "2028-03-01"),
    ],
)
def test_years_are_years_of_the_calendar(day: str, years: int, expected: str) -> None:
    assert years_after(date.fromisoformat(day), years).isoformat() == expected


@pytest.mark.parametrize(
    ("today", "last"),
    [
        ("2028-12-24", "2026-12-24"),
        ("2028-12-23", "2026-12-23"),
        ("2030-02-28", "2028-02-28"),
        ("2030-03-01", "2028-03-01"),
    ],
)
def test_the_walk_ends_at_the_day_that_is_two_years_old(today: str, last: str) -> None:
    assert last_day_archived(date.fromisoformat(today)).isoformat() == last


def test_no_day_is_left_out_or_taken_early_in_ten_years() -> None:
    for ahead in range(3653):
        today = date(2028, 1, 1) + timedelta(days=ahead)
        last = last_day_archived(today)
        assert years_after(last, 2) <= today < years_after(last + timedelta(days=1), 2)


def archivable(**changes: object) -> bool:
    values: dict[str, object] = {
        "status": S.PAID,
        "pickup_day": DAY,
        "changed_at": TWO_YEARS - QUIET,
        "needed": False,
        "now": TWO_YEARS,
    }
    return is_archivable(**{**values, **changes})  # type: ignore[arg-type]


def test_two_years_after_the_pick_up_it_goes() -> None:
    assert archivable()
    assert not archivable(now=TWO_YEARS - timedelta(seconds=1))


@pytest.mark.parametrize("status", S)
def test_only_what_is_over_goes(status: BookingStatus) -> None:
    assert archivable(status=status) == (status in {S.COMPLETED, S.PAID, S.CANCELLED, S.EXPIRED})


def test_what_is_needed_or_changed_lately_stays() -> None:
    assert not archivable(needed=True)
    assert not archivable(changed_at=TWO_YEARS - QUIET + timedelta(seconds=1))


def test_seven_years_after_the_pick_up_it_ends() -> None:
    assert deletion_day(DAY) == date(2033, 12, 24)
