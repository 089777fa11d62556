"""A ride is asked for: priced, at a real time of a real place, open for quotes at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden
from atlas.tables import Unique
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType
from bookings.selectors import find_by_reference
from bookings.services import requesting
from bookings.tables import Booking
from tests.bookings.looking import due_ids, faulty, now, open_ids, story
from tests.bookings.stage import Cast, details, requested

WINTER = datetime(2027, 1, 10, 12, tzinfo=UTC)
TRANSFER: dict[str, Any] = {"pickup": None, "dropoff": None, "distance_km": 100.0, "tax_jurisdiction": "US-NY"}


def ask(cast: Cast, type: BookingType = BookingType.P2P, **changes: Any) -> Booking:
    return services.request_booking(user=cast.concierge, type=type, details=details(**changes))


def test_a_request_is_open_at_once_and_says_who_asked(cast: Cast) -> None:
    booking = requested(cast)
    stored = now(booking)
    assert stored.status is BookingStatus.SOURCING
    assert stored.concierge_id == cast.concierge.id
    assert stored.id in open_ids()
    assert stored.id in due_ids()
    assert stored.due_at == stored.deadline
    assert story(stored) == [("publish", "NEW", "SOURCING", "CONCIERGE")]
    assert not any((stored.operator_id, stored.final_price, stored.transaction_id, stored.pending_quotes))


def test_a_request_costs_one_call(cast: Cast) -> None:
    with measure() as cost:
        requested(cast)
    assert [each.split()[0] for each in cost.operations] == ["TransactWriteItems"]


def test_the_estimate_is_the_default_rules_to_the_cent(cast: Cast) -> None:
    """125.00 + 100 km x 2.35 = 360.00; 8.875 % tax 31.95; 5 % fee 18.00."""
    estimate = ask(cast, **TRANSFER).estimate
    assert (estimate.subtotal, estimate.tax, estimate.platform_fee, estimate.total) == (36_000, 3_195, 1_800, 40_995)
    assert estimate.driver_payout == 27_000
    assert [(line.code, line.amount) for line in estimate.lines] == [("base", 12_500), ("distance", 23_500)]


def test_an_estimate_is_the_price_of_the_request_and_writes_nothing(cast: Cast) -> None:
    wanted = details(**TRANSFER)
    with measure() as cost:
        price = services.estimate_price(type=BookingType.P2P, details=wanted)
    assert cost.calls == 0
    assert services.request_booking(user=cast.concierge, type=BookingType.P2P, details=wanted).estimated_price == (
        price.total
    )


def test_hours_are_billed_by_day_and_at_least_the_minimum(cast: Cast) -> None:
    booking = ask(cast, BookingType.HOURLY, duration_hours=2.0, duration_days=3, tax_jurisdiction="FR")
    assert booking.estimate.subtotal == 3 * 3 * 9_500
    assert booking.estimate.tax == 17_100


def test_the_distance_is_measured_where_only_places_are_given(cast: Cast) -> None:
    booking = ask(cast)
    assert 2 < booking.details.distance_km < 50
    with faulty("details.distanceKm"):
        ask(cast, dropoff=None)


def test_a_place_code_is_kept_in_its_normal_form(cast: Cast) -> None:
    assert ask(cast, tax_jurisdiction="uk").details.tax_jurisdiction == "GB"
    with faulty("details.taxJurisdiction"):
        ask(cast, tax_jurisdiction="Chicago")


@time_machine.travel(WINTER)
@pytest.mark.parametrize(
    ("wall", "instant"),
    [
        ({"date": "2027-01-12", "time": "18:30"}, "2027-01-12T23:30:00Z"),
        ({"date": "2027-07-12", "time": "18:30"}, "2027-07-12T22:30:00Z"),
        ({"date": "2027-01-12", "time": "18:30", "timezone": "Asia/Kathmandu"}, "2027-01-12T12:45:00Z"),
        ({"date": "2027-11-07", "time": "01:30", "utc_offset": "-04:00"}, "2027-11-07T05:30:00Z"),
        ({"date": "2027-11-07", "time": "01:30", "utc_offset": "-05:00"}, "2027-11-07T06:30:00Z"),
    ],
)
def test_the_pickup_is_meant_by_the_clock_of_its_place(cast: Cast, wall: dict[str, Any], instant: str) -> None:
    booking = ask(cast, **{"timezone": "America/New_York", **wall})
    assert now(booking).pickup_at == datetime.fromisoformat(instant)
    assert booking.details.time == wall["time"]


@time_machine.travel(WINTER)
@pytest.mark.parametrize(
    ("wall", "field"),
    [
        ({"date": "2027-03-14", "time": "02:30"}, "time"),  # the clock jumps from 2 to 3
        ({"date": "2027-11-07", "time": "01:30"}, "utcOffset"),  # and shows this hour twice
        ({"date": "2027-02-29", "time": "10:00"}, "date"),
        ({"date": "2027-01-12", "time": "24:30"}, "time"),
        ({"date": "2027-01-09", "time": "10:00"}, "date"),  # over
        ({"date": "2029-02-01", "time": "10:00"}, "date"),  # who knows
        ({"date": "2027-01-12", "time": "10:00", "timezone": "../../etc/passwd"}, "timezone"),
    ],
)
def test_a_time_that_cannot_be_is_named(cast: Cast, wall: dict[str, Any], field: str) -> None:
    with faulty(f"details.{field}"):
        ask(cast, **{"timezone": "America/New_York", **wall})


def test_a_request_waits_a_day_but_not_past_its_pickup(cast: Cast) -> None:
    assert timedelta(hours=23, minutes=59) < ask(cast, hours_ahead=72).deadline - utc_now() <= timedelta(hours=24)
    soon = ask(cast, hours_ahead=5)
    assert soon.deadline == soon.pickup_at
    at_once = ask(cast, hours_ahead=0.05)
    assert timedelta(minutes=14) < at_once.deadline - utc_now() <= timedelta(minutes=15)


def day(number: int, date: str, time: str, hours: float = 4.0) -> dict[str, Any]:
    return {"day_number": number, "date": date, "time": time, "hours": hours, "pickup_location": "Grand Hotel"}


@time_machine.travel(WINTER)
def test_days_of_an_itinerary_are_priced_each(cast: Cast) -> None:
    plan = [day(1, "2027-01-12", "09:00", 4), day(2, "2027-01-13", "20:00", 2), day(3, "2027-01-15", "09:00", 10)]
    booking = ask(
        cast,
        BookingType.HOURLY,
        date="2027-01-12",
        time="09:00",
        itinerary=plan,
        timezone="America/New_York",
    )
    assert booking.estimate.subtotal == (4 + 3 + 10) * 9_500
    assert [each.date for each in now(booking).details.itinerary] == ["2027-01-12", "2027-01-13", "2027-01-15"]


@time_machine.travel(WINTER)
@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ([day(2, "2027-01-12", "09:00")], "0.dayNumber"),
        ([day(1, "2027-01-12", "10:00")], "0.time"),
        ([day(1, "2027-01-12", "09:00"), day(2, "2027-01-12", "08:00")], "1.date"),
        ([day(1, "2027-01-12", "09:00"), day(2, "2027-03-14", "02:30")], "1.time"),
    ],
)
def test_an_itinerary_out_of_order_is_named(cast: Cast, plan: list[dict[str, Any]], field: str) -> None:
    with faulty(f"details.itinerary.{field}"):
        ask(
            cast,
            BookingType.HOURLY,
            date="2027-01-12",
            time="09:00",
            itinerary=plan,
            timezone="America/New_York",
        )


def test_who_may_ask(cast: Cast) -> None:
    staffed = services.request_booking(user=cast.admin, type=BookingType.P2P, details=details())
    assert story(staffed)[0][3] == "ADMIN"
    for who in (cast.owner, cast.chauffeur):
        with pytest.raises(Forbidden):
            services.request_booking(user=who, type=BookingType.P2P, details=details())


def test_a_reference_is_somebodys_own(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    first = requested(cast)
    drawn = iter([first.reference, first.reference, "ATL-ZZZZZZ"])
    monkeypatch.setattr(requesting, "new_reference", lambda random: next(drawn))
    second = requested(cast)
    assert second.reference == "ATL-ZZZZZZ"
    assert Unique.fetch(f"reference:{first.reference}").owner_id == first.id
    found = find_by_reference("ATL-ZZZZZZ")
    assert found is not None
    assert found.id == second.id
