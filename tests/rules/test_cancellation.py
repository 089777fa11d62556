"""What a cancellation costs (`docs/pricing.md`, *Cancellation*) and when a no-show may be said."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.rules.cancellation import CancellationPolicy, fee, free_until, no_show_allowed, waiting_ends_at
from bookings.rules.lifecycle import Actor, BookingStatus
from bookings.rules.types import BookingType, CancellationCode
from tests.rules.documents import cents, table

PICKUP = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PRICE = 24_501

leads = st.timedeltas(timedelta(days=-2), timedelta(days=5))
distances = st.none() | st.decimals(0, 5_000, places=1)
any_case = {
    "type": st.sampled_from(BookingType),
    "distance_km": distances,
    "status": st.sampled_from(BookingStatus),
    "actor": st.sampled_from(Actor),
    "code": st.sampled_from(CancellationCode),
}


def documented() -> dict[str, str]:
    return {row["rule"]: row["value"] for row in table("pricing.md", "Cancellation")}


def test_the_documented_policy() -> None:
    said = documented()
    policy = CancellationPolicy()
    hour = timedelta(hours=1)
    assert f"{policy.free_before_transfer // hour} h" == said["free before a transfer"]
    assert f"{policy.free_before_long_ride // hour} h" == said["free before HOURLY or a long ride"]
    assert f"{policy.long_ride_km} km" == said["a long ride is longer than"]
    assert str(policy.late_share) == said["share kept when late"]
    assert str(policy.arrived_share) == said["share kept once the driver has arrived, or for a no-show"]
    assert f"{policy.free_waiting // MINUTE} min" == said["free waiting"]
    assert f"{policy.free_waiting_airport // MINUTE} min" == said["free waiting at an airport"]


@pytest.mark.parametrize("row", table("pricing.md", "Worked fees"), ids=lambda row: " ".join(row.values()))
def test_a_documented_fee(row: dict[str, str]) -> None:
    kept = fee(
        type=BookingType(row["type"]),
        distance_km=Decimal(row["km"]) if row["km"] else None,
        price=PRICE,
        status=BookingStatus(row["status"]),
        actor=Actor(row["actor"]),
        code=CancellationCode(row["code"]),
        pickup_at=PICKUP,
        now=PICKUP - int(row["before"].removesuffix(" min")) * MINUTE,
    )
    assert kept == cents(row["fee"])


@given(st.fixed_dictionaries(any_case), st.integers(0, 10_000_000), leads)
def test_a_fee_is_never_negative_and_never_above_the_price(case: dict[str, Any], price: int, lead: timedelta) -> None:
    assert 0 <= fee(**case, price=price, pickup_at=PICKUP, now=PICKUP - lead) <= price


@given(st.fixed_dictionaries(any_case), st.lists(leads, min_size=2, max_size=6))
def test_waiting_never_makes_it_cheaper(case: dict[str, Any], at: list[timedelta]) -> None:
    fees = [fee(**case, price=PRICE, pickup_at=PICKUP, now=PICKUP - lead) for lead in sorted(at, reverse=True)]
    assert fees == sorted(fees)


@given(st.fixed_dictionaries(any_case), leads)
def test_a_ride_that_has_gone_further_never_makes_it_cheaper(case: dict[str, Any], lead: timedelta) -> None:
    """The concierge's fee along the lifecycle; after it only an admin cancels, for nothing."""
    road = list(BookingStatus)[: list(BookingStatus).index(BookingStatus.COMPLETED)]
    case |= {"actor": Actor.CONCIERGE}
    fees = [fee(**(case | {"status": status}), price=PRICE, pickup_at=PICKUP, now=PICKUP - lead) for status in road]
    assert all(before <= after for before, after in pairwise(fees))


@given(st.fixed_dictionaries(any_case), leads)
def test_who_sells_and_cancels_takes_nothing(case: dict[str, Any], lead: timedelta) -> None:
    kept = fee(**case, price=PRICE, pickup_at=PICKUP, now=PICKUP - lead)
    if case["actor"] in (Actor.OPERATOR, Actor.ADMIN) and case["code"] is not CancellationCode.NO_SHOW:
        assert kept == 0
    if case["status"] in (BookingStatus.NEW, BookingStatus.SOURCING, BookingStatus.QUOTING):
        assert kept == 0


def test_another_policy_is_obeyed() -> None:
    strict = CancellationPolicy(
        free_before_transfer=timedelta(hours=6), long_ride_km=Decimal(10), late_share=Decimal("0.8")
    )
    case: dict[str, Any] = {
        "type": BookingType.P2P,
        "status": BookingStatus.DRIVER_ASSIGNED,
        "actor": Actor.CONCIERGE,
        "code": CancellationCode.OTHER,
        "price": 1_000,
        "pickup_at": PICKUP,
        "policy": strict,
    }
    assert fee(**case, distance_km=Decimal(10), now=PICKUP - timedelta(hours=6)) == 0
    assert fee(**case, distance_km=Decimal(10), now=PICKUP - timedelta(hours=5)) == 800
    assert fee(**case, distance_km=Decimal("10.1"), now=PICKUP - timedelta(hours=7)) == 800


def test_what_is_shown_as_the_last_free_instant_is_free() -> None:
    last = free_until(type=BookingType.P2P, distance_km=Decimal(5), pickup_at=PICKUP)
    assert last == PICKUP - timedelta(hours=1)
    case: dict[str, Any] = {
        "type": BookingType.P2P,
        "distance_km": Decimal(5),
        "status": BookingStatus.OPERATOR_ASSIGNED,
        "actor": Actor.CONCIERGE,
        "code": CancellationCode.CLIENT_REQUEST,
        "price": PRICE,
        "pickup_at": PICKUP,
    }
    assert fee(**case, now=last) == 0
    assert fee(**case, now=last + timedelta(microseconds=1)) == 12_250


@pytest.mark.parametrize(
    ("kind", "arrived", "ends"),
    [
        (BookingType.P2P, -10, 15),
        (BookingType.P2P, 7, 22),
        (BookingType.HOURLY, 0, 15),
        (BookingType.AIRPORT, -10, 60),
        (BookingType.AIRPORT, 5, 65),
    ],
)
def test_the_free_waiting_time(kind: BookingType, arrived: int, ends: int) -> None:
    """In minutes from the pick-up time."""
    arrived_at = PICKUP + arrived * MINUTE
    assert waiting_ends_at(type=kind, pickup_at=PICKUP, arrived_at=arrived_at) == PICKUP + ends * MINUTE
    case: dict[str, Any] = {
        "type": kind,
        "status": BookingStatus.ARRIVED,
        "actor": Actor.OPERATOR,
        "pickup_at": PICKUP,
        "arrived_at": arrived_at,
    }
    now = PICKUP + ends * MINUTE
    assert not no_show_allowed(**case, now=now - timedelta(microseconds=1))
    assert no_show_allowed(**case, now=now)
    assert no_show_allowed(**(case | {"actor": Actor.ADMIN}), now=now)
    for other in (Actor.CONCIERGE, Actor.DRIVER, Actor.SYSTEM):
        assert not no_show_allowed(**(case | {"actor": other}), now=now)
    for status in set(BookingStatus) - {BookingStatus.ARRIVED}:
        assert not no_show_allowed(**(case | {"status": status}), now=now)
    assert not no_show_allowed(**(case | {"arrived_at": None}), now=now)
