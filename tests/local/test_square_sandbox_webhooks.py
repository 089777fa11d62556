"""Webhooks of the local Square sandbox: signed, repeated until taken, and disorderly when asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from square import Square
from square.utils.webhooks_helper import verify_signature

from atlas.local.square.testing import SandboxControl, SandboxServer

pytestmark = pytest.mark.slow

KEY = "test-signature-key"
Wait = Callable[[int], list[dict[str, Any]]]


class Receiver(ThreadingHTTPServer):
    """Keeps what is posted to it; answers ``refusals`` deliveries with 500 first."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/webhooks/square?a=1"
        self.received: list[tuple[dict[str, str], str]] = []
        self.refusals = 0


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.server.refusals -= 1
        self.send_response(500 if self.server.refusals >= 0 else 200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def hooked_server(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    arguments = ["--webhook-url", receiver.url, "--webhook-signature-key", KEY]
    with SandboxServer(tmp_path_factory.mktemp("hooked") / "square.sqlite3", arguments=arguments) as server:
        yield server


@pytest.fixture
def control(hooked_server: SandboxServer, receiver: Receiver) -> SandboxControl:
    hooked_server.control.reset()
    receiver.received.clear()
    receiver.refusals = 0
    return hooked_server.control


@pytest.fixture
def square(hooked_server: SandboxServer, control: SandboxControl) -> Square:
    return hooked_server.client()


@pytest.fixture
def wait(receiver: Receiver) -> Wait:
    def until(count: int) -> list[dict[str, Any]]:
        deadline = time.monotonic() + 10
        while len(receiver.received) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)  # one too many would come about now
        assert len(receiver.received) == count
        return [json.loads(body) for _, body in receiver.received]

    return until


def pay(square: Square, *, key: str = "key-1", autocomplete: bool = False, note: str = "ride") -> Any:
    return square.payments.create(
        source_id="cnon:card-nonce-ok",
        idempotency_key=key,
        amount_money={"amount": 10_000, "currency": "USD"},
        autocomplete=autocomplete,
        note=note,
    ).payment


def test_events_of_a_payment_and_its_refund(square: Square, control: SandboxControl, wait: Wait) -> None:
    payment = pay(square)
    square.payments.complete(payment.id)
    refund = square.refunds.refund_payment(
        idempotency_key="refund-1", payment_id=payment.id, amount_money={"amount": 1, "currency": "USD"}
    ).refund
    control.advance(timedelta(minutes=1))
    events = wait(6)
    assert [event["type"] for event in events] == [
        "payment.created",
        "payment.updated",
        "refund.created",
        "payment.updated",
        "refund.updated",
        "payment.updated",
    ]
    assert len({event["event_id"] for event in events}) == 6
    created, captured, asked, _, settled, refunded = (event["data"]["object"] for event in events)
    assert (created["payment"]["id"], created["payment"]["status"]) == (payment.id, "APPROVED")
    assert captured["payment"]["status"] == "COMPLETED"
    assert (asked["refund"]["id"], asked["refund"]["status"]) == (refund.id, "PENDING")
    assert settled["refund"]["status"] == "COMPLETED"
    assert refunded["payment"]["refunded_money"]["amount"] == 1


def test_signature_holds_for_this_url_key_and_body_only(
    square: Square, control: SandboxControl, receiver: Receiver, wait: Wait
) -> None:
    pay(square, note="Zürich → café \u202e 🚗")
    wait(1)
    headers, body = receiver.received[0]

    def holds(url: str = receiver.url, key: str = KEY, text: str = body) -> bool:
        signature = headers["x-square-hmacsha256-signature"]
        return verify_signature(request_body=text, signature_header=signature, signature_key=key, notification_url=url)

    assert holds()
    assert not holds(url=receiver.url + "2")
    assert not holds(key="other")
    assert not holds(text=body + " ")
    assert headers["content-type"] == "application/json"


def test_lapse_is_announced_without_anybody_asking(square: Square, control: SandboxControl, wait: Wait) -> None:
    payment = pay(square)
    control.advance(timedelta(days=7))
    event = wait(2)[1]
    assert (event["type"], event["data"]["object"]["payment"]["status"]) == ("payment.updated", "CANCELED")
    assert event["created_at"] == payment.delayed_until


def test_replayed_key_announces_nothing_new(square: Square, control: SandboxControl, wait: Wait) -> None:
    pay(square)
    pay(square)
    wait(1)


def test_refused_delivery_comes_again(square: Square, control: SandboxControl, receiver: Receiver, wait: Wait) -> None:
    receiver.refusals = 2
    pay(square)
    events = wait(3)
    assert len({event["event_id"] for event in events}) == 1
    first, second, third = (headers for headers, _ in receiver.received)
    assert "square-retry-number" not in first
    assert (second["square-retry-number"], second["square-retry-reason"]) == ("1", "http_error")
    assert third["square-retry-number"] == "2"
    assert first["square-initial-delivery-timestamp"] == third["square-initial-delivery-timestamp"]
    [event] = control.events()
    assert event["deliveries"] == [{"state": "delivered", "attempts": 3, "last_reason": None}]


def test_duplicates(square: Square, control: SandboxControl, wait: Wait) -> None:
    control.webhooks(duplicate=2)
    pay(square)
    assert len({event["event_id"] for event in wait(3)}) == 1


def test_delay(square: Square, control: SandboxControl, receiver: Receiver, wait: Wait) -> None:
    control.webhooks(delay_ms=400)
    pay(square)
    time.sleep(0.2)
    assert receiver.received == []
    wait(1)


@pytest.mark.parametrize("order", ["reverse", "shuffle"])
def test_reorder(square: Square, control: SandboxControl, receiver: Receiver, wait: Wait, order: str) -> None:
    control.webhooks(paused=True)
    for number in range(4):
        pay(square, key=f"key-{number}", autocomplete=True)
    true_order = [event["event_id"] for event in control.events()]
    time.sleep(0.2)
    assert receiver.received == []
    assert control.release(order, seed=3) == 8
    came = [event["event_id"] for event in wait(8)]
    assert sorted(came) == sorted(true_order)
    assert came != true_order
    assert order != "reverse" or came == true_order[::-1]


def test_resend(square: Square, control: SandboxControl, wait: Wait) -> None:
    pay(square)
    [event] = wait(1)
    control.resend(event["event_id"])
    assert wait(2)[1] == event


def test_undelivered_events_survive_a_crash(
    hooked_server: SandboxServer, square: Square, control: SandboxControl, wait: Wait
) -> None:
    control.webhooks(paused=True)
    pay(square)
    hooked_server.kill()
    hooked_server.start()
    control.release()
    assert wait(1)[0]["type"] == "payment.created"
