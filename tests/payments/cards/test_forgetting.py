"""A payer who is forgotten is forgotten at Square; their consents stay as proof."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from accounts.privacy import erasing
from accounts.privacy.registry import Subject
from accounts.privacy.subjects import NOTHING
from accounts.rules.roles import Role
from atlas import events
from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from payments.cards.consent import VERSION
from payments.cards.saving import open_card, save_card, settle_card
from payments.cards.tables import Payer, SavedCard
from payments.cards.using import list_cards, remove_card
from payments.events import CardRemoved
from payments.privacy import PART
from payments.rules.cards import CardStatus


@pytest.fixture(autouse=True)
def payments_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(erasing, "holdings", lambda: PART.holdings)
    monkeypatch.setattr(erasing, "places", lambda: ())


@pytest.fixture
def person() -> Subject:
    return Subject(str(uuid4()), Role.CONCIERGE, None, NOTHING)


def keep(person: Subject) -> SavedCard:
    return save_card(payer_id=person.user_id, source_id=f"cnon:atlas-ok-{uuid4()}", consent=VERSION)


def left(person: Subject) -> list[str]:
    return [
        attribute
        for holding in PART.holdings
        for row in holding.find(person)
        for attribute in erasing.left_in(person, holding, row)
    ]


def test_nothing_but_the_consent_is_left(sandbox: SandboxControl, person: Subject) -> None:
    card = keep(person)
    assert {"customerId", "cardId", "cardLast4", "expYear"} <= set(left(person))
    erasing.run_pass(person)
    assert left(person) == []
    assert not list_cards(payer_id=person.user_id)
    assert not sandbox.customers()
    assert [each["enabled"] for each in sandbox.cards()] == [False]
    proof = SavedCard.fetch(card.id)
    assert (proof.status, proof.consent) == (CardStatus.REMOVED, card.consent)
    erasing.run_pass(person)
    assert SavedCard.fetch(card.id).version == proof.version


def test_rides_that_count_on_a_card_are_told_once(sandbox: SandboxControl, person: Subject) -> None:
    card, removed = keep(person), keep(person)
    remove_card(payer_id=person.user_id, card_id=removed.id)
    heard: list[CardRemoved] = []
    events.subscribe(CardRemoved, heard.append)
    for _ in range(2):
        erasing.run_pass(person)
    assert heard == [CardRemoved(card.id, person.user_id)]


def test_while_square_is_away_it_stays_known_here(sandbox: SandboxControl, person: Subject) -> None:
    keep(person)
    sandbox.inject("drop_before", path="/v2/customers", method="DELETE", count=2)
    with pytest.raises(Unavailable):
        erasing.run_pass(person)
    assert "customerId" in left(person)
    erasing.run_pass(person)
    assert (left(person), sandbox.customers()) == ([], [])


def test_an_answer_that_was_lost_is_deleted_too(sandbox: SandboxControl, person: Subject) -> None:
    keep(person)
    sandbox.inject("drop_after", path="/v2/customers", method="DELETE")
    erasing.run_pass(person)
    assert (left(person), sandbox.customers()) == ([], [])


def test_a_card_on_its_way_is_not_kept(sandbox: SandboxControl, person: Subject) -> None:
    card = open_card(payer_id=person.user_id, source_id="cnon:card-nonce-ok", consent=VERSION)
    erasing.run_pass(person)
    assert settle_card(card_id=card.id).status is CardStatus.REMOVED
    assert not sandbox.cards()
    assert Payer.fetch(person.user_id).customer_id is None
    assert SavedCard.fetch(card.id).removed_at <= datetime.now(UTC)
