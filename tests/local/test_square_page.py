"""The page of the Square sandbox: it shows what is there, each form does what it says, and nobody else steers it."""

import re
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx
import pytest

from atlas.local.square.page.markup import Html, tag
from atlas.local.square.testing import SandboxControl, SandboxServer

pytestmark = pytest.mark.slow
Pay = Callable[..., Any]


@pytest.fixture
def browser(square_server: SandboxServer, control: SandboxControl) -> Any:
    with httpx.Client(
        base_url=square_server.base_url, trust_env=False, headers={"origin": square_server.base_url}
    ) as http:
        yield http


def post(browser: httpx.Client, deed: str, **form: str) -> str:
    answer = browser.post(f"/page/{deed}", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?done={deed}"), answer.text
    return browser.get(answer.headers["location"]).text


def test_payments_and_refunds_are_shown(browser: httpx.Client, authorize: Pay, square: Any) -> None:
    payment = authorize(reference_id="<b>&\"'", note="a & b")
    square.payments.complete(payment.id)
    square.refunds.refund_payment(
        idempotency_key="k", payment_id=payment.id, amount_money={"amount": 1_234, "currency": "USD"}
    )
    html = browser.get("/").text
    for text in (payment.id, "completed", "100.00 USD", "12.34 USD", "&lt;b&gt;&amp;&quot;&#x27;", "payment.created"):
        assert text in html, text
    assert "<b>" not in html
    one = browser.get(f"/page/payments/{payment.id}")
    assert "refund.created" in one.text
    assert "&quot;version_token&quot;" in one.text
    assert browser.get("/page/payments/none").status_code == 404


def test_what_is_older_is_a_page_away(browser: httpx.Client, authorize: Pay) -> None:
    ids = [authorize().id for _ in range(30)]
    first = browser.get("/").text
    assert [f'/page/payments/{id}"' in first for id in ids] == [False] * 5 + [True] * 25
    [older] = re.findall(r'href="(/\?payments=\d+)#payments"', first)
    second = browser.get(older).text
    assert [f'/page/payments/{id}"' in second for id in ids] == [True] * 5 + [False] * 25
    assert browser.get("/?payments=no&refunds=-1&events=99999999999999999999999").status_code == 200


def test_the_clock(browser: httpx.Client, authorize: Pay, control: SandboxControl) -> None:
    payment = authorize()
    html = post(browser, "clock", count="8", unit="days")
    assert "8 days" in html
    assert "canceled" in html
    assert control.payments()[0]["id"] == payment.id
    assert datetime.fromisoformat(control.now()) - datetime.now().astimezone() > timedelta(days=7)


def test_failing_calls(browser: httpx.Client, square_server: SandboxServer) -> None:
    html = post(browser, "fault", kind="error_before", count="2", path="/v2/payments", status="503", delay_ms="0")
    assert "error_before for the next 2" in html
    ask = {"authorization": f"Bearer {square_server.access_token}"}
    assert browser.get("/v2/payments", headers=ask).status_code == 503
    assert "503" in browser.get("/").text
    assert "error_before for" not in post(browser, "mend-calls")
    assert browser.get("/v2/payments", headers=ask).status_code == 200


def test_a_slow_call(browser: httpx.Client, control: SandboxControl) -> None:
    post(browser, "fault", kind="slow", count="1", path="", status="500", delay_ms="250")
    assert [(each["kind"], each["delay_ms"], each["path"]) for each in control.faults()] == [("slow", 250, "")]


@pytest.mark.parametrize("status", ["COMPLETED", "REJECTED", "FAILED"])
def test_refunds_are_settled(
    browser: httpx.Client, authorize: Pay, square: Any, control: SandboxControl, status: str
) -> None:
    payment = authorize()
    square.payments.complete(payment.id)
    square.refunds.refund_payment(
        idempotency_key="k", payment_id=payment.id, amount_money={"amount": 100, "currency": "USD"}
    )
    [refund] = control.refunds()
    assert 'value="COMPLETED"' in browser.get("/").text
    post(browser, "settle", refund_id=refund["id"], status=status)
    assert control.refunds()[0]["status"] == status
    assert browser.post("/page/settle", data={"refund_id": refund["id"], "status": status}).status_code == 400


@pytest.mark.parametrize(
    ("form", "policy"),
    [
        ({"way": "drop", "duplicate": "0", "delay_ms": "0"}, {"dropped": True}),
        ({"way": "hold", "duplicate": "2", "delay_ms": "0"}, {"paused": True, "duplicate": 2}),
        ({"way": "deliver", "duplicate": "0", "delay_ms": "1500"}, {"delay_ms": 1500}),
    ],
)
def test_how_webhooks_go(browser: httpx.Client, form: dict[str, str], policy: dict[str, Any], control: Any) -> None:
    html = post(browser, "webhooks", **form)
    assert f'value="{form["way"]}" selected' in html
    found = control._get("webhooks")
    assert {name: found[name] for name in policy} == policy


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.received.append(self.rfile.read(int(self.headers["content-length"])))  # type: ignore[attr-defined]
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_lost_webhook_comes_when_it_is_sent_again(tmp_path: Any) -> None:
    with HTTPServer(("127.0.0.1", 0), Receiver) as receiver:
        receiver.received = []  # type: ignore[attr-defined]
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        hook = ["--webhook-url", f"http://127.0.0.1:{receiver.server_port}/"]
        with SandboxServer(tmp_path / "square.sqlite3", arguments=hook) as server:
            browser = httpx.Client(base_url=server.base_url, trust_env=False, headers={"origin": server.base_url})
            post(browser, "webhooks", way="drop", duplicate="0", delay_ms="0")
            server.client().payments.create(
                source_id="cnon:card-nonce-ok", idempotency_key="1", amount_money={"amount": 1, "currency": "USD"}
            )
            server.control.advance(timedelta(minutes=1))
            assert "dropped" in browser.get("/").text
            assert receiver.received == []  # type: ignore[attr-defined]
            [event] = [each for each in server.control.events() if each["type"] == "payment.created"]
            post(browser, "webhooks", way="deliver", duplicate="0", delay_ms="0")
            post(browser, "resend", event_id=event["event_id"])
            for _ in range(100):
                if receiver.received:  # type: ignore[attr-defined]
                    break
                threading.Event().wait(0.05)
            assert len(receiver.received) == 1  # type: ignore[attr-defined]
            browser.close()
        receiver.shutdown()


def test_held_webhooks_are_released(browser: httpx.Client) -> None:
    post(browser, "release", order="reverse")
    assert browser.post("/page/release", data={"order": "sideways"}).status_code == 400


def test_starting_over(browser: httpx.Client, authorize: Pay, control: SandboxControl) -> None:
    authorize()
    post(browser, "reset")
    assert control.payments() == []


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("clock", {"count": "-1", "unit": "days"}),
        ("clock", {"count": "1", "unit": "years"}),
        ("clock", {"count": "99999999999999", "unit": "days"}),
        ("clock", {"count": "\u0663", "unit": "days"}),
        ("clock", {}),
        ("fault", {"kind": "flood"}),
        ("fault", {"kind": "slow", "count": "many"}),
        ("webhooks", {"way": "deliver", "duplicate": "101", "delay_ms": "0"}),
        ("webhooks", {"way": "burn", "duplicate": "0", "delay_ms": "0"}),
        ("resend", {"event_id": ""}),
        ("resend", {"event_id": "x" * 51}),
        ("settle", {"refund_id": "\U0001f697", "status": "COMPLETED"}),
        ("nothing", {}),
    ],
)
def test_rubbish_is_told_on_a_page(browser: httpx.Client, deed: str, form: dict[str, str]) -> None:
    answer = browser.post(f"/page/{deed}", data=form)
    assert answer.status_code in (400, 404)
    assert "This cannot be done" in answer.text


