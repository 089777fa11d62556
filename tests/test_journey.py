"""The main job through HTTP and WebSocket, as a stranger drives it who knows nothing but `/api/schema/`."""

import statistics
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from icalendar import Calendar

from tests.rides import DECLINED, ON_THE_ROAD, PRICE, STORY, People, Ride
from tests.stack import Stack, eventually
from tests.stranger import Socket, Stranger

pytestmark = [pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

START, TURN, END = (40.7580, -73.9855), (40.7010, -73.8800), (40.6413, -73.7781)
"""On the way of the document's example of a request."""
LOADED_MACHINE_SECONDS = 5.0
"""Half a second is the promise; this is what a test can hold a busy machine to."""


@pytest.fixture(scope="module")
def demo(stack: Stack) -> People:
    return People.of_demo(stack)


@pytest.fixture
def people(demo: People) -> People:
    return demo.with_new_driver()


def at(place: tuple[float, float], *, speed: float = 42.0) -> dict[str, Any]:
    """What a phone says of a place now."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"type": "location", "lat": place[0], "lng": place[1], "heading": 135, "speed": speed, "timestamp": now}


def test_a_booking_from_request_to_paid(stack: Stack, demo: People) -> None:
    ride = Ride(demo)
    estimate = demo.concierge.ask("POST /pricing/estimate")
    assert estimate["total"] == estimate["subtotal"] + estimate["tax"] + estimate["platformFee"]
    assert estimate["subtotal"] == sum(line["amount"] for line in estimate["lines"])

    booking = ride.request()
    assert (booking["status"], booking["estimatedPrice"]) == ("SOURCING", booking["estimate"]["total"])
    assert ride.id in [each["id"] for each in demo.operator.ask("GET /bookings/open")["results"]]

    quote = ride.quote()
    quotes = demo.concierge.ask("GET /bookings/{booking_id}/quotes", booking_id=ride.id)
    assert ([each["id"] for each in quotes["results"]], quotes["bestValueId"]) == ([quote["id"]], quote["id"])
    assert (quote["status"], quote["price"]) == ("PENDING", PRICE)

    booking = ride.accept(key="once")
    assert (booking["status"], booking["finalPrice"], booking["paymentStatus"]) == (
        "OPERATOR_ASSIGNED",
        PRICE,
        "AUTHORIZED",
    )
    assert ride.accept(key="once") == booking, "the same click again"
    assert stack.square.authorizations(ride.id) == 1

    booking = ride.assign()
    assert (booking["driverId"], booking["vehicleId"]) == (demo.driver_id, demo.vehicle_id)
    assert ride.id in [job["id"] for job in demo.driver.ask("GET /drivers/me/jobs")["results"]]

    drive(ride)

    booking = ride.wait_for("PAID")
    assert booking["paymentStatus"] == "CAPTURED"
    check_books(stack, ride)


def drive(ride: Ride) -> None:
    """The ride itself, watched by the concierge from a socket that opens before it and closes after it."""
    with (
        ride.people.concierge.watching("/ws/bookings/{booking_id}/", booking_id=ride.id) as watcher,
        ride.people.driver.watching("/ws/driver/") as phone,
    ):
        first = watcher.receive()
        assert (first["type"], first["booking"]["status"], first["location"]) == ("snapshot", "DRIVER_ASSIGNED", None)
        phone.receive("snapshot")
        delays: list[float] = []
        for status, way in zip(ON_THE_ROAD, ([START, TURN], [TURN], [TURN], [TURN, END], []), strict=True):
            ride.report(status)
            changed = watcher.receive()
            assert (changed["type"], changed["booking"]["status"]) == ("booking", status)
            delays += [moves(phone, watcher, place) for place in way]
        assert max(delays) < LOADED_MACHINE_SECONDS
        print(f"positions seen after {statistics.median(delays) * 1000:.0f} ms (median of {len(delays)})")
        assert watcher.receive()["booking"]["status"] == "PAID"


def moves(phone: Socket, watcher: Socket, place: tuple[float, float]) -> float:
    """The driver's phone says where it is; how long it took until the watcher saw it, in seconds."""
    said = at(place)
    started = time.monotonic()
    phone.send(said)
    seen = watcher.receive()
    delay = time.monotonic() - started
    assert seen["type"] == "location"
    assert (seen["location"]["lat"], seen["location"]["lng"], seen["location"]["speed"]) == (*place, 42)
    assert seen["etaSeconds"] > 0 or seen["remainingKm"] < 0.1 or seen["leg"] == "PICKUP"
    return delay


def check_books(stack: Stack, ride: Ride) -> None:
    """Receipt, transactions, the bank, history and calendar tell the same story."""
    receipt = ride.people.concierge.ask("GET /bookings/{booking_id}/receipt", booking_id=ride.id)
    assert (receipt["amountPaid"], receipt["amountRefunded"], receipt["price"]["total"]) == (PRICE, 0, PRICE)
    [transaction] = ride.transactions()
    [payment] = stack.square.payments(reference_id=ride.id)
    assert (transaction["status"], transaction["amount"]) == ("CAPTURED", PRICE)
    assert transaction["paymentGatewayId"] == payment["id"]
    assert (payment["status"], payment["total_money"]) == ("COMPLETED", {"amount": PRICE, "currency": "USD"})
    history = ride.history()
    assert [row["toStatus"] for row in history] == list(STORY)
    assert [row["sequence"] for row in history] == sorted({row["sequence"] for row in history})
    assert [row["fromStatus"] for row in history[1:]] == list(STORY[:-1])


def test_a_declined_card_changes_nothing(stack: Stack, people: People) -> None:
    ride = Ride(people)
    ride.advance("QUOTING")
    before = as_it_is(ride)

    refused = ride.accept(DECLINED, expect=402)

    assert refused["error"]["code"] == "card_declined"
    assert as_it_is(ride) == before
    assert stack.square.authorizations(ride.id) == 0
    assert ride.accept()["status"] == "OPERATOR_ASSIGNED", "another card is still welcome"


def as_it_is(ride: Ride) -> list[dict[str, Any]]:
    """The booking and its quotes, but for the marks of having been touched."""
    quotes = ride.people.concierge.ask("GET /bookings/{booking_id}/quotes", booking_id=ride.id)["results"]
    touched = {"version", "updatedAt"}
    return [{name: item[name] for name in item.keys() - touched} for item in (ride.seen(), *quotes)]


def test_the_car_is_seen_only_while_the_ride_lasts(people: People) -> None:
    ride = Ride(people)
    ride.advance("DRIVER_ASSIGNED")
    with (
        people.concierge.watching("/ws/bookings/{booking_id}/", booking_id=ride.id) as watcher,
        people.operator.watching("/ws/fleet/") as office,
        people.driver.watching("/ws/driver/") as phone,
    ):
        for socket in (watcher, office, phone):
            socket.receive("snapshot")

        goes_unseen(phone, office, watcher, START)
        assert people.concierge.ask("GET /bookings/{booking_id}/track", expect=409, booking_id=ride.id)
        assert people.concierge.ask("GET /bookings/{booking_id}/receipt", expect=409, booking_id=ride.id)

        ride.report("DRIVER_EN_ROUTE")
        assert watcher.receive()["booking"]["status"] == "DRIVER_EN_ROUTE"
        moves(phone, watcher, TURN)
        tracked = people.concierge.ask("GET /bookings/{booking_id}/track", booking_id=ride.id)
        assert (tracked["location"]["lat"], tracked["leg"]) == (TURN[0], "PICKUP")

        ride.advance("COMPLETED")
        while watcher.receive("booking")["booking"]["status"] != "PAID":
            pass
        goes_unseen(phone, office, watcher, END)
        assert people.concierge.ask("GET /bookings/{booking_id}/track", expect=409, booking_id=ride.id)
    with people.concierge.watching("/ws/bookings/{booking_id}/", booking_id=ride.id) as watcher:
        assert watcher.receive("snapshot")["location"] is None


def goes_unseen(phone: Socket, office: Socket, watcher: Socket, place: tuple[float, float]) -> None:
    """A position that the driver's company sees, and the concierge does not."""
    phone.send(at(place))
    while (seen := office.receive("location"))["location"]["lat"] != place[0]:
        pass
    assert "bookingId" not in seen
    assert "location" not in [message["type"] for message in watcher.heard_so_far()]


def test_the_last_position_survives_a_restart_of_the_web(stack: Stack, people: People) -> None:
    ride = Ride(people)
    ride.advance("DRIVER_EN_ROUTE")
    with people.driver.watching("/ws/driver/") as phone:
        phone.receive("snapshot")
        phone.send(at(TURN))
        eventually(
            lambda: people.concierge.ask("GET /bookings/{booking_id}/track", booking_id=ride.id)["location"],
            what="the position is known",
        )

    stack.restart("web")

    with people.concierge.watching("/ws/bookings/{booking_id}/", booking_id=ride.id) as watcher:
        snapshot = watcher.receive("snapshot")
    assert (snapshot["location"]["lat"], snapshot["location"]["lng"]) == TURN
    tracked = people.concierge.ask("GET /bookings/{booking_id}/track", booking_id=ride.id)
    assert (tracked["location"]["lat"], tracked["location"]["lng"]) == TURN
    ride.advance("PAID")


def test_who_is_suspended_is_out_at_once(people: People) -> None:
    with people.driver.watching("/ws/driver/") as phone:
        phone.receive("snapshot")
        people.operator.ask("DELETE /drivers/{driver_id}", expect=204, driver_id=people.driver_id)
        assert phone.close_code() == 4401
    assert people.driver.ask("GET /me", expect=401)["error"]["code"]


def test_upcoming_rides_are_in_the_calendar_feed(people: People) -> None:
    ride = Ride(people)
    ride.advance("DRIVER_ASSIGNED")
    address = urlsplit(people.concierge.ask("GET /me/calendar")["url"])
    token = address.query.removeprefix("token=")

    nobody = Stranger(f"{address.scheme}://{address.netloc}", people.concierge.document)
    feed = Calendar.from_ical(nobody.ask("GET /calendar.ics", token=token))

    [event] = [each for each in feed.walk("VEVENT") if str(each["UID"]).startswith(ride.id)]
    assert event.decoded("DTSTART") == datetime.fromisoformat(ride.seen()["pickupAt"])
    assert str(event["STATUS"]) == "CONFIRMED"
    assert nobody.ask("GET /calendar.ics", expect=404, token=f"{token}x")


def test_a_socket_that_is_not_yours_is_closed_with_the_reason(people: People) -> None:
    ride = Ride(people)
    ride.advance("SOURCING")
    nobody = Stranger(people.concierge.url, people.concierge.document, token="forged")
    for stranger, code in ((people.driver, 4403), (nobody, 4401)):
        with stranger.watching("/ws/bookings/{booking_id}/", booking_id=ride.id) as socket:
            assert socket.close_code() == code
