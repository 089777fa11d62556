"""The local Square sandbox as a server: who may call, what nobody should send, crashes, and what it needs."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl, SandboxServer

from .conftest import NO_RETRY

pytestmark = pytest.mark.slow

Authorize = Callable[..., Any]
ROOT = Path(__file__).parents[2]


@pytest.fixture
def http(square_server: SandboxServer, control: SandboxControl) -> Iterator[httpx.Client]:
    token = {"authorization": f"Bearer {square_server.access_token}"}
    with httpx.Client(base_url=square_server.base_url, headers=token, trust_env=False) as client:
        yield client


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    [error] = response.json()["errors"]
    assert error["detail"]
    return response.status_code, error["category"], error["code"]


def test_wrong_token(square_server: SandboxServer, control: SandboxControl) -> None:
    client = Square(token="wrong", base_url=square_server.base_url)
    with pytest.raises(ApiError) as error:
        client.payments.get("any", request_options=NO_RETRY)
    assert (error.value.status_code, error.value.errors[0].code) == (401, "UNAUTHORIZED")
    assert error.value.errors[0].category == "AUTHENTICATION_ERROR"


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic abc"}, {"authorization": "Bearer"}])
def test_missing_token(square_server: SandboxServer, header: dict[str, str]) -> None:
    response = httpx.get(f"{square_server.base_url}/v2/payments", headers=header, trust_env=False)
    assert error_of(response) == (401, "AUTHENTICATION_ERROR", "UNAUTHORIZED")


def test_unknown_route_in_squares_shape(square: Square, http: httpx.Client) -> None:
    with pytest.raises(ApiError) as error:
        square.customers.get("any", request_options=NO_RETRY)
    assert (error.value.status_code, error.value.errors[0].code) == (404, "NOT_FOUND")
    assert error_of(http.delete("/v2/payments")) == (405, "INVALID_REQUEST_ERROR", "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "EXPECTED_JSON_BODY"),
        (b"\xff\xfe", "EXPECTED_JSON_BODY"),
        (b'{"note": NaN}', "EXPECTED_JSON_BODY"),
        (b'{"note": "\\ud800"}', "EXPECTED_JSON_BODY"),
        (b"[" * 100_000, "EXPECTED_JSON_BODY"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "EXPECTED_JSON_BODY"),
        (b"[]", "EXPECTED_OBJECT"),
        (b"", "MISSING_REQUIRED_PARAMETER"),
        (b'{"idempotency_keys": "x"}', "UNKNOWN_BODY_PARAMETER"),
    ],
)
def test_malformed_body(http: httpx.Client, body: bytes, code: str) -> None:
    assert error_of(http.post("/v2/payments", content=body)) == (400, "INVALID_REQUEST_ERROR", code)


def test_huge_body(http: httpx.Client) -> None:
    response = http.post("/v2/payments", content=b'{"note": "' + b"x" * 1_100_000 + b'"}')
    assert error_of(response) == (413, "INVALID_REQUEST_ERROR", "REQUEST_ENTITY_TOO_LARGE")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "VALUE_TOO_LOW"),
        ("limit=ten", "EXPECTED_INTEGER"),
        ("limit=" + "9" * 50, "EXPECTED_INTEGER"),
        ("begin_time=yesterday", "INVALID_TIME"),
        ("begin_time=2026-01-01T00:00:00", "INVALID_TIME"),
        ("begin_time=2026-02-30T00:00:00Z", "INVALID_TIME"),
        ("begin_time=0001-01-01T00:00:00%2B14:00", "INVALID_TIME"),
        ("begin_time=2026-02-02T00:00:00Z&end_time=2026-02-01T00:00:00Z", "INVALID_TIME_RANGE"),
        ("sort_order=UP", "INVALID_SORT_ORDER"),
        ("sort_field=AMOUNT", "INVALID_ENUM_VALUE"),
        ("colour=red", "UNKNOWN_QUERY_PARAMETER"),
        ("is_offline_payment=true", "SANDBOX_NOT_SUPPORTED"),
        ("cursor=%FF", "INVALID_CURSOR"),
    ],
)
def test_malformed_query(http: httpx.Client, query: str, code: str) -> None:
    assert error_of(http.get(f"/v2/payments?{query}")) == (400, "INVALID_REQUEST_ERROR", code)


@pytest.mark.parametrize("advance", ["-P1D", "P1Y", "tomorrow", "", "P99999D" * 2])
def test_clock_goes_forward_only(http: httpx.Client, control: SandboxControl, advance: str) -> None:
    before = control.now()
    response = http.post("/_control/clock", json={"advance": advance})
    assert response.status_code == 400
    control.advance(timedelta(hours=1))
    assert before < control.now()


def test_control_answers_no_web_page(http: httpx.Client) -> None:
    forged_host = http.get("/_control/payments", headers={"host": "evil.example"})
    assert error_of(forged_host)[:1] == (403,)
    form_post = http.post("/_control/reset", data={"a": "b"})
    assert error_of(form_post) == (400, "INVALID_REQUEST_ERROR", "INVALID_CONTENT_TYPE")


def test_kill_9_loses_no_answered_payment(tmp_path: Path) -> None:
    """Clients pay without pause while the server is killed; whatever was answered must be there afterwards."""
    with SandboxServer(tmp_path / "square.sqlite3") as server:
        answered: list[tuple[str, Any]] = []

        def pay(worker: int) -> None:
            client = server.client(timeout=5)
            for number in range(10_000):
                key = f"{worker}-{number}"
                try:
                    payment = client.payments.create(
                        source_id="cnon:card-nonce-ok",
                        idempotency_key=key,
                        amount_money={"amount": 100 + number, "currency": "USD"},
                        reference_id=key,
                    ).payment
                except httpx.TransportError:
                    return
                answered.append((key, payment))

        with ThreadPoolExecutor(4) as pool:
            workers = [pool.submit(pay, worker) for worker in range(4)]
            deadline = time.monotonic() + 20
            while len(answered) < 40 and time.monotonic() < deadline:
                time.sleep(0.01)
            server.kill()
            for worker in workers:
                worker.result()
        assert len(answered) >= 40

        server.start()
        client = server.client()
        for key, payment in answered:
            assert client.payments.get(payment.id).payment == payment
            assert server.control.authorizations(key) == 1
        key, payment = answered[0]
        again = client.payments.create(
            source_id="cnon:card-nonce-ok",
            idempotency_key=key,
            amount_money={"amount": 100, "currency": "USD"},
            reference_id=key,
        )
        assert again.payment == payment


def test_restart_keeps_the_clock(tmp_path: Path) -> None:
    with SandboxServer(tmp_path / "square.sqlite3") as server:
        advanced = server.control.advance(timedelta(days=3))
        server.stop()
        server.start()
        assert server.control.now() >= advanced


def test_reset_forgets_everything(authorize: Authorize, control: SandboxControl) -> None:
    authorize(idempotency_key="key-1")
    control.advance(timedelta(days=30))
    control.inject("slow", delay_ms=1)
    control.reset()
    assert (control.payments(), control.events(), control.calls(), control.faults()) == ([], [], [], [])
    assert authorize(idempotency_key="key-1", note="another body").status == "APPROVED"


def test_ends_with_its_parent(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path / "square.sqlite3")
    server.start()
    process = server._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(timeout=10) is not None
    server.stop()


def test_start_that_fails_says_so(tmp_path: Path) -> None:
    server = SandboxServer(tmp_path / "square.sqlite3", arguments=["--no-such-option"])
    with pytest.raises(RuntimeError, match=str(server.port)):
        server.start()


def test_needs_no_django() -> None:
    """The package alone, in a fresh interpreter: whatever the packages around it import does not count."""
    script = f"""
import json, sys, types
for name, path in (("atlas", "atlas"), ("atlas.local", "atlas/local")):
    package = types.ModuleType(name)
    package.__path__ = [{str(ROOT)!r} + "/" + path]
    sys.modules[name] = package
import atlas.local.square.__main__, atlas.local.square.testing
print(json.dumps(sorted({{name.partition(".")[0] for name in sys.modules}})))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)  # noqa: S603
    loaded = set(json.loads(done.stdout))
    assert {"starlette", "uvicorn"} <= loaded
    assert not loaded & {"django", "celery", "boto3", "pynamodb"}