def test_a_form_of_megabytes(browser: httpx.Client) -> None:
    assert browser.post("/page/clock", content=b"a" * 100_000).status_code == 413
    assert browser.post("/page/clock", content=b"\xff\xfe").status_code == 400
    assert browser.post("/page/clock", content=b"&".join([b"a=1"] * 50)).status_code == 400


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "", "http://127.0.0.1:1"])
def test_pages_from_elsewhere_do_not_steer_it(browser: httpx.Client, control: SandboxControl, origin: str) -> None:
    before = control.now()
    answer = browser.post("/page/clock", data={"count": "9", "unit": "days"}, headers={"origin": origin})
    assert answer.status_code == 403
    assert control.now()[:10] == before[:10]


def test_a_name_that_was_rebound(browser: httpx.Client) -> None:
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 403


def test_nothing_but_itself_may_be_loaded(browser: httpx.Client) -> None:
    answer = browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script|\sstyle=|\son\w+=|(?:src|href)=\"(?:https?:)?//", answer.text)
    assert browser.get("/page/style.css").headers["content-type"].startswith("text/css")


def test_what_is_no_markup_is_escaped() -> None:
    assert tag("a", "<i>", Html("<b></b>"), None, 0, href='"><x>', hidden=True, title=None) == (
        '<a href="&quot;&gt;&lt;x&gt;" hidden>&lt;i&gt;<b></b>0</a>'
    )


def test_disputes_are_raised_and_decided(
    browser: httpx.Client, authorize: Pay, square: Any, control: SandboxControl
) -> None:
    payment = authorize()
    assert "Dispute this payment" not in browser.get(f"/page/payments/{payment.id}").text
    square.payments.complete(payment.id)
    assert "Dispute this payment" in browser.get(f"/page/payments/{payment.id}").text
    assert "wants the money back" in post(browser, "dispute", payment_id=payment.id)
    [dispute] = control.disputes()
    assert (dispute["state"], dispute["amount_money"]) == ("EVIDENCE_REQUIRED", payment.total_money.model_dump())
    assert dispute["id"] in browser.get("/").text
    post(browser, "decide", dispute_id=dispute["id"], state="LOST")
    assert square.disputes.get(dispute["id"]).dispute.state == "LOST"
    again = browser.post("/page/decide", data={"dispute_id": dispute["id"], "state": "WON"})
    more = browser.post("/page/dispute", data={"payment_id": payment.id})  # nothing is left to dispute
    assert (again.status_code, more.status_code) == (400, 400)
