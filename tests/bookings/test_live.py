"""The sockets: who may open which, what they say first and then, and whose eyes may follow a car."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from accounts.services import suspend_user
from atlas.api.fields import Instant
from atlas.dynamo.attributes import utc_now
from atlas.live.authentication import in_thread
from atlas.live.last_position import aget_position, forget_position
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.topics import driver_topic
from fleet.tables import Driver
from tests.bookings.sockets import opened
from tests.bookings.stage import AIRPORT, HOTEL, Cast, assigned, driven, quoted, requested

S = BookingStatus


@pytest.fixture(autouse=True)
def pays(sandbox: object) -> None:
    """Every ride here is sold first."""


def of(booking: Any) -> str:
    return f"/ws/bookings/{booking.id}/"


def position(place: Any = HOTEL, *, at: datetime | None = None, **more: Any) -> dict[str, Any]:
    stamp = {"timestamp": Instant().to_representation(at)} if at else {}
    return {"type": "location", "lat": place.lat, "lng": place.lng, "heading": 90, "speed": 36, **stamp, **more}


async def advance(cast: Cast, booking: Any, status: BookingStatus) -> None:
    await in_thread(services.report_status, user=cast.chauffeur, booking_id=booking.id, status=status)


async def kept(cast: Cast) -> Any:
    """`Driver.currentLocation`."""
    return (await in_thread(Driver.fetch, cast.driver.id)).current_location


# Who may come in


@pytest.mark.parametrize("who", ["concierge", "owner", "manager", "chauffeur", "admin"])
async def test_a_booking_shows_itself_to_its_parties(cast: Cast, who: str) -> None:
    booking = await in_thread(assigned, cast)
    async with opened(of(booking), cast.user(who)) as socket:
        snapshot = await socket.hear()
    assert (snapshot["type"], snapshot["booking"]["id"]) == ("snapshot", booking.id)
    assert snapshot["booking"]["status"] == "DRIVER_ASSIGNED"
    assert snapshot["location"] is None


@pytest.mark.parametrize("who", ["other_concierge", "rival"])
async def test_a_booking_of_others_is_closed_with_4403(cast: Cast, who: str) -> None:
    booking = await in_thread(assigned, cast)
    async with opened(of(booking), cast.user(who)) as socket:
        assert await socket.close_code() == 4403


async def test_a_booking_that_is_not_there_is_closed_with_4404(cast: Cast) -> None:
    async with opened(f"/ws/bookings/{uuid4()}/", cast.concierge) as socket:
        assert await socket.close_code() == 4404


@pytest.mark.parametrize(
    "path", ["/ws/bookings/5f0c7c4e-8a44-4c5f-9b7e-000000000000/", "/ws/driver/", "/ws/fleet/", "/ws/inbox/"]
)
async def test_nobody_is_closed_with_4401(path: str) -> None:
    async with opened(path, None) as socket:
        assert await socket.close_code() == 4401


@pytest.mark.parametrize(
    ("path", "who"), [("/ws/driver/", "concierge"), ("/ws/driver/", "owner"), ("/ws/fleet/", "concierge")]
)
async def test_a_socket_for_another_role_is_closed_with_4403(cast: Cast, path: str, who: str) -> None:
    async with opened(path, cast.user(who)) as socket:
        assert await socket.close_code() == 4403


async def test_a_suspended_user_is_out_at_once(cast: Cast) -> None:
    async with opened("/ws/inbox/", cast.concierge) as socket:
        await socket.hear("snapshot")
        await in_thread(suspend_user, actor=None, user_id=cast.concierge.id)
        assert await socket.close_code() == 4401


# Where the car is


async def test_a_position_reaches_who_may_see_it_with_progress_and_eta(cast: Cast) -> None:
    booking = await in_thread(driven, cast, S.IN_PROGRESS)
    async with (
        opened(of(booking), cast.concierge) as watcher,
        opened("/ws/fleet/", cast.owner) as office,
        opened("/ws/driver/", cast.chauffeur) as phone,
    ):
        for socket in (watcher, office, phone):
            await socket.hear("snapshot")
        await phone.send(**position(HOTEL))
        first = await watcher.hear()
        await phone.send(**position(AIRPORT))
        last = await watcher.hear()
        assert await office.hear() == first
    assert (first["type"], first["bookingId"], first["leg"]) == ("location", booking.id, "DROPOFF")
    assert (first["location"]["lat"], first["location"]["speed"]) == (HOTEL.lat, 36)
    assert first["progress"] == pytest.approx(0, abs=0.01)
    assert last["progress"] == pytest.approx(1, abs=0.01)
    assert first["remainingKm"] > last["remainingKm"]
    assert first["etaSeconds"] == pytest.approx(first["remainingKm"] / 36 * 3600, abs=2), "at the present 36 km/h"


async def test_a_ride_by_the_hour_arrives_at_the_pick_up_and_then_nowhere(cast: Cast) -> None:
    ride = {"duration_hours": 3.0, "dropoff": None, "dropoff_location": ""}
    booking = await in_thread(lambda: driven(cast, S.DRIVER_EN_ROUTE, **ride))
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position(AIRPORT))
        assert await phone.heard_so_far() == []
    known = []
    for status in (S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS):
        async with opened(of(booking), cast.concierge) as watcher:
            snapshot = await watcher.hear()
            known.append((snapshot["leg"], snapshot["etaSeconds"] is not None, snapshot["location"] is not None))
        await advance(cast, booking, status)
    async with opened(of(booking), cast.concierge) as watcher:
        snapshot = await watcher.hear()
    assert known == [("PICKUP", True, True), ("PICKUP", True, True), (None, False, True)]
    assert (snapshot["etaSeconds"], snapshot["progress"], snapshot["remainingKm"]) == (None, None, None)


async def test_the_snapshot_of_a_live_ride_has_the_way_and_the_last_position(cast: Cast) -> None:
    booking = await in_thread(driven, cast, S.DRIVER_EN_ROUTE)
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position(AIRPORT))
        assert await phone.heard_so_far() == []
    async with opened(of(booking), cast.concierge) as watcher:
        snapshot = await watcher.hear()
    assert snapshot["location"]["lat"] == AIRPORT.lat
    assert (snapshot["leg"], snapshot["progress"]) == ("PICKUP", 0)
    assert snapshot["route"]["points"][0] == pytest.approx([HOTEL.lng, HOTEL.lat])
    assert snapshot["etaSeconds"] > 0


async def test_the_concierge_follows_the_car_from_departure_to_arrival_only(cast: Cast) -> None:
    booking = await in_thread(assigned, cast)
    async with (
        opened(of(booking), cast.concierge) as watcher,
        opened("/ws/fleet/", cast.owner) as office,
        opened("/ws/driver/", cast.chauffeur) as phone,
    ):
        for socket in (watcher, office, phone):
            await socket.hear("snapshot")
        for status in (None, S.DRIVER_EN_ROUTE, S.ARRIVED, S.PASSENGER_ONBOARD, S.IN_PROGRESS, S.COMPLETED):
            if status:
                await advance(cast, booking, status)
            await phone.send(**position())
            seen = await office.hear("location")
            live = status not in (None, S.COMPLETED)
            assert seen.get("bookingId") == (booking.id if live else None), status
            assert ("location" in await watcher.heard_so_far()) is live, status
            async with opened(of(booking), cast.concierge) as newcomer:
                assert ((await newcomer.hear())["location"] is not None) is live, status


async def test_a_position_older_than_the_last_one_changes_nothing(cast: Cast) -> None:
    now = utc_now()
    async with opened("/ws/fleet/", cast.owner) as office, opened("/ws/driver/", cast.chauffeur) as phone:
        await office.hear("snapshot")
        await phone.hear("snapshot")
        await phone.send(**position(AIRPORT, at=now))
        first = await office.hear("location")
        await phone.send(**position(HOTEL, at=now - timedelta(seconds=5)))
        await phone.send(**position(AIRPORT, at=now + timedelta(seconds=1), speed=1))
        second = await office.hear("location")
    assert [each["location"]["speed"] for each in (first, second)] == [36, 1]
    last = await aget_position(driver_topic(cast.driver.id))
    assert last is not None
    assert last["lat"] == AIRPORT.lat


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"lat": 91}, "lat"),
        ({"lng": -180.5}, "lng"),
        ({"lat": "north"}, "lat"),
        ({"heading": 361}, "heading"),
        ({"speed": -1}, "speed"),
        ({"speed": 4000}, "speed"),
        ({"timestamp": "yesterday"}, "timestamp"),
        ({"timestamp": "2099-01-01T00:00:00Z"}, "timestamp"),
        ({"altitude": 12}, "altitude"),
    ],
)
async def test_a_wrong_position_is_answered_and_not_passed_on(cast: Cast, wrong: dict[str, Any], field: str) -> None:
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position(**wrong))
        error = await phone.hear()
        assert (error["type"], list(error["fields"])) == ("error", [field])
        await phone.send(**position())
        assert await phone.heard_so_far() == [], "the socket is as good as before"
    last = await aget_position(driver_topic(cast.driver.id))
    assert last is not None
    assert last["lat"] == HOTEL.lat


@pytest.mark.parametrize("text", ['{"type":"location","lat":NaN,"lng":1}', "[]", "{", '{"type": 7}'])
async def test_what_is_no_message_is_answered_too(cast: Cast, text: str) -> None:
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.communicator.send_to(text_data=text)
        assert (await phone.hear())["type"] == "error"


# What is kept


async def test_the_stored_location_is_written_now_and_then_and_at_each_stage(cast: Cast, settings: Settings) -> None:
    booking = await in_thread(assigned, cast)
    start = utc_now() - timedelta(seconds=50)
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position(HOTEL, at=start))
        await phone.send(**position(AIRPORT, at=start + timedelta(seconds=40)))
        assert await phone.heard_so_far() == []
        assert (await kept(cast)).lat == HOTEL.lat, "no second write within 15 seconds"

        await advance(cast, booking, S.DRIVER_EN_ROUTE)
        assert (await kept(cast)).lat == AIRPORT.lat, "but where the driver set out is kept"

        settings.LOCATION_WRITE_SECONDS = 0
        await phone.send(**position(HOTEL, at=start + timedelta(seconds=45)))
        await phone.hear("booking")
        assert await phone.heard_so_far() == []
    assert (await kept(cast)).lat == HOTEL.lat


async def test_a_status_is_reported_whether_or_not_its_place_can_be_kept(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    booking = await in_thread(assigned, cast)
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position())
        assert await phone.heard_so_far() == []

    def away(**_: Any) -> None:
        raise RuntimeError("the store is away")

    monkeypatch.setattr("fleet.services.save_location", away)
    await advance(cast, booking, S.DRIVER_EN_ROUTE)
    await in_thread(forget_position, driver_topic(cast.driver.id))
    await advance(cast, booking, S.ARRIVED)


async def test_where_redis_knows_nothing_the_stored_location_is_shown(cast: Cast) -> None:
    booking = await in_thread(driven, cast, S.DRIVER_EN_ROUTE)
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        await phone.hear("snapshot")
        await phone.send(**position(AIRPORT))
        assert await phone.heard_so_far() == []
    await in_thread(forget_position, driver_topic(cast.driver.id))
    async with opened(of(booking), cast.concierge) as watcher, opened("/ws/fleet/", cast.owner) as office:
        assert (await watcher.hear())["location"]["lat"] == AIRPORT.lat
        [shown] = (await office.hear())["drivers"]
    assert (shown["driverId"], shown["status"], shown["bookingId"]) == (cast.driver.id, "BUSY", booking.id)
    assert shown["location"]["lat"] == AIRPORT.lat


# What happens


async def test_a_change_reaches_everybody_it_concerns(cast: Cast) -> None:
    booking = await in_thread(assigned, cast)
    async with (
        opened(of(booking), cast.concierge) as watcher,
        opened("/ws/inbox/", cast.concierge) as inbox,
        opened("/ws/driver/", cast.chauffeur) as phone,
        opened("/ws/fleet/", cast.owner) as office,
        opened("/ws/inbox/", cast.rival) as elsewhere,
    ):
        concerned = (watcher, inbox, phone, office)
        for socket in (*concerned, elsewhere):
            await socket.hear("snapshot")
        await advance(cast, booking, S.DRIVER_EN_ROUTE)
        told = [await socket.hear() for socket in concerned]
        assert await elsewhere.heard_so_far() == []
    assert told == [told[0]] * len(told)
    assert (told[0]["type"], told[0]["action"]) == ("booking", "en_route")
    assert (told[0]["booking"]["id"], told[0]["booking"]["status"]) == (booking.id, "DRIVER_EN_ROUTE")


async def test_an_inbox_hears_of_quotes_and_new_requests(cast: Cast) -> None:
    async with opened("/ws/inbox/", cast.concierge) as asks, opened("/ws/inbox/", cast.rival) as bids:
        await asks.hear("snapshot")
        await bids.hear("snapshot")
        booking = await in_thread(requested, cast)
        assert await bids.hear() == {"type": "request", "bookingId": booking.id, "open": True}
        quote = await in_thread(quoted, cast, booking)
        news = await asks.hear("quote")
        assert (news["bookingId"], news["quoteId"]) == (booking.id, quote.id)
        assert "quote" not in await bids.heard_so_far(), "what others bid is not theirs to know"


async def test_a_missed_departure_alerts_the_operator(cast: Cast) -> None:
    booking = await in_thread(assigned, cast, hours_ahead=0.9)
    async with opened("/ws/fleet/", cast.owner) as office, opened(of(booking), cast.concierge) as watcher:
        await office.hear("snapshot")
        await watcher.hear("snapshot")
        assert await in_thread(services.alert_departure, booking_id=booking.id)
        alert = await office.hear("alert")
        assert alert == {"type": "alert", "code": "departure_missed", "bookingId": booking.id}
        assert "alert" not in await watcher.heard_so_far()


async def test_a_driver_is_told_of_a_new_job(cast: Cast) -> None:
    async with opened("/ws/driver/", cast.chauffeur) as phone:
        snapshot = await phone.hear()
        assert (snapshot["driver"], snapshot["bookingId"]) == ({"id": cast.driver.id, "status": "OFFLINE"}, None)
        booking = await in_thread(assigned, cast)
        news = await phone.hear("booking")
    assert (news["booking"]["id"], news["action"]) == (booking.id, "assign")
