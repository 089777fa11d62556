"""Limits and escalation: said once until kept again, told to whom the policy names."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.escalation import Severity, next_at, told
from telemetry.rules.limits import Bounds, exceed
from telemetry.rules.point import Point

BOUNDS = Bounds(speed=38.0, battery=15.0)
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def driven(*speeds: float) -> list[Point]:
    return [Point(n * 1_000, 0, 0, round(speed * 100)) for n, speed in enumerate(speeds)]


def charged(*percents: float) -> list[Point]:
    return [Point(n * 1_000, 0, 0, battery=round(percent * 10)) for n, percent in enumerate(percents)]


def test_speeding_is_said_once_a_stretch() -> None:
    over, found = exceed((), driven(30, 38, 39, 45, 37, 39, 36, 40), BOUNDS)
    assert [(each.kind, each.at, each.value) for each in found] == [("SPEEDING", 2_000, 39), ("SPEEDING", 7_000, 40)]
    assert over == ("SPEEDING",)


def test_a_battery_is_low_until_it_is_well_charged() -> None:
    over, found = exceed((), charged(16, 15, 14.9, 15, 19.9, 14, 20, 14), BOUNDS)
    assert [each.at for each in found] == [2_000, 7_000]
    assert over == ("LOW_BATTERY",)


@given(st.lists(st.floats(0, 60), max_size=40), st.integers(0, 40))
def test_how_points_are_parted_changes_nothing(speeds: list[float], cut: int) -> None:
    points = driven(*speeds)
    whole, found = exceed((), points, BOUNDS)
    first, early = exceed((), points[:cut], BOUNDS)
    assert (whole, found) == ((second := exceed(first, points[cut:], BOUNDS))[0], early + second[1])


@pytest.mark.parametrize(
    ("severity", "level", "minutes", "expected"),
    [
        (Severity.CRITICAL, 0, None, 5),
        (Severity.CRITICAL, 0, 3, 3),
        (Severity.CRITICAL, 1, 60, 5),
        (Severity.HIGH, 0, None, 30),
        (Severity.HIGH, 1, 10, 10),
        (Severity.HIGH, 2, None, None),
        (Severity.MEDIUM, 0, 10, None),
    ],
)
def test_it_goes_up_in_time(severity: Severity, level: int, minutes: int | None, expected: int | None) -> None:
    wanted = None if expected is None else NOW + timedelta(minutes=expected)
    assert next_at(severity, level, NOW, minutes) == wanted


def test_who_is_told() -> None:
    assert told(Severity.HIGH, 0) == {"owner", "admin", "manager"}
    assert told(Severity.CRITICAL, 1) == {"owner", "admin"}
    assert told(Severity.CRITICAL, 2) == {"owner"}
    assert not told(Severity.CRITICAL, 3)
    assert not told(Severity.MEDIUM, 0)
