"""Calls to the local Square sandbox that go wrong on purpose, as the real SDK meets them."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl, SandboxServer

from .conftest import NO_RETRY

pytestmark = pytest.mark.slow

Authorize = Callable[..., Any]


def create(server: SandboxServer, *, timeout: float = 0.4, options: Any = NO_RETRY) -> Any:
    return (
        server.client(timeout=timeout)
        .payments.create(
            source_id="cnon:card-nonce-ok",
            idempotency_key="key-1",
            amount_money={"amount": 10_000, "currency": "USD"},
            autocomplete=False,
            reference_id="ATL-ABC123",
            request_options=options,
        )
        .payment
    )


@pytest.mark.parametrize(
    ("kind", "error", "made"),
    [
        ("timeout_before", httpx.ReadTimeout, 0),
        ("timeout_after", httpx.ReadTimeout, 1),
        ("drop_before", httpx.RemoteProtocolError, 0),
        ("drop_after", httpx.RemoteProtocolError, 1),
        ("error_before", ApiError, 0),
        ("error_after", ApiError, 1),
    ],
)
def test_unknown_outcome_is_resolved_by_the_same_key(
    square_server: SandboxServer, control: SandboxControl, kind: str, error: type[Exception], made: int
) -> None:
    control.inject(kind, path="/v2/payments", method="POST")
    with pytest.raises(error):
        create(square_server)
    assert control.authorizations("ATL-ABC123") == made
    payment = create(square_server)
    assert payment.status == "APPROVED"
    assert [entry["id"] for entry in control.payments()] == [payment.id]
    assert control.faults() == []


def test_call_that_timed_out_before_the_work_never_does_it(
    square_server: SandboxServer, control: SandboxControl
) -> None:
    control.inject("timeout_before")
    with pytest.raises(httpx.ReadTimeout):
        create(square_server)
    time.sleep(0.3)
    assert control.payments() == []


def test_held_call_ends_in_504(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("timeout_after", hold_ms=50)
    with pytest.raises(ApiError) as error:
        create(square_server, timeout=5)
    assert (error.value.status_code, error.value.errors[0].code) == (504, "GATEWAY_TIMEOUT")
    assert control.authorizations("ATL-ABC123") == 1


def test_slow_call_succeeds(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("slow", delay_ms=300)
    began = time.monotonic()
    assert create(square_server, timeout=5).status == "APPROVED"
    assert time.monotonic() - began >= 0.3


def test_slow_call_whose_client_gave_up_is_still_done(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("slow", delay_ms=500)
    with pytest.raises(httpx.ReadTimeout):
        create(square_server, timeout=0.2)
    deadline = time.monotonic() + 5
    while not control.payments() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert control.authorizations("ATL-ABC123") == 1


def test_sdk_repeats_a_503_by_itself_and_pays_once(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("error_after", status=503)
    assert create(square_server, timeout=5, options={"max_retries": 1}).status == "APPROVED"
    assert control.authorizations("ATL-ABC123") == 1
    assert [(call["status"], call["fault"]) for call in control.calls()] == [(503, "error_after"), (200, None)]


def test_faults_can_be_aimed(authorize: Authorize, square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("error_before", path="/complete", status=500)
    payment = authorize()
    client = square_server.client()
    with pytest.raises(ApiError):
        client.payments.complete(payment.id, request_options=NO_RETRY)
    assert client.payments.complete(payment.id).payment.status == "COMPLETED"


def test_faults_can_skip_and_count(authorize: Authorize, control: SandboxControl) -> None:
    control.inject("error_before", skip=1, count=2)
    outcomes = []
    for _ in range(4):
        try:
            outcomes.append(authorize().status)
        except ApiError as error:
            outcomes.append(error.errors[0].code)
    assert outcomes == ["APPROVED", "INTERNAL_SERVER_ERROR", "INTERNAL_SERVER_ERROR", "APPROVED"]


def test_cleared_faults_befall_nobody(authorize: Authorize, control: SandboxControl) -> None:
    control.inject("error_before", count=5)
    control.clear_faults()
    assert authorize().status == "APPROVED"


def test_a_late_call_does_its_work_when_it_arrives(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("drop_late")
    with pytest.raises(httpx.RemoteProtocolError):
        create(square_server)
    assert control.authorizations("ATL-ABC123") == 0
    assert control.arrive() == 1
    assert [create(square_server).id] == [entry["id"] for entry in control.payments()]
    assert control.arrive() == 0


def test_a_late_call_is_forgotten_with_everything_else(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("drop_late")
    with pytest.raises(httpx.RemoteProtocolError):
        create(square_server)
    control.reset()
    assert control.arrive() == 0
    assert control.payments() == []


def test_many_clients_and_one_lost_answer(square_server: SandboxServer, control: SandboxControl) -> None:
    control.inject("drop_after", count=5)

    def attempt(_: int) -> str:
        for _ in range(10):
            try:
                return str(create(square_server, timeout=10).id)
            except httpx.TransportError:
                continue
        raise AssertionError("no answer in ten attempts")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(attempt, range(8)))) == 1
    assert control.authorizations("ATL-ABC123") == 1


def test_control_refuses_an_unknown_fault(control: SandboxControl) -> None:
    with pytest.raises(httpx.HTTPStatusError) as error:
        control.inject("earthquake")
    assert error.value.response.json()["errors"][0]["code"] == "INVALID_ENUM_VALUE"
