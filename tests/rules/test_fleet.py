"""Calendars never overlap; unfit drivers and vehicles are named; a pricing rule's faults are listed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.roles import UserStatus
from atlas.errors import Conflict
from fleet.rules.calendar import Busy, Commitment, Window, first_clash, release, reserve
from fleet.rules.fitness import driver_faults, vehicle_faults
from fleet.rules.pricing_rule import DEFAULT_RULES, PricingRule, pricing_rule_faults
from fleet.rules.types import VehicleCategory, VehicleStatus

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def window(start: float, end: float) -> Window:
    """In hours from noon."""
    return NOON + start * HOUR, NOON + end * HOUR


windows = st.tuples(st.integers(0, 60), st.integers(1, 12)).map(lambda span: window(span[0], span[0] + span[1]))
requests = st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.lists(windows, min_size=1, max_size=3), st.booleans())


@given(st.lists(requests, max_size=15))
def test_no_series_of_promises_overlaps(wishes: list[tuple[str, list[Window], bool]]) -> None:
    calendar: tuple[Commitment, ...] = ()
    for booking_id, wanted, gives_back in wishes:
        if gives_back:
            calendar = release(calendar, booking_id)
            assert all(promise.booking_id != booking_id for promise in calendar)
            continue
        others = release(calendar, booking_id)
        if any(other.starts_at < end and start < other.ends_at for other in others for start, end in wanted):
            with pytest.raises(Busy) as busy:
                reserve(calendar, booking_id=booking_id, windows=wanted, now=NOON)
            assert busy.value.clash in others
            continue
        after = reserve(calendar, booking_id=booking_id, windows=wanted, now=NOON)
        own = [promise for promise in after if promise.booking_id == booking_id]
        assert sorted((promise.starts_at, promise.ends_at) for promise in own) == sorted(wanted)
        assert release(after, booking_id) == tuple(sorted(others))
        assert reserve(after, booking_id=booking_id, windows=wanted, now=NOON) == after, "idempotent"
        calendar = after
        for one, other in combinations(calendar, 2):
            if one.booking_id != other.booking_id:
                assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at


def test_rides_may_follow_at_once_but_not_share_a_second() -> None:
    calendar = reserve((), booking_id="a", windows=[window(0, 2)], now=NOON)
    calendar = reserve(calendar, booking_id="b", windows=[window(2, 3), window(-1, 0)], now=NOON)
    assert [promise.booking_id for promise in calendar] == ["b", "a", "b"]
    late = (NOON + 3 * HOUR - timedelta(seconds=1), NOON + 4 * HOUR)
    with pytest.raises(Busy) as busy:
        reserve(calendar, booking_id="c", windows=[late], now=NOON)
    assert isinstance(busy.value, Conflict)
    assert busy.value.clash == Commitment(*window(2, 3), "b")
    assert busy.value.details == {
        "bookingId": "b",
        "startsAt": "2026-06-01T14:00:00Z",
        "endsAt": "2026-06-01T15:00:00Z",
    }


def test_the_first_of_several_clashes_is_named() -> None:
    calendar = (Commitment(*window(5, 6), "late"), Commitment(*window(1, 2), "early"))
    clash = first_clash(calendar, [window(0, 10)])
    assert clash is not None
    assert clash.booking_id == "early"
    assert first_clash(calendar, [window(2, 5)]) is None


def test_a_booking_may_move_its_own_time() -> None:
    calendar = reserve((), booking_id="a", windows=[window(0, 2)], now=NOON)
    moved = reserve(calendar, booking_id="a", windows=[window(1, 3)], now=NOON)
    assert moved == (Commitment(*window(1, 3), "a"),)


def test_what_ended_a_week_ago_is_forgotten() -> None:
    week = timedelta(days=7)
    old = Commitment(NOON - week - HOUR, NOON - week - timedelta(seconds=1), "old")
    recent = Commitment(NOON - week - HOUR, NOON - week, "recent")
    calendar = reserve((old, recent), booking_id="a", windows=[window(1, 2)], now=NOON)
    assert [promise.booking_id for promise in calendar] == ["recent", "a"]


@pytest.mark.parametrize("wanted", [[], [window(1, 1)], [window(2, 1)]])
def test_time_that_is_none_is_a_mistake_of_the_caller(wanted: list[Window]) -> None:
    with pytest.raises(ValueError):
        reserve((), booking_id="a", windows=wanted, now=NOON)


GOOD_DRIVER: dict[str, Any] = {
    "user_status": UserStatus.ACTIVE,
    "license_verified": True,
    "background_check": True,
    "insurance": True,
    "license_expiry": date(2026, 6, 1),
    "ride_ends_on": date(2026, 6, 1),
}


def test_a_licence_is_good_through_its_last_day() -> None:
    assert driver_faults(**GOOD_DRIVER) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"user_status": UserStatus.SUSPENDED}, "driver_not_active"),
        ({"user_status": UserStatus.DELETED}, "driver_not_active"),
        ({"license_verified": False}, "license_not_verified"),
        ({"background_check": False}, "background_check_missing"),
        ({"insurance": False}, "insurance_missing"),
        ({"license_expiry": None}, "license_expiry_missing"),
        ({"ride_ends_on": date(2026, 6, 2)}, "license_expires"),
    ],
)
def test_an_unfit_driver(change: dict[str, Any], code: str) -> None:
    (fault,) = driver_faults(**(GOOD_DRIVER | change))
    assert fault.code == code
    assert fault.message


GOOD_VEHICLE: dict[str, Any] = {
    "status": VehicleStatus.ON_TRIP,
    "category": VehicleCategory.SUV,
    "max_passengers": 6,
    "max_luggage": 4,
    "wanted_category": VehicleCategory.SUV,
    "passengers": 6,
    "luggage": 4,
}


def test_a_vehicle_that_is_just_large_enough_and_on_another_trip_now() -> None:
    assert vehicle_faults(**GOOD_VEHICLE) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"status": VehicleStatus.MAINTENANCE}, "vehicle_in_maintenance"),
        ({"wanted_category": VehicleCategory.SPRINTER}, "wrong_category"),
        ({"wanted_category": VehicleCategory.LIMO}, "wrong_category"),
        ({"category": VehicleCategory.SEDAN}, "wrong_category"),
        ({"passengers": 7}, "too_many_passengers"),
        ({"luggage": 5}, "too_much_luggage"),
    ],
)
def test_an_unfit_vehicle(change: dict[str, Any], code: str) -> None:
    (fault,) = vehicle_faults(**(GOOD_VEHICLE | change))
    assert fault.code == code
    assert fault.message


def test_an_upgrade_is_no_fault() -> None:
    ranks = [VehicleCategory.SEDAN, VehicleCategory.SUV, VehicleCategory.SPRINTER, VehicleCategory.LIMO]
    for rank, wanted in enumerate(ranks):
        for other, category in enumerate(ranks):
            faults = vehicle_faults(**(GOOD_VEHICLE | {"category": category, "wanted_category": wanted}))
            assert bool(faults) == (other < rank), (category, wanted)


def test_all_faults_are_named_at_once() -> None:
    everything = {"license_verified": False, "background_check": False, "insurance": False}
    assert len(driver_faults(**(GOOD_DRIVER | everything | {"license_expiry": None}))) == 4


@pytest.mark.parametrize("rule", DEFAULT_RULES.values(), ids=str)
def test_the_default_rules_have_no_faults(rule: PricingRule) -> None:
    assert pricing_rule_faults(rule) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"hourly_rate": -1}, "hourlyRate"),
        ({"hourly_rate": 1_000_001}, "hourlyRate"),
        ({"base_p2p": 95.5}, "baseP2P"),
        ({"per_km": True}, "perKm"),
        ({"min_hours": 25}, "minHours"),
        ({"min_hours": -1}, "minHours"),
        ({"min_hours": 2.5}, "minHours"),
        ({"driver_commission_pct": Decimal("1.01")}, "driverCommissionPct"),
        ({"driver_commission_pct": Decimal("NaN")}, "driverCommissionPct"),
        ({"tax_rate": Decimal("-0.01")}, "taxRate"),
        ({"tax_rate": Decimal("Infinity")}, "taxRate"),
        ({"hourly_rate": 0, "base_p2p": 0, "per_km": 0}, "hourlyRate"),
    ],
)
def test_a_faulty_rule(change: dict[str, Any], field: str) -> None:
    rule = replace(DEFAULT_RULES[VehicleCategory.SEDAN], **change)
    assert set(pricing_rule_faults(rule)) == {field}


def test_the_limits_of_a_rule_are_allowed() -> None:
    rule = PricingRule(VehicleCategory.LIMO, 1_000_000, 0, 0, 24, Decimal(1), Decimal(0))
    assert pricing_rule_faults(rule) == {}
    assert pricing_rule_faults(replace(rule, min_hours=0, driver_commission_pct=Decimal(0))) == {}
