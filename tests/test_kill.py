"""`kill -9` in the middle of things. Whoever dies, the booking ends in a right state, and money and status agree."""

import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.rides import ON_THE_ROAD, PRICE, STORY, People, Ride
from tests.stack import Stack, eventually

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stack"), pytest.mark.timeout(300)]

AT_A_TIME = 3
"""Rides that are caught by one kill, each at another point of its way."""

Attempt = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def demo(stack: Stack) -> People:
    return People.of_demo(stack)


@pytest.fixture(scope="module")
def crews(demo: People) -> list[People]:
    """Drivers and cars for rides that are driven at the same time."""
    return [demo.with_new_driver() for _ in range(AT_A_TIME)]


@pytest.fixture(scope="module")
def pace(demo: People) -> float:
    """How long an accept takes on this machine now, in seconds."""
    ride = Ride(demo)
    ride.advance("QUOTING")
    started = time.monotonic()
    ride.accept()
    return time.monotonic() - started


@pytest.mark.parametrize(("victim", "seed"), [("web", 3), ("web", 4), ("dynamodb", 5)])
def test_accepting_is_cut_off(stack: Stack, demo: People, pace: float, victim: str, seed: int) -> None:
    rides = [Ride(demo) for _ in range(AT_A_TIME)]
    for ride in rides:
        ride.advance("QUOTING")

    cut_off(stack, victim, seed, pace, (accepting(ride) for ride in rides))

    for ride in rides:
        eventually(lambda ride=ride: is_sold(ride), what="the accept is settled")  # type: ignore[misc]
        assert ride.seen()["paymentStatus"] == "AUTHORIZED"
        check(stack, ride, "OPERATOR_ASSIGNED", payment="APPROVED")
        [quote] = demo.concierge.ask("GET /bookings/{booking_id}/quotes", booking_id=ride.id)["results"]
        assert quote["status"] == "ACCEPTED"
    check_nothing_is_left(stack)


@pytest.mark.parametrize(("victim", "seed"), [("web", 1), ("worker", 2), ("dynamodb", 4)])
def test_a_ride_is_cut_off_on_its_way(stack: Stack, crews: list[People], pace: float, victim: str, seed: int) -> None:
    """A third of them somewhere on the road, the others at its end, where the money is taken."""
    rides = [Ride(crew) for crew in crews]
    goals = [random.Random(seed).choice(ON_THE_ROAD), "COMPLETED", "COMPLETED"]
    for ride, goal in zip(rides, goals, strict=True):
        ride.advance(STORY[STORY.index(goal) - 1])

    cut_off(stack, victim, seed, pace, (reporting(ride, goal) for ride, goal in zip(rides, goals, strict=True)))

    for ride in rides:
        ride.advance("PAID")
        check(stack, ride, "PAID", payment="COMPLETED")
        assert ride.people.driver.ask("GET /drivers/me")["status"] == "ONLINE"
    check_nothing_is_left(stack)


@pytest.mark.parametrize("kind", ["slow", "timeout_before"])
def test_the_web_dies_while_the_card_is_asked(stack: Stack, demo: People, kind: str) -> None:
    """Square does what it was asked after that, or it never heard of it: either way the accept is finished later."""
    ride = Ride(demo)
    ride.advance("QUOTING")

    dies_while_square_works(stack, "web", accepting(ride), kind, path="/v2/payments")

    ride.wait_for("OPERATOR_ASSIGNED")
    check(stack, ride, "OPERATOR_ASSIGNED", payment="APPROVED")
    check_nothing_is_left(stack)


def test_the_worker_dies_while_the_money_is_taken(stack: Stack, crews: list[People]) -> None:
    ride = Ride(crews[0])
    ride.advance("IN_PROGRESS")

    dies_while_square_works(stack, "worker", reporting(ride, "COMPLETED"), "slow", path="/complete")

    ride.wait_for("PAID")
    check(stack, ride, "PAID", payment="COMPLETED")
    check_nothing_is_left(stack)


@pytest.mark.parametrize("away", ["worker", "square"])
def test_who_is_away_delays_and_loses_nothing(stack: Stack, crews: list[People], away: str) -> None:
    ride = Ride(crews[0])
    ride.advance("IN_PROGRESS")
    stack.kill(away)
    try:
        assert ride.report("COMPLETED")["status"] == "COMPLETED"
        eventually(lambda: completion(stack, ride), what="the fact waits for its delivery")
        if away == "square":
            eventually(lambda: completion(stack, ride)[0]["attempts"], what="a delivery was tried in vain")
        assert ride.status() == "COMPLETED"
    finally:
        stack.start(away)

    ride.wait_for("PAID")
    check(stack, ride, "PAID", payment="COMPLETED")
    check_nothing_is_left(stack)


