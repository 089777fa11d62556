"""Cards on file: agreed to, kept once whatever happens, removed for good."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from atlas.errors import Conflict, Invalid, NotFound, PaymentDeclined, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import gateway
from payments.cards import saving, tasks
from payments.cards.consent import TEXT, VERSION
from payments.cards.saving import save_card, settle_card
from payments.cards.tables import Payer, SavedCard
from payments.cards.using import list_cards, own_card, remove_card, usable_card
from payments.rules.cards import CardStatus

SOON = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def payer() -> str:
    return str(uuid4())


def token(outcome: str = "ok") -> str:
    return f"cnon:atlas-{outcome}-{uuid4()}"


def keep(payer: str, source_id: str | None = None) -> SavedCard:
    return save_card(payer_id=payer, source_id=source_id or token(), consent=VERSION)


def newest(payer: str) -> SavedCard:
    return next(iter(SavedCard.payer_index.query(payer, scan_index_forward=False)))


def make_due(card: SavedCard) -> None:
    card = SavedCard.fetch(card.id)
    card.due_at = datetime(2020, 1, 1, tzinfo=UTC)
    card.save()


def test_a_kept_card_is_known_by_four_digits_and_the_consent(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer, "cnon:card-nonce-ok")
    assert (card.status, card.brand, card.last4) == (CardStatus.ACTIVE, "VISA", "5858")
    assert not {"sourceId", "dueAt"} & set(SavedCard.fetch(card.id).serialize())
    assert (card.consent.version, card.consent.text) == (VERSION, str(TEXT))
    assert [each.id for each in list_cards(payer_id=payer)] == [card.id]
    (customer,) = sandbox.customers()
    assert (customer["reference_id"], customer["company_name"]) == (payer, "Atlas payer")
    assert not {"given_name", "family_name", "email_address", "phone_number"} & set(customer)
    assert sandbox.cards()[0]["reference_id"] == card.id


@pytest.mark.parametrize(("consent", "code"), [(None, "invalid"), ("", "invalid"), ("2020-01", "consent_outdated")])
def test_nothing_is_kept_without_consent(sandbox: SandboxControl, payer: str, consent: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        save_card(payer_id=payer, source_id=token(), consent=consent)
    assert (refused.value.code, list(refused.value.fields)) == (code, ["consent"])
    assert not sandbox.calls()
    assert Payer.find(payer) is None


def test_a_payer_is_one_customer_with_many_cards(sandbox: SandboxControl, payer: str) -> None:
    first, second = keep(payer), keep(payer)
    assert [each.id for each in list_cards(payer_id=payer)] == [second.id, first.id]
    assert len(sandbox.customers()) == 1


def test_a_payer_keeps_ten(sandbox: SandboxControl, payer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "MOST", 2)
    first = keep(payer)
    keep(payer)
    with pytest.raises(Conflict, match="Remove one"):
        keep(payer)
    remove_card(payer_id=payer, card_id=first.id)
    assert keep(payer).status is CardStatus.ACTIVE


def test_a_card_that_its_bank_refuses_is_not_kept(sandbox: SandboxControl, payer: str) -> None:
    with pytest.raises(PaymentDeclined) as declined:
        keep(payer, token("declined"))
    assert declined.value.details == {"reason": "CARD_DECLINED"}
    row = newest(payer)
    assert row.status is CardStatus.REFUSED
    assert not {"sourceId", "dueAt"} & set(row.serialize())
    assert not list_cards(payer_id=payer)


@pytest.mark.parametrize("path", ["/v2/customers", "/v2/customers/search", "/v2/cards"])
@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_before", "error_after"])
def test_a_lost_answer_keeps_one_card(sandbox: SandboxControl, payer: str, path: str, kind: str) -> None:
    sandbox.inject(kind, path=path)
    card = keep(payer)
    assert card.status is CardStatus.ACTIVE
    assert (len(sandbox.customers()), len(sandbox.cards())) == (1, 1)


def test_what_stays_unanswered_is_finished_by_the_periodic_task(sandbox: SandboxControl, payer: str) -> None:
    sandbox.inject("drop_after", path="/v2/cards", count=2)
    with pytest.raises(Unavailable):
        keep(payer)
    row = newest(payer)
    assert row.status is CardStatus.PENDING
    assert not list_cards(payer_id=payer)
    make_due(row)
    tasks.settle_due_cards()
    assert SavedCard.fetch(row.id).status is CardStatus.ACTIVE
    customer = Payer.fetch(payer).customer_id
    assert len([each for each in sandbox.cards() if each["customer_id"] == customer]) == 1


def test_the_task_waits_when_square_is_still_away(sandbox: SandboxControl, payer: str) -> None:
    sandbox.inject("error_before", path="/v2/cards", status=503, count=40)
    with pytest.raises(Unavailable):
        keep(payer)
    row = newest(payer)
    make_due(row)
    tasks.settle_due_cards()
    row = SavedCard.fetch(row.id)
    assert row.status is CardStatus.PENDING
    assert row.due_at > datetime.now(UTC) + timedelta(minutes=4)


def test_a_customer_who_was_deleted_at_square_is_made_again(sandbox: SandboxControl, payer: str) -> None:
    keep(payer)
    gateway.delete_customer(str(Payer.fetch(payer).customer_id))
    again = keep(payer)
    assert again.status is CardStatus.ACTIVE
    assert [each["id"] for each in sandbox.customers()] == [Payer.fetch(payer).customer_id] == [again.customer_id]


def test_a_removed_card_is_gone_here_and_disabled_there(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer)
    for _ in range(2):
        remove_card(payer_id=payer, card_id=card.id)
    assert not list_cards(payer_id=payer)
    with pytest.raises(NotFound):
        own_card(payer_id=payer, card_id=card.id)
    assert [each["enabled"] for each in sandbox.cards()] == [False]
    assert SavedCard.fetch(card.id).due_at is None


def test_a_card_is_gone_here_while_square_is_away_and_there_later(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer)
    sandbox.inject("drop_before", path="/disable", count=2)
    remove_card(payer_id=payer, card_id=card.id)
    assert not list_cards(payer_id=payer)
    assert [each["enabled"] for each in sandbox.cards()] == [True]
    make_due(card)
    tasks.settle_due_cards()
    assert [each["enabled"] for each in sandbox.cards()] == [False]
    assert SavedCard.fetch(card.id).due_at is None


def test_nobody_sees_or_removes_anothers_card(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer)
    stranger = str(uuid4())
    for act in (own_card, remove_card):
        with pytest.raises(NotFound):
            act(payer_id=stranger, card_id=card.id)
    assert not list_cards(payer_id=stranger)
    assert [each["enabled"] for each in sandbox.cards()] == [True]


def test_a_card_is_used_while_it_is_good(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer)
    assert usable_card(payer_id=payer, card_id=card.id, at=SOON).id == card.id
    with pytest.raises(Conflict) as refused:
        usable_card(payer_id=payer, card_id=card.id, at=datetime(2035, 12, 2, tzinfo=UTC))
    assert refused.value.code == "card_expired"


def test_a_settled_card_is_not_asked_about_again(sandbox: SandboxControl, payer: str) -> None:
    card = keep(payer)
    calls = len(sandbox.calls())
    assert settle_card(card_id=card.id).status is CardStatus.ACTIVE
    assert len(sandbox.calls()) == calls
