"""Square's webhooks in the back office: readable, and handled again when somebody says so."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas.dynamo.attributes import utc_now
from atlas.local.square.testing import SandboxControl
from payments import gateway
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction, WebhookEvent
from tests.bookings.admin.conftest import desk
from tests.bookings.looking import now
from tests.bookings.stage import Cast, accepted
from tests.facade.admin.pages import told
from tests.payments.test_webhooks import deliver

LIST = "/admin/payments/webhookevent/"


@pytest.fixture
def event(cast: Cast, sandbox: SandboxControl) -> Iterator[str]:
    """One that tells of a capture, taken for handled before its payment was looked at."""
    row = PaymentTransaction.fetch(str(now(accepted(cast)).transaction_id))
    row.reference, reference = "elsewhere", row.reference
    row.save()
    gateway.client().payments.complete(str(row.payment_gateway_id))
    deliver(*sandbox.events())
    row.reference = reference
    row.save()
    return next(
        each["event_id"]
        for each in sandbox.events()
        if each["type"] == "payment.updated" and each["data"]["object"]["payment"]["status"] == "COMPLETED"
    )


def test_the_body_is_readable(admin: Client, event: str) -> None:
    assert event in admin.get(LIST).content.decode()
    html = admin.get(f"{LIST}{event}/change/").content.decode()
    assert "<dt>Status</dt><dd>COMPLETED</dd>" in html


def test_rubbish_in_a_body_is_shown_as_it_is(admin: Client) -> None:
    WebhookEvent(id="odd", type_="payment.updated", body="<b>{", expires_at=utc_now() + timedelta(days=1)).save()
    html = admin.get(f"{LIST}odd/change/").content.decode()
    assert "&lt;b&gt;{" in html


def test_replay(admin: Client, event: str) -> None:
    before = WebhookEvent.fetch(event).handled_at
    answer = admin.post(LIST, {"action": "replay", "index": "0", "_selected_action": [event], "confirmed": "1"})
    assert told(answer) == ["Handle it again: 1 done."]
    assert WebhookEvent.fetch(event).handled_at > before
    body = WebhookEvent.fetch(event).body
    [row] = [each for each in PaymentTransaction.scan() if each.payment_gateway_id and each.payment_gateway_id in body]
    assert row.status is TransactionStatus.CAPTURED


def test_who_may(event: str) -> None:
    assert desk(StaffRole.SUPPORT).get(LIST).status_code == 403
    assert desk(StaffRole.FINANCE).get(LIST).status_code == 200
