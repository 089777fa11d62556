"""The same checks against the local sandbox and, where a token for it is given, against Square's own.

    SQUARE_SANDBOX_TOKEN=... .venv/bin/python -m pytest tests/payments/contract

The token is that of an application's sandbox in Square's developer console. Without it that half is skipped.
"""

import os
from typing import Any
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from payments import gateway

SQUARE = "https://connect.squareupsandbox.com"
TOKEN = os.environ.get("SQUARE_SANDBOX_TOKEN", "")

PROVIDERS = [
    pytest.param("local", id="local"),
    pytest.param(
        "square",
        id="square",
        marks=[pytest.mark.enable_socket, pytest.mark.skipif(not TOKEN, reason="SQUARE_SANDBOX_TOKEN is not set")],
    ),
]


@pytest.fixture(params=PROVIDERS, autouse=True)
def provider(request: pytest.FixtureRequest, settings: Settings) -> str:
    """Atlas's gateway talks to it."""
    if request.param == "local":
        request.getfixturevalue("sandbox")
    else:
        settings.SQUARE_BASE_URL = SQUARE
        settings.SQUARE_ACCESS_TOKEN = TOKEN
        settings.SQUARE_TIMEOUT_SECONDS = 20.0
        settings.SQUARE_LOCATION_ID = main_location()
    return str(request.param)


def main_location() -> str:
    found: Any = gateway.client().locations.list()
    return str(found.locations[0].id)


def hold(
    amount: int = 5_000,
    *,
    key: str | None = None,
    source_id: str = "cnon:card-nonce-ok",
    customer_id: str | None = None,
) -> Any:
    """An authorisation, or why not."""
    return gateway.authorize(
        amount=amount,
        currency="USD",
        source_id=source_id,
        key=key or str(uuid4()),
        reference="contract",
        note=f"Contract test {key or ''}".strip(),
        customer_id=customer_id,
    )


def take(payment: Any, amount: int | None = None) -> gateway.Payment:
    return gateway.capture(
        gateway_id=payment.gateway_id,
        version=payment.version,
        amount=amount or payment.amount,
        authorized=payment.amount,
        currency="USD",
        key=str(uuid4()),
    )


def give_back(payment: Any, amount: int, *, key: str | None = None) -> gateway.Refund:
    return gateway.refund(
        gateway_id=payment.gateway_id, amount=amount, currency="USD", key=key or str(uuid4()), reason="Contract test"
    )
