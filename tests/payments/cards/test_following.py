"""What a bank does to a card that is kept reaches us once, in order, and without the person."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings

from atlas.errors import Conflict
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from payments import gateway, webhooks
from payments.cards.consent import VERSION
from payments.cards.saving import save_card
from payments.cards.tables import SavedCard
from payments.cards.using import list_cards, usable_card
from payments.events import WebhookReceived
from payments.rules.cards import CardStatus
from payments.tables import WebhookEvent
from tests.payments.cards.test_saving import SOON

URL = "https://atlas.example/api/v1/webhooks/square"


@pytest.fixture
def card(sandbox: SandboxControl) -> SavedCard:
    return save_card(payer_id=str(uuid4()), source_id=f"cnon:atlas-ok-{uuid4()}", consent=VERSION)


def hear(*events: dict[str, Any]) -> None:
    for event in events:
        body = json.dumps({name: value for name, value in event.items() if name != "deliveries"}).encode()
        signature = sign(key=settings.SQUARE_WEBHOOK_KEY, url=URL, body=body)
        webhooks.receive(body=body, signature=signature, url=URL)
        webhooks.handle(WebhookReceived(event["event_id"]))


def test_a_new_expiry_is_known(sandbox: SandboxControl, card: SavedCard) -> None:
    sandbox.steer_card(str(card.card_id), exp_year=2040, last_4="4242")
    hear(*sandbox.events())
    now = SavedCard.fetch(card.id)
    assert (now.exp_year, now.last4, now.gateway_version) == (2040, "4242", 2)


def test_the_newest_news_hold_in_any_order(sandbox: SandboxControl, card: SavedCard) -> None:
    for year in (2040, 2041):
        sandbox.steer_card(str(card.card_id), exp_year=year)
    hear(*reversed(sandbox.events()))
    assert SavedCard.fetch(card.id).exp_year == 2041


def test_a_closed_account_is_not_charged(sandbox: SandboxControl, card: SavedCard) -> None:
    sandbox.steer_card(str(card.card_id), issuer_alert=True)
    hear(*sandbox.events())
    with pytest.raises(Conflict) as refused:
        usable_card(payer_id=card.payer_id, card_id=card.id, at=SOON)
    assert refused.value.code == "card_closed"


def test_a_card_that_is_disabled_at_squares_console_is_gone(sandbox: SandboxControl, card: SavedCard) -> None:
    gateway.disable_card(str(card.card_id))
    hear(*sandbox.events())
    assert SavedCard.fetch(card.id).status is CardStatus.REMOVED
    assert not list_cards(payer_id=card.payer_id)


def test_another_shops_card_is_not_our_business(sandbox: SandboxControl, card: SavedCard) -> None:
    """On the same Square account, even one that carries our number."""
    gateway.save_card(
        customer_id=str(card.customer_id), source_id="cnon:card-nonce-ok", key=str(uuid4()), reference=card.id
    )
    gateway.save_card(
        customer_id=str(card.customer_id), source_id="cnon:card-nonce-ok", key=str(uuid4()), reference="theirs"
    )
    for each in sandbox.cards():
        if each["id"] != card.card_id:
            sandbox.steer_card(each["id"], exp_year=2050)
    hear(*sandbox.events())
    assert SavedCard.fetch(card.id).exp_year == card.exp_year


def test_what_is_kept_of_the_news_names_nobody(sandbox: SandboxControl, card: SavedCard) -> None:
    events = sandbox.events()
    assert {"customer.created", "card.created"} <= {each["type"] for each in events}
    hear(*events)
    for event in events:
        kept = WebhookEvent.fetch(event["event_id"]).body
        for member in ("customer_id", "company_name", "fingerprint", '"bin"'):
            assert member not in kept
