"""A device that stays connected: a receipt for each batch, in order, and clear words for the rest."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.testing import WebsocketCommunicator

from atlas.asgi import application
from atlas.errors import Unavailable
from atlas.live.authentication import in_thread
from telemetry.devices import consumer
from telemetry.devices.services import AddedDevice, revoke_device
from tests.bookings.stage import Cast, make_cast
from tests.telemetry.drives import NOON, drive, sent
from tests.telemetry.stage import NOW, points_of, tracked

SECONDS = 5.0
PATH = "/ws/telemetry/"


@pytest.fixture(autouse=True)
def at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hour of the drives."""
    monkeypatch.setattr(consumer, "utc_now", lambda: NOW)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def added(cast: Cast) -> AddedDevice:
    return tracked(cast)


@asynccontextmanager
async def connected(added: AddedDevice | None = None, **options: Any) -> AsyncIterator[WebsocketCommunicator]:
    headers = [(b"authorization", f"Bearer {added.token}".encode())] if added else []
    line = WebsocketCommunicator(application, PATH, headers=headers, **options)
    assert (await line.connect(SECONDS))[0]
    if added:
        assert await line.receive_json_from(SECONDS) == {"type": "ready", "pvin": added.device.pvin}
    try:
        yield line
    finally:
        await line.disconnect()


async def closed_with(line: WebsocketCommunicator) -> int:
    message = await line.receive_output(SECONDS)
    assert message["type"] == "websocket.close"
    return int(message["code"])


def batch(number: object, readings: object) -> dict[str, Any]:
    return {"type": "positions", "id": number, "readings": readings}


async def test_what_has_a_receipt_is_stored_and_may_come_again(added: AddedDevice) -> None:
    points = drive([(6, 10.0)])
    async with connected(added) as line:
        await line.send_json_to(batch(1, sent(points[:3])))
        await line.send_json_to(batch("two", [*sent(points[3:]), {"timestamp": NOON, "lat": 0, "lng": 0}]))
        first, second = [await line.receive_json_from(SECONDS) for _ in range(2)]
        assert first == {"type": "receipt", "id": 1, "accepted": 3, "duplicate": 0, "rejected": []}
        assert second["id"] == "two"
        assert (second["accepted"], second["rejected"]) == (3, [{"index": 3, "code": "no_fix"}])
        assert await in_thread(points_of, added.device) == points
        await line.send_json_to(batch(3, sent(points)))
        assert (await line.receive_json_from(SECONDS))["duplicate"] == 6
    assert await in_thread(points_of, added.device) == points


async def test_by_its_first_message(added: AddedDevice) -> None:
    async with connected() as line:
        await line.send_json_to({"type": "authenticate", "token": added.token})
        assert (await line.receive_json_from(SECONDS))["type"] == "ready"
        await line.send_json_to(batch(1, sent(drive([(2, 10.0)]))))
        assert (await line.receive_json_from(SECONDS))["accepted"] == 2


async def test_who_is_no_device_is_out(added: AddedDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected() as line:
        await line.send_json_to({"type": "authenticate", "token": added.token[:-1] + "-"})
        assert await closed_with(line) == 4401
    async with connected() as line:
        await line.send_json_to(batch(1, sent(drive([(2, 10.0)]))))
        assert await closed_with(line) == 4401
    monkeypatch.setattr(consumer, "AUTHENTICATE_WITHIN", 0.05)
    async with connected() as line:
        assert await closed_with(line) == 4401


async def test_a_revoked_device_is_out(cast: Cast, added: AddedDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "ASK_AGAIN_SECONDS", 0.0)
    async with connected(added) as line:
        await in_thread(revoke_device, user=cast.owner, device_id=added.device.id)
        await line.send_json_to(batch(1, sent(drive([(2, 10.0)]))))
        assert await closed_with(line) == 4401
    assert await in_thread(points_of, added.device) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("no json", "malformed"),
        ("[]", "malformed"),
        ('{"type": "else"}', "unknown_type"),
        ('{"type": "positions", "readings": {}}', "unknown_type"),
        ('{"type": "authenticate", "token": 7}', "unknown_type"),
        (json.dumps(batch(1, [])), "invalid"),
        (json.dumps(batch(1, [{}] * 1_001)), "invalid"),
    ],
)
async def test_rubbish_is_answered_and_the_line_stays(added: AddedDevice, text: str, code: str) -> None:
    async with connected(added) as line:
        await line.send_to(text_data=text)
        answer = await line.receive_json_from(SECONDS)
        assert (answer["type"], answer["code"]) == ("error", code)
        assert answer["message"]
        await line.send_json_to(batch(2, [7]))
        assert (await line.receive_json_from(SECONDS))["rejected"][0]["index"] == 0


async def test_bytes_are_no_message(added: AddedDevice) -> None:
    async with connected(added) as line:
        await line.send_to(bytes_data=b"\x00\x01")
        assert (await line.receive_json_from(SECONDS))["code"] == "malformed"


async def test_with_the_store_away_it_is_told_to_come_again(
    added: AddedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = drive([(2, 10.0)])

    def away(**_: Any) -> None:
        raise Unavailable

    async with connected(added) as line:
        with monkeypatch.context() as patch:
            patch.setattr(consumer, "ingest", away)
            await line.send_json_to(batch(5, sent(points)))
            answer = await line.receive_json_from(SECONDS)
        assert (answer["type"], answer["id"], answer["code"]) == ("error", 5, Unavailable.code)
        await line.send_json_to(batch(5, sent(points)))
        assert (await line.receive_json_from(SECONDS))["accepted"] == 2


async def test_too_much_ends_it(added: AddedDevice, monkeypatch: pytest.MonkeyPatch) -> None:
    async with connected(added) as line:
        await line.send_to(text_data="x" * (consumer.LONGEST_FRAME + 1))
        assert await closed_with(line) == 1009
    monkeypatch.setattr(consumer, "BURST", 2)
    async with connected(added) as line:
        for _ in range(3):
            await line.send_to(text_data="{}")
        for _ in range(2):
            assert (await line.receive_json_from(SECONDS))["type"] == "error"
        assert await closed_with(line) == 4429


async def test_a_line_on_which_nothing_is_said_is_kept_open(
    added: AddedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "HEARTBEAT_EVERY", 0.05)
    async with connected(added) as line:
        assert await line.receive_json_from(SECONDS) == {"type": "heartbeat"}
        assert await line.receive_json_from(SECONDS) == {"type": "heartbeat"}
