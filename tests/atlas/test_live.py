"""Live views over a real Redis: who may watch, what arrives, and what happens when something is slow or away."""

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator
from django.conf import LazySettings
from django.contrib.auth import SESSION_KEY

from atlas.asgi import application
from atlas.errors import Forbidden
from atlas.live import redis
from atlas.live.authentication import in_thread
from atlas.live.hub import Hub, hub
from atlas.live.last_position import aget_position, aset_position, forget_position, get_position, set_position
from atlas.live.mailbox import Mailbox
from atlas.live.publish import apublish, publish, sign_out
from tests.atlas.live import USERS, closed_with, opened, refusals


@pytest.fixture(autouse=True)
def own_users(settings: LazySettings) -> Iterator[None]:
    settings.ATLAS_LIVE_AUTHENTICATE = "tests.atlas.live.user_for_token"
    settings.AUTHENTICATION_BACKENDS = ["tests.atlas.live.Backend"]
    yield
    USERS["ada"] = SimpleNamespace(pk="ada", is_authenticated=True, is_active=True)
    refusals.pop("later", None)


async def test_what_is_published_reaches_every_watcher_at_once() -> None:
    async with opened("t1") as first, opened("t1") as second, opened("t2") as elsewhere:
        started = time.perf_counter()
        assert await in_thread(publish, "t1", {"type": "booking", "status": "ARRIVED"})
        for socket in (first, second):
            assert await socket.receive_json_from(1) == {"type": "booking", "status": "ARRIVED"}
        assert time.perf_counter() - started < 0.5
        assert await elsewhere.receive_nothing(0.05)


async def test_a_process_subscribes_once_per_topic_and_not_at_all_without_watchers() -> None:
    async with opened("t1"), opened("t1"), opened("t1"):
        counts = await redis.async_client().pubsub_numsub(redis.name("t1"), redis.name("user:ada"))
        assert [count for _, count in counts] == [1, 1]
    for _ in range(20):
        [(_, left)] = await redis.async_client().pubsub_numsub(redis.name("t1"))
        if not left:
            return
        await asyncio.sleep(0.05)
    pytest.fail("still subscribed")


async def test_messages_keep_their_order() -> None:
    async with opened("t1") as socket:
        for number in range(200):
            await apublish("t1", {"type": "location", "n": number}, kind="event" if number % 3 else "position")
        assert [(await socket.receive_json_from(1))["n"] for _ in range(200)] == list(range(200))


async def test_the_subscription_stands_before_the_snapshot() -> None:
    """Whatever is published once the snapshot is out arrives: nothing falls between the two."""
    for attempt in range(20):
        async with opened(f"fresh{attempt}") as socket:
            await apublish(f"fresh{attempt}", {"type": "booking"})
            assert (await socket.receive_json_from(1))["type"] == "booking"


async def test_a_subscription_that_is_confirmed_late_marks_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine the snapshot may go out first: what fell between the two is made good by another one."""
    monkeypatch.setattr("atlas.live.hub.CONFIRMATION_SECONDS", 0)
    async with opened("late") as socket:
        assert (await socket.receive_json_from(5)) == {"type": "snapshot", "number": 2}


@pytest.mark.parametrize(("topic", "code"), [("theirs", 4403), ("nowhere", 4404), ("away", 1013), ("broken", 1011)])
async def test_who_may_not_watch_is_told_by_the_close_code(topic: str, code: int) -> None:
    async with opened(topic, user=None) as socket:
        await socket.send_json_to({"type": "authenticate", "token": "ada"})
        assert await closed_with(socket) == code


@pytest.mark.parametrize(
    "first",
    [
        '{"type": "authenticate", "token": "eve"}',
        '{"type": "authenticate"}',
        '{"type": "authenticate", "token": 5}',
        '{"type": "add", "terms": [1]}',
        "[]",
        "not json",
        '{"type": "authenticate", "token": "' + "x" * 5000 + '"}',
    ],
)
async def test_the_first_message_must_be_a_good_token(first: str) -> None:
    async with opened("t1", user=None) as socket:
        await socket.send_to(text_data=first)
        assert await closed_with(socket) == 4401


@pytest.mark.parametrize("path", ["/ws/none/", "/ws/bookings/xyz/", "/ws/driver", "/"])
async def test_a_socket_at_no_address_is_closed_with_4404(path: str) -> None:
    socket = WebsocketCommunicator(application, path)
    assert (await socket.connect())[0]
    closing = await socket.receive_output(1)
    assert (closing["type"], closing["code"]) == ("websocket.close", 4404)


async def test_a_silent_socket_is_closed_after_a_while() -> None:
    async with opened("hasty/t1", user=None) as socket:
        assert await closed_with(socket, 1) == 4401


async def session_cookie(settings: LazySettings) -> str:
    """A session in the cache, as the web pages' sign-in leaves one."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.cache"

    def make() -> str:
        session = import_module(settings.SESSION_ENGINE).SessionStore()
        session[SESSION_KEY] = "ada"
        session.save()
        return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"

    cookie: str = await in_thread(make)
    return cookie


