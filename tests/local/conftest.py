"""A Square sandbox per test session, empty at the beginning of each test."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from square import Square

from atlas.local.square.testing import SandboxControl, SandboxServer

NO_RETRY: Any = {"max_retries": 0}


@pytest.fixture(scope="session")
def square_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxServer]:
    database = tmp_path_factory.mktemp("square") / "square.sqlite3"
    with SandboxServer(database, arguments=["--refund-settle-seconds", "60"]) as server:
        yield server


@pytest.fixture
def control(square_server: SandboxServer) -> SandboxControl:
    square_server.control.reset()
    return square_server.control


@pytest.fixture
def square(square_server: SandboxServer, control: SandboxControl) -> Square:
    return square_server.client()


@pytest.fixture
def authorize(square: Square) -> Callable[..., Any]:
    """Creates a payment of 100.00 USD that waits for its capture; any argument can be replaced."""

    def create(**changes: Any) -> Any:
        arguments: dict[str, Any] = {
            "source_id": "cnon:card-nonce-ok",
            "idempotency_key": str(uuid.uuid4()),
            "amount_money": {"amount": 10_000, "currency": "USD"},
            "autocomplete": False,
            "reference_id": "ATL-ABC123",
            "request_options": NO_RETRY,
        }
        return square.payments.create(**(arguments | changes)).payment

    return create
