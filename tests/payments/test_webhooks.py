"""Webhooks: signed or refused, stored before they are handled, harmless twice, late and in any order."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.errors import Forbidden, Invalid
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from atlas.tables import OutboxRow
from payments import gateway, operations, services, tally, webhooks
from payments.events import PaymentFailed, PaymentRefunded, PaymentSettled, PaymentVoided
from payments.rules.striking import PERSONAL
from payments.rules.types import OperationKind, TransactionStatus
from payments.tables import WebhookEvent
from tests.payments.conftest import Opener, stored

S = TransactionStatus
URL = "https://atlas.example/api/v1/webhooks/square"


def body_of(event: dict[str, Any]) -> bytes:
    return json.dumps({name: value for name, value in event.items() if name != "deliveries"}).encode()


def deliver(*events: dict[str, Any]) -> None:
    for event in events:
        body = body_of(event)
        signature = sign(key=django_settings.SQUARE_WEBHOOK_KEY, url=URL, body=body)
        webhooks.receive(body=body, signature=signature, url=URL)


def test_a_capture_at_squares_console_reaches_us(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    gateway.client().payments.complete(str(row.payment_gateway_id))
    deliver(*sandbox.events())
    assert (stored(row).status, stored(row).amount) == (S.CAPTURED, 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]


def test_what_a_webhook_settles_is_counted(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    today = utc_now().date()
    before = tally.of_day(today)[0][tally.CAPTURED].get("USD", 0)
    gateway.client().payments.complete(str(row.payment_gateway_id))
    deliver(*sandbox.events())
    assert tally.of_day(today)[0][tally.CAPTURED]["USD"] == before + 24_500


def test_a_hold_that_lapses_reaches_us(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    sandbox.advance(timedelta(days=8))
    deliver(*sandbox.events())
    assert stored(row).status is S.FAILED
    assert heard == [PaymentFailed(row.reference, row.id, "AUTHORIZATION_LAPSED")]


def test_a_refund_is_completed_by_its_webhook(sandbox: SandboxControl, captured: Opener, heard: list[Any]) -> None:
    row = captured()
    services.refund(transaction_id=row.id, amount=5_000, reason="Late")
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    heard.clear()
    deliver(*sandbox.events())
    assert stored(row).refunded == 5_000
    assert heard == [PaymentRefunded(row.reference, row.id, 5_000, 5_000, 24_500)]


def give_back(row: Any, amount: int, key: str) -> None:
    gateway.refund(gateway_id=str(row.payment_gateway_id), amount=amount, currency="USD", key=key, reason="There")


def test_a_refund_at_squares_console_reaches_us(sandbox: SandboxControl, captured: Opener, heard: list[Any]) -> None:
    row = captured()
    heard.clear()
    give_back(row, 5_000, "console")
    deliver(*sandbox.events())
    [operation] = stored(row).refunds
    assert (operation.state, operation.amount, operation.reason) == ("pending", 5_000, "Given at Square")
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    deliver(*sandbox.events())
    assert (stored(row).refunded, len(stored(row).refunds)) == (5_000, 1)
    assert heard == [PaymentRefunded(row.reference, row.id, 5_000, 5_000, 24_500)]


def test_a_refund_that_square_gave_after_all_is_not_asked_for_again(
    sandbox: SandboxControl, captured: Opener, heard: list[Any]
) -> None:
    """The first request was refused by its second try, arrives late, and stands for the try that is planned."""
    row = stored(captured())
    tomorrow = utc_now() + timedelta(days=1)
    operations.start(row, OperationKind.REFUND, 24_500, now=tomorrow, key="second try", reason="Called off")
    row.save()
    give_back(row, 24_500, "the first one, late")
    sandbox.settle_refund(sandbox.refunds()[-1]["id"])
    deliver(*sandbox.events())
    assert (stored(row).refunded, stored(row).status) == (24_500, S.REFUNDED)
    assert operations.pending(stored(row)) == []


def test_a_refund_beyond_what_was_taken_is_for_people(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    give_back(row, 20_000, "console")
    known = stored(row)
    known.refunded = 10_000
    known.save()
    deliver(*sandbox.events())
    assert stored(row).refunds == []


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_repetition_ends_the_same(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], seed: int
) -> None:
    row, released = authorized(), authorized()
    gateway.client().payments.complete(str(row.payment_gateway_id))
    services.void(transaction_id=released.id)
    events = sandbox.events() * 2
    random.Random(seed).shuffle(events)
    deliver(*events)
    assert (stored(row).status, stored(released).status) == (S.CAPTURED, S.VOIDED)
    assert sorted(heard, key=repr) == [
        PaymentSettled(row.reference, row.id, 24_500),
        PaymentVoided(released.reference, released.id),
    ]


def test_a_late_event_does_not_turn_back_what_we_know(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    created = sandbox.events()[0]
    services.capture(transaction_id=row.id)
    before = stored(row)
    deliver(created)
    after = stored(row)
    assert (after.status, after.gateway_version) == (before.status, before.gateway_version)


def test_a_payment_that_is_being_recorded_is_left_to_who_opened_it(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    services.authorize(transaction=row)
    deliver(*sandbox.events())
    assert (stored(row).status, stored(row).version) == (S.PENDING, row.version)


def test_a_hold_that_reaches_square_after_it_was_given_up_is_released(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    services.abandon(transaction=row)
    late = opened(reference=row.reference)
    late.id = row.id  # the request of the first one, still on its way when it was given up
    services.authorize(transaction=late)
    assert sandbox.payments()[0]["status"] == "APPROVED"
    deliver(*sandbox.events())
    assert sandbox.payments()[0]["status"] == "CANCELED"


def test_an_event_is_kept_without_the_buyer_and_handled_once(sandbox: SandboxControl, authorized: Opener) -> None:
    authorized()
    (event,) = sandbox.events()
    payment = event["data"]["object"]["payment"]
    payment["buyer_email_address"] = "ada@example.com"
    payment["shipping_address"] = {"first_name": "Ada"}
    deliver(event, event)
    kept = WebhookEvent.fetch(event["event_id"])
    stored = json.loads(kept.body)["data"]["object"]["payment"]
    assert not [text for text in ("ada@example.com", '"Ada"') if text in kept.body]
    assert not PERSONAL & {*stored, *stored["card_details"]["card"]}
    assert {name: stored[name] for name in ("id", "note", "total_money")} == {
        name: payment[name] for name in ("id", "note", "total_money")
    }
    assert kept.handled_at is not None
    assert timedelta(days=89) < kept.expires_at - kept.created_at < timedelta(days=91)


def test_a_failure_while_handling_is_made_up_for(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = authorized()
    gateway.client().payments.complete(str(row.payment_gateway_id))
    event = sandbox.events()[-1]
    with monkeypatch.context() as broken:
        broken.setattr(webhooks, "_payment_row", lambda payment: 1 / 0)
        deliver(event)
    assert stored(row).status is S.AUTHORIZED
    assert WebhookEvent.fetch(event["event_id"]).handled_at is None
    for waiting in list(OutboxRow.scan(OutboxRow.event == "WebhookReceived")):
        outbox.deliver(waiting.id)
    assert stored(row).status is S.CAPTURED
    assert len(heard) == 1


def test_payments_of_others_on_the_same_account_are_ignored(sandbox: SandboxControl) -> None:
    gateway.client().payments.create(
        source_id="cnon:card-nonce-ok",
        idempotency_key="till",
        amount_money={"amount": 500, "currency": "USD"},
        note="Atlas payment of something else",
    )
    deliver(*sandbox.events())
    assert all(WebhookEvent.fetch(event["event_id"]).handled_at for event in sandbox.events())


@pytest.mark.parametrize("signature", [None, "", "x", "ümlaut", "💳"])
def test_an_unsigned_event_is_refused_and_not_kept(signature: str | None) -> None:
    body = json.dumps({"event_id": "forged", "type": "payment.updated", "data": {"object": {}}}).encode()
    with pytest.raises(Forbidden) as refused:
        webhooks.receive(body=body, signature=signature, url=URL)
    assert refused.value.code == "bad_signature"
    assert WebhookEvent.find("forged") is None


def test_the_signature_is_of_this_body_and_this_address(sandbox: SandboxControl, authorized: Opener) -> None:
    authorized()
    body = body_of(sandbox.events()[0])
    key = django_settings.SQUARE_WEBHOOK_KEY
    for signature in (
        sign(key=key, url=URL, body=body + b" "),
        sign(key=key, url=URL + "/", body=body),
        sign(key="another", url=URL, body=body),
    ):
        with pytest.raises(Forbidden):
            webhooks.receive(body=body, signature=signature, url=URL)


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"",
        b"[]",
        b"{",
        b'{"event_id": 7, "type": "x", "data": {"object": {}}}',
        b'{"event_id": "", "type": "x", "data": {"object": {}}}',
        b'{"event_id": "a", "type": "x", "data": {"object": []}}',
        b'{"event_id": "a", "type": "x"}',
    ],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    signature = sign(key=django_settings.SQUARE_WEBHOOK_KEY, url=URL, body=body)
    with pytest.raises((Forbidden, Invalid)):
        webhooks.receive(body=body, signature=signature, url=URL)
