"""Webhooks that Square loses: the run finds what they would have told. The ones that come late change nothing."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from atlas.local.square.testing import SandboxServer
from payments import services, webhooks
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceStatus
from payments.rules.types import TransactionStatus
from tests.payments.conftest import Opener, stored
from tests.payments.reconciling.stage import dump, reconcile
from tests.payments.reconciling.test_kinds import square
from tests.stack import eventually

pytestmark = pytest.mark.slow

S = TransactionStatus
KEY = "key-of-these-webhooks"


class Receiver(BaseHTTPRequestHandler):
    """The address that is registered with Square: takes what is signed."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        url = f"http://127.0.0.1:{self.server.server_port}/"  # type: ignore[attr-defined]
        webhooks.receive(body=body, signature=self.headers["x-square-hmacsha256-signature"], url=url)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def hooked(tmp_path: Path, settings: Settings) -> Iterator[SandboxServer]:
    """A sandbox that tells Atlas what happens."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        options = ["--webhook-url", f"http://127.0.0.1:{receiver.server_port}/", "--webhook-signature-key", KEY]
        with SandboxServer(
            tmp_path / "square.sqlite3", arguments=[*options, "--refund-settle-seconds", "3600"]
        ) as server:
            settings.SQUARE_BASE_URL, settings.SQUARE_ACCESS_TOKEN = server.base_url, server.access_token
            settings.SQUARE_WEBHOOK_KEY = KEY
            yield server
        receiver.shutdown()


def states(server: SandboxServer) -> set[str]:
    return {each["state"] for event in server.control.events() for each in event["deliveries"]}


def test_what_was_lost_is_found(hooked: SandboxServer, authorized: Opener, captured: Opener, heard: list[Any]) -> None:
    told = authorized()
    square().payments.complete(told.payment_gateway_id)
    eventually(lambda: stored(told).status is S.CAPTURED, what="a webhook is heard", within=20)

    hooked.control.webhooks(dropped=True)
    untold, voided, refunded = authorized(), authorized(), captured()
    square().payments.complete(untold.payment_gateway_id)
    square().payments.cancel(voided.payment_gateway_id)
    services.refund(transaction_id=refunded.id, reason="late")
    hooked.control.settle_refund(hooked.control.refunds()[0]["id"])
    assert "dropped" in states(hooked)
    assert [stored(each).status for each in (untold, voided, refunded)] == [S.AUTHORIZED, S.AUTHORIZED, S.CAPTURED]

    found = reconcile(mend=True)
    assert [each.status for each in found] == [DifferenceStatus.MENDED] * 3
    assert [stored(each).status for each in (untold, voided, refunded)] == [S.CAPTURED, S.FAILED, S.REFUNDED]
    assert reconcile() == []

    events, before = list(heard), dump()
    hooked.control.webhooks()
    for event in hooked.control.events():
        hooked.control.resend(event["event_id"])
    eventually(lambda: not states(hooked) & {"pending", "held"}, what="all are delivered", within=30)
    assert heard == events
    assert dump() == before
    assert len(list(PaymentDifference.scan())) == 3