@pytest.mark.parametrize(
    ("origin", "welcome"), [("https://atlas.test", True), (None, True), ("https://evil.test", False)]
)
async def test_the_session_cookie_opens_a_socket_for_our_own_pages(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch, origin: str | None, welcome: bool
) -> None:
    monkeypatch.setattr("django.contrib.auth.get_user", lambda request: USERS[request.session[SESSION_KEY]])
    headers = {"host": "atlas.test", "cookie": await session_cookie(settings)}
    async with opened("t1", user=None, headers={**headers, **({"origin": origin} if origin else {})}) as socket:
        if welcome:
            assert (await socket.receive_json_from(1))["type"] == "snapshot"
        else:
            assert await closed_with(socket) == 4403


async def test_signing_out_closes_every_socket_of_that_user_at_once() -> None:
    USERS["bob"] = SimpleNamespace(pk="bob", is_authenticated=True, is_active=True)
    async with opened("t1") as first, opened("t2") as second, opened("t1", user="bob") as other:
        started = time.perf_counter()
        await in_thread(sign_out, "ada")
        assert [await closed_with(first), await closed_with(second)] == [4401, 4401]
        assert time.perf_counter() - started < 0.5
        assert await other.receive_nothing(0.05)


async def test_a_suspension_is_noticed_even_if_nobody_said_so() -> None:
    async with opened("hasty/t1") as socket:
        del USERS["ada"]
        assert await closed_with(socket, 1) == 4401


async def test_a_right_that_ends_closes_the_socket() -> None:
    async with opened("hasty/later") as socket:
        refusals["later"] = Forbidden()
        assert await closed_with(socket, 1) == 4403


async def test_a_quiet_line_has_a_heartbeat() -> None:
    async with opened("hasty/t1") as socket:
        assert await socket.receive_json_from(1) == {"type": "heartbeat"}


async def test_what_a_client_sends_is_answered() -> None:
    async with opened("t1") as socket:
        await socket.send_json_to({"type": "add", "terms": [1, 2]})
        assert await socket.receive_json_from(1) == {"type": "sum", "sum": 3}


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", "malformed"),
        ("[1]", "malformed"),
        ("{}", "malformed"),
        ('{"type": 5}', "malformed"),
        ('{"type": "add", "terms": [NaN]}', "malformed"),
        ('{"type": "websocket_disconnect"}', "unknown_type"),
        ('{"type": "add", "terms": ["x"]}', "internal_error"),
        ('{"type": "refused"}', "forbidden"),
        (b"\x00\x01", "malformed"),
        ("[" * 10_000, "malformed"),
    ],
)
async def test_a_bad_frame_is_answered_with_an_error_and_the_socket_lives(frame: str | bytes, code: str) -> None:
    async with opened("t1") as socket:
        await socket.send_to(**({"text_data": frame} if isinstance(frame, str) else {"bytes_data": frame}))
        answer = await socket.receive_json_from(1)
        assert (answer["type"], answer["code"]) == ("error", code)
        await socket.send_json_to({"type": "add", "terms": [1]})
        assert (await socket.receive_json_from(1))["type"] == "sum"


async def test_a_flood_closes_the_socket() -> None:
    async with opened("hasty/t1") as socket:
        for _ in range(6):
            await socket.send_json_to({"type": "add", "terms": [1]})
        assert await closed_with(socket) == 4429


async def test_a_huge_frame_closes_the_socket() -> None:
    async with opened("t1") as socket:
        await socket.send_to(text_data=json.dumps({"type": "x" * 20_000}))
        assert await closed_with(socket) == 1009


async def test_sockets_survive_redis_and_get_a_new_snapshot() -> None:
    async with opened("t1") as socket:
        await redis.async_client().client_kill_filter(_type="pubsub")
        assert await socket.receive_json_from(3) == {"type": "snapshot", "number": 2}
        await apublish("t1", {"type": "booking"})
        assert await socket.receive_json_from(1) == {"type": "booking"}