def test_without_its_store_atlas_says_so_and_does_nothing_by_halves(stack: Stack, crews: list[People]) -> None:
    crew = crews[0]
    quoted, driven = Ride(crew), Ride(crew)
    quoted.advance("QUOTING")
    driven.advance("IN_PROGRESS")
    before = [stored(stack, ride) for ride in (quoted, driven)]
    attempts: list[Attempt] = [
        lambda: crew.concierge.send("GET /bookings"),
        lambda: crew.concierge.send("POST /bookings", key="while-away"),
        accepting(quoted),
        reporting(driven, "COMPLETED"),
    ]

    stack.kill("dynamodb")
    try:
        answers = [attempt() for attempt in attempts]
        ready = httpx.get(f"{stack.url}/readyz", timeout=30)
    finally:
        stack.start("dynamodb")

    for answer in (*answers, ready):
        assert answer.status_code == 503, answer.text
    for answer in answers:
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.json()["error"]["code"]
    assert [stored(stack, ride) for ride in (quoted, driven)] == before
    assert stack.square.authorizations(quoted.id) == 0
    quoted.accept()
    driven.advance("PAID")
    check(stack, quoted, "OPERATOR_ASSIGNED", payment="APPROVED")
    check(stack, driven, "PAID", payment="COMPLETED")
    check_nothing_is_left(stack)


def accepting(ride: Ride) -> Attempt:
    return lambda: ride.people.concierge.send("POST /quotes/{quote_id}/accept", quote_id=ride.quote_id)


def reporting(ride: Ride, status: str) -> Attempt:
    return lambda: ride.people.driver.send("POST /bookings/{booking_id}/status", booking_id=ride.id, status=status)


def cut_off(stack: Stack, victim: str, seed: int, pace: float, attempts: Iterable[Attempt]) -> None:
    """Make all attempts, a little apart, and kill somebody meanwhile; afterwards everybody is there again."""
    dice = random.Random(seed)

    def after(pause: float, attempt: Attempt) -> None:
        time.sleep(pause)
        try:
            answer = attempt()
        except httpx.TransportError:
            return  # the web died with it in its hands
        assert answer.is_success or answer.status_code in (409, 503), answer.text

    with ThreadPoolExecutor() as pool:
        under_way = [pool.submit(after, dice.uniform(0, 0.7) * pace, attempt) for attempt in attempts]
        time.sleep(dice.uniform(0.2, 1.3) * pace)
        stack.kill(victim)
        stack.start(victim)
    for each in under_way:
        each.result()


def dies_while_square_works(stack: Stack, victim: str, attempt: Attempt, kind: str, *, path: str) -> None:
    """Kill somebody at the very moment when Square has their question and they have no answer."""

    def unanswered() -> int:
        return sum(call["status"] is None for call in stack.square.calls())

    before = unanswered()
    stack.square.inject(kind, path=path, method="POST", delay_ms=1000)
    with ThreadPoolExecutor() as pool:
        under_way = pool.submit(attempt)
        eventually(lambda: unanswered() > before, what="Square was asked")
        stack.kill(victim)
        stack.start(victim)
    if victim == "web":
        assert isinstance(under_way.exception(), httpx.TransportError)


def is_sold(ride: Ride) -> bool:
    """Tries again, as a person would, and without an idempotency key: that alone must not charge twice."""
    answer = accepting(ride)()
    if answer.is_success:
        return True
    code = answer.json()["error"]["code"]
    assert code in ("already_accepted", "acceptance_in_progress", "payment_unknown", "unavailable"), answer.text
    return bool(code == "already_accepted")


def check(stack: Stack, ride: Ride, status: str, *, payment: str) -> None:
    """Status, history, our book of payments and the bank's agree."""
    assert ride.status() == status
    assert [row["toStatus"] for row in ride.history()] == list(STORY[: STORY.index(status) + 1])
    [held] = [each for each in stack.square.payments(reference_id=ride.id) if each["status"] != "FAILED"]
    assert (held["status"], held["total_money"]["amount"]) == (payment, PRICE)
    [ours] = ride.transactions()
    assert (ours["paymentGatewayId"], ours["amount"]) == (held["id"], PRICE)
    assert ours["status"] == {"APPROVED": "AUTHORIZED", "COMPLETED": "CAPTURED"}[payment]


def check_nothing_is_left(stack: Stack) -> None:
    """Every fact was delivered, and nothing waits to be settled."""
    eventually(lambda: not stack.items("outbox"), what="the outbox is empty")
    assert not [row["id"] for row in stack.items("bookings") if row.get("acceptance")]


def facts_about(stack: Stack, ride: Ride) -> list[dict[str, Any]]:
    return [row for row in stack.items("outbox") if ride.id in row["payload"]]


def completion(stack: Stack, ride: Ride) -> list[dict[str, Any]]:
    """That the ride is over, for as long as it was not delivered. (That its parties are told is another fact.)"""
    return [row for row in facts_about(stack, ride) if row["event"] == "RideCompleted"]


def stored(stack: Stack, ride: Ride) -> list[dict[str, Any]]:
    """Every item that belongs to a ride, as it is stored."""
    tables = {"bookings": "id", "booking-history": "bookingId", "quotes": "bookingId", "transactions": "bookingId"}
    return [item for table, key in tables.items() for item in stack.items(table) if item[key] == ride.id]
