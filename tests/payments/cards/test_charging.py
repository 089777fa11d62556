"""A card on file pays as any card does: held under a stored key, once, and charged again for the next ride."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from atlas.dynamo.transaction import transact
from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from payments import services, tasks
from payments.cards.consent import VERSION
from payments.cards.saving import save_card
from payments.cards.tables import SavedCard
from payments.cards.using import remove_card
from payments.gateway import Declined
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction

OPERATOR = "22222222-2222-4222-8222-222222222222"


def keep(outcome: str = "ok") -> SavedCard:
    return save_card(payer_id=str(uuid4()), source_id=f"cnon:atlas-{outcome}-{uuid4()}", consent=VERSION)


def opened(card: SavedCard, *, payer_id: str | None = None) -> PaymentTransaction:
    with transact() as tx:
        return services.open_authorization(
            tx=tx,
            reference=str(uuid4()),
            payer_id=payer_id or card.payer_id,
            payee_id=OPERATOR,
            amount=24_500,
            currency="USD",
            method=PaymentMethod.CARD,
            card=card,
        )


def asked(row: PaymentTransaction) -> Any:
    outcome = services.authorize(transaction=row)
    with transact() as tx:
        services.record_authorization(tx=tx, transaction=row, outcome=outcome)
    return outcome


def test_one_card_holds_for_every_ride(sandbox: SandboxControl) -> None:
    card = keep()
    rows = [opened(card) for _ in range(2)]
    for row in rows:
        asked(row)
        stored = PaymentTransaction.fetch(row.id)
        assert (stored.status, stored.card_id) == (TransactionStatus.AUTHORIZED, card.id)
        assert stored.metadata.card_last4 == card.last4
        assert not {"sourceId", "customerId"} & set(stored.serialize())
        assert services.capture(transaction_id=row.id).status is TransactionStatus.CAPTURED
    assert len(sandbox.payments()) == 2
    assert {each["card_details"]["entry_method"] for each in sandbox.payments()} == {"ON_FILE"}


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "error_after"])
def test_a_lost_answer_holds_once(sandbox: SandboxControl, kind: str) -> None:
    row = opened(keep())
    sandbox.inject(kind, path="/v2/payments", method="POST")
    assert asked(row).status == "APPROVED"
    assert len(sandbox.payments()) == 1


def test_what_nobody_came_back_for_is_released(sandbox: SandboxControl) -> None:
    row = opened(keep())
    sandbox.inject("drop_after", path="/v2/payments", method="POST", count=2)
    with pytest.raises(Unavailable):
        services.authorize(transaction=row)
    tasks.settle(row.id)
    stored = PaymentTransaction.fetch(row.id)
    assert stored.status is TransactionStatus.VOIDED
    assert not {"sourceId", "customerId"} & set(stored.serialize())
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]


@pytest.mark.parametrize(
    ("outcome", "code"), [("insufficient-funds-later", "INSUFFICIENT_FUNDS"), ("expired-later", "CARD_EXPIRED")]
)
def test_a_card_that_was_good_may_decline(sandbox: SandboxControl, outcome: str, code: str) -> None:
    row = opened(keep(outcome))
    declined = asked(row)
    assert isinstance(declined, Declined)
    assert declined.code == code
    assert PaymentTransaction.fetch(row.id).status is TransactionStatus.FAILED


def test_a_removed_card_declines_and_its_hold_stays(sandbox: SandboxControl) -> None:
    card = keep()
    held, late = opened(card), opened(card)
    asked(held)
    remove_card(payer_id=card.payer_id, card_id=card.id)
    assert isinstance(asked(late), Declined)
    assert services.capture(transaction_id=held.id).status is TransactionStatus.CAPTURED


def test_nobody_pays_with_anothers_card(sandbox: SandboxControl) -> None:
    with pytest.raises(RuntimeError, match="not the payer's"):
        opened(keep(), payer_id=str(uuid4()))
    assert not sandbox.payments()


def test_a_hold_on_a_card_on_file_lapses_like_any(sandbox: SandboxControl) -> None:
    row = opened(keep())
    asked(row)
    sandbox.advance(timedelta(days=7, minutes=1))
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]
