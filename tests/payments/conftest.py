"""Payments at a real sandbox, their events heard by a list."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from atlas import events
from atlas.dynamo.transaction import transact
from payments import services
from payments.events import (
    PaymentCorrected,
    PaymentDiffers,
    PaymentFailed,
    PaymentRefunded,
    PaymentSettled,
    PaymentVoided,
    RefundFailed,
    WebhookReceived,
)
from payments.handlers import handle_webhook
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction

OK = "cnon:card-nonce-ok"
OPERATOR = "22222222-2222-4222-8222-222222222222"
CONCIERGE = "11111111-1111-4111-8111-111111111111"

TOLD = (
    PaymentSettled,
    PaymentVoided,
    PaymentFailed,
    PaymentRefunded,
    RefundFailed,
    PaymentCorrected,
    PaymentDiffers,
)

Opener = Callable[..., PaymentTransaction]


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What payments told the apps above, in order; nobody else listens."""
    monkeypatch.setattr(events, "_handlers", defaultdict(list))
    monkeypatch.setattr(events, "_by_name", {})
    found: list[Any] = []
    for event in TOLD:
        events.subscribe(event, found.append)
    events.subscribe(WebhookReceived, handle_webhook)
    return found


@pytest.fixture
def opened() -> Opener:
    """A PENDING payment of 245.00 USD."""

    def open_one(*, source_id: str = OK, amount: int = 24_500, reference: str | None = None) -> PaymentTransaction:
        with transact() as tx:
            return services.open_authorization(
                tx=tx,
                reference=reference or str(uuid4()),
                payer_id=CONCIERGE,
                payee_id=OPERATOR,
                amount=amount,
                currency="USD",
                method=PaymentMethod.CARD,
                source_id=source_id,
            )

    return open_one


@pytest.fixture
def authorized(opened: Opener) -> Opener:
    """An AUTHORIZED payment."""

    def authorize_one(**changes: Any) -> PaymentTransaction:
        row = opened(**changes)
        outcome = services.authorize(transaction=row)
        with transact() as tx:
            services.record_authorization(tx=tx, transaction=row, outcome=outcome)
        return row

    return authorize_one


@pytest.fixture
def captured(authorized: Opener) -> Opener:
    """A CAPTURED payment."""

    def capture_one(**changes: Any) -> PaymentTransaction:
        return services.capture(transaction_id=authorized(**changes).id)

    return capture_one


def stored(row: PaymentTransaction) -> PaymentTransaction:
    return PaymentTransaction.fetch(row.id)