def frame(number: int) -> dict[str, Any]:
    return {"type": "websocket.send", "text": str(number)}


async def test_a_slow_reader_loses_old_positions_and_no_events() -> None:
    mailbox = Mailbox(most_positions=3, most_events=100)
    for number in range(20):
        mailbox.put(frame(number), "event" if number % 5 == 0 else "position")
    assert [each["text"] for each in await mailbox.take()] == ["0", "5", "10", "15", "17", "18", "19"]


async def test_of_several_vehicles_a_slow_reader_gets_the_last_position_of_each() -> None:
    mailbox = Mailbox(most_positions=1, most_events=2)
    for number in range(12):
        mailbox.put(frame(number), "position", subject=f"car-{number % 3}")
    mailbox.put(frame(12), subject="car-0")
    assert [each["text"] for each in await mailbox.take()] == ["9", "10", "11", "12"]
    mailbox.put(frame(13), "position", subject="car-0")
    assert [each["text"] for each in await mailbox.take()] == ["13"]
    assert mailbox.closing is None


async def test_who_may_hear_of_one_vehicle_hears_of_no_other() -> None:
    everything, one, passing = Mailbox(), Mailbox(), frame(0)
    one.subjects = {"car-1"}
    for mailbox in (everything, one):
        mailbox.put(passing, "position", subject="car-2")
        mailbox.put(passing, subject="car-2")
        mailbox.put(frame(1), subject="car-1")
        mailbox.put(frame(2))
    assert [each["text"] for each in await everything.take()] == ["0", "0", "1", "2"]
    assert [each["text"] for each in await one.take()] == ["1", "2"]


async def test_a_hopeless_reader_is_closed() -> None:
    mailbox = Mailbox(most_positions=3, most_events=4)
    for number in range(5):
        mailbox.put(frame(number))
    assert mailbox.closing == 4429
    assert await mailbox.take() == []


async def test_subscribing_while_the_hub_is_still_connecting_loses_nobody() -> None:
    own, boxes = Hub(), [Mailbox() for _ in range(30)]
    await asyncio.gather(*(own.subscribe(box, [f"many{number}"]) for number, box in enumerate(boxes)))
    for number in range(30):
        await apublish(f"many{number}", {"type": "booking", "n": number})
    for number, box in enumerate(boxes):
        [got] = await asyncio.wait_for(box.take(), 1)
        assert json.loads(got["text"])["n"] == number
    for box in boxes:
        await own.unsubscribe(box)


async def test_coming_and_going_of_one_topic_leaves_it_subscribed() -> None:
    own, stays = Hub(), Mailbox()
    await own.subscribe(stays, ["elsewhere"])
    for _ in range(20):
        passing, back = Mailbox(), Mailbox()
        await own.subscribe(passing, ["busy"])
        await asyncio.gather(own.unsubscribe(passing), own.subscribe(back, ["busy"]))
        await apublish("busy", {"type": "booking"})
        assert len(await asyncio.wait_for(back.take(), 1)) == 1
        await own.unsubscribe(back)
    await own.unsubscribe(stays)


def test_each_event_loop_has_a_hub_of_its_own() -> None:
    async def current() -> Hub:
        assert hub() is hub()
        return hub()

    assert asyncio.run(current()) is not asyncio.run(current())


def test_a_publisher_outlives_redis(settings: LazySettings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock"
    redis.client.cache_clear()
    try:
        assert publish("t1", {"type": "booking"}) is False
        assert set_position("driver:1", {}, _at(1)) is False
        assert get_position("driver:1") is None
    finally:
        redis.client.cache_clear()


def _at(second: int) -> datetime:
    return datetime(2026, 12, 24, 18, 30, second, tzinfo=UTC)


async def test_the_last_position_is_the_newest_whatever_the_order() -> None:
    subject = "driver:newest"
    assert await aset_position(subject, {"lat": 2.0, "timestamp": _at(2)}, _at(2))
    assert not await aset_position(subject, {"lat": 1.0, "timestamp": _at(1)}, _at(1))
    assert await aget_position(subject) == {"lat": 2.0, "timestamp": "2026-12-24T18:30:02Z"}
    assert await in_thread(set_position, subject, {"lat": 3.0}, _at(3))
    assert await in_thread(get_position, subject) == {"lat": 3.0}
    assert 86_000 < await redis.async_client().ttl(redis.name("position", subject)) <= 86_400
    await in_thread(forget_position, subject)
    assert await aget_position(subject) is None
