"""Staff capture, refund, and have a webhook handled again."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.rules.roles import Role
from accounts.tables import User
from atlas.errors import Conflict, Forbidden, NotFound
from atlas.local.square.testing import SandboxControl
from payments import gateway, services, webhooks
from payments.events import PaymentSettled
from payments.rules.types import TransactionStatus
from payments.tables import WebhookEvent
from tests.factories import UserFactory
from tests.payments.conftest import Opener, stored
from tests.payments.test_webhooks import deliver

S = TransactionStatus
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def admin() -> User:
    return UserFactory.create(role=Role.ADMIN, password=None)


def test_a_part_is_captured_and_a_part_of_that_refunded(
    sandbox: SandboxControl, authorized: Opener, admin: User
) -> None:
    row = authorized()
    assert services.capture_by(user=admin, transaction_id=row.id, amount=20_000).amount == 20_000
    for _ in range(2):  # the same form, sent twice
        services.refund_by(user=admin, transaction_id=row.id, amount=5_000, reason="Late", click="form-1")
    assert [refund["amount_money"]["amount"] for refund in sandbox.refunds()] == [5_000]
    services.refund_by(user=admin, transaction_id=row.id, amount=5_000, reason="Late", click="form-2")
    assert len(sandbox.refunds()) == 2
    with pytest.raises(Conflict) as refusal:
        services.refund_by(user=admin, transaction_id=row.id, amount=10_001, reason="Late", click="form-3")
    assert refusal.value.code == "exceeds_captured"


def test_outsiders_learn_nothing_and_payers_take_nothing(authorized: Opener) -> None:
    row = authorized()
    outsider = UserFactory.create(password=None)
    with pytest.raises(NotFound):
        services.capture_by(user=outsider, transaction_id=row.id)
    row.payer_id = outsider.id
    row.save()
    with pytest.raises(Forbidden):
        services.capture_by(user=outsider, transaction_id=row.id)
    with pytest.raises(Forbidden):
        services.refund_by(user=outsider, transaction_id=row.id, amount=1, reason="", click="")


def test_a_webhook_is_handled_again(sandbox: SandboxControl, authorized: Opener, heard: list[Any], admin: User) -> None:
    """It was taken for another's payment: its row had not been there. Then it is, and the webhook is replayed."""
    row = authorized()
    gateway.client().payments.complete(str(row.payment_gateway_id))
    reference = row.reference
    row.reference = str(uuid4())
    row.save()
    deliver(*sandbox.events())
    assert heard == []
    row.reference = reference
    row.save()
    for event in sandbox.events():
        webhooks.replay(user=admin, event_id=event["event_id"])
        assert WebhookEvent.fetch(event["event_id"]).handled_at
    assert stored(row).status is S.CAPTURED
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]
    with pytest.raises(Forbidden):
        webhooks.replay(user=UserFactory.create(password=None), event_id=event["event_id"])
