"""A hold on a card: approved, declined, unknown, given up. Money is asked for once, whatever happens to the answer."""

import pytest
from pytest_django.fixtures import Settings

from atlas.dynamo.transaction import Lost, transact
from atlas.errors import Conflict, Invalid, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import gateway, services
from payments.events import PaymentVoided
from payments.rules.types import OperationState, PaymentMethod, TransactionStatus
from payments.services import Authorized, Declined
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored

S = TransactionStatus


def record(row: PaymentTransaction, outcome: Authorized | Declined) -> None:
    with transact() as tx:
        services.record_authorization(tx=tx, transaction=row, outcome=outcome)


def test_an_approved_card_is_held_and_shown(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    record(row, services.authorize(transaction=row))
    found = stored(row)
    (payment,) = sandbox.payments(reference_id=row.reference)
    assert found.status is S.AUTHORIZED
    assert (found.payment_gateway_id, found.gateway_version) == (payment["id"], payment["version_token"])
    assert (found.metadata.card_brand, found.metadata.card_last4) == ("VISA", "5858")
    assert found.operations[0].state is OperationState.DONE
    assert (payment["status"], payment["amount_money"]["amount"]) == ("APPROVED", 24_500)


def test_the_key_is_stored_before_square_is_asked(sandbox: SandboxControl, opened: Opener) -> None:
    row = stored(opened())
    assert row.status is S.PENDING
    assert 0 < len(row.operations[0].key) <= 45
    assert row.source_id == "cnon:card-nonce-ok"
    assert sandbox.calls() == []


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("declined", "GENERIC_DECLINE"),
        ("rejected-cvv", "CVV_FAILURE"),
        ("rejected-postalcode", "ADDRESS_VERIFICATION_FAILURE"),
        ("rejected-expiration", "INVALID_EXPIRATION"),
        ("already-used", "CARD_TOKEN_USED"),
    ],
)
def test_a_declined_card_is_an_answer(sandbox: SandboxControl, opened: Opener, outcome: str, code: str) -> None:
    row = opened(source_id=f"cnon:card-nonce-{outcome}")
    answer = services.authorize(transaction=row)
    assert isinstance(answer, Declined)
    assert answer.code == code
    record(row, answer)
    found = stored(row)
    assert (found.status, found.operations[0].code) == (S.FAILED, code)
    assert not found.source_id
    assert sandbox.authorizations(row.reference) == 0


@pytest.mark.parametrize("source_id", ["cnon:card-nonce-", "not a token", "4111", "💳" * 20, "x" * 400])
def test_a_token_that_is_none_is_declined(sandbox: SandboxControl, opened: Opener, source_id: str) -> None:
    assert isinstance(services.authorize(transaction=opened(source_id=source_id)), Declined)


def test_the_token_of_the_card_is_forgotten_with_the_answer(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    record(row, services.authorize(transaction=row))
    assert stored(row).source_id is None


@pytest.mark.parametrize(
    "kind", ["timeout_after", "timeout_before", "drop_after", "drop_before", "error_after", "error_before"]
)
def test_a_lost_answer_is_asked_for_again_with_the_same_key(sandbox: SandboxControl, opened: Opener, kind: str) -> None:
    row = opened()
    sandbox.inject(kind, method="POST", path="/v2/payments")
    answer = services.authorize(transaction=row)
    assert isinstance(answer, Authorized)
    assert len(sandbox.calls()) == 2
    assert [payment["id"] for payment in sandbox.payments(reference_id=row.reference)] == [answer.gateway_id]


@pytest.mark.parametrize("kind", ["drop_after", "error_after"])
def test_what_stays_unknown_is_said_and_learned_later(sandbox: SandboxControl, opened: Opener, kind: str) -> None:
    row = opened()
    sandbox.inject(kind, count=2)
    with pytest.raises(Unavailable) as unknown:
        services.authorize(transaction=row)
    assert (unknown.value.code, unknown.value.status) == ("payment_unknown", 503)
    assert stored(row).status is S.PENDING
    answer = services.settle_unknown(transaction=stored(row))
    assert isinstance(answer, Authorized)
    assert sandbox.authorizations(row.reference) == 1


def test_a_hold_that_was_released_meanwhile_is_not_taken_for_one(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    answer = services.authorize(transaction=row)
    assert isinstance(answer, Authorized)
    gateway.void(answer.gateway_id)
    assert isinstance(services.settle_unknown(transaction=row), Declined)


def test_wrong_credentials_are_nobodys_declined_card(
    sandbox: SandboxControl, opened: Opener, settings: Settings
) -> None:
    settings.SQUARE_ACCESS_TOKEN = "revoked"
    with pytest.raises(Unavailable) as away:
        services.authorize(transaction=opened())
    assert away.value.code == "payment_unavailable"


def test_nobody_listening_is_an_outage(opened: Opener, settings: Settings) -> None:
    settings.SQUARE_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(Unavailable):
        services.authorize(transaction=opened())


def test_giving_up_releases_what_the_key_holds(sandbox: SandboxControl, opened: Opener, heard: list[object]) -> None:
    row = opened()
    sandbox.inject("drop_after", count=2)
    with pytest.raises(Unavailable):
        services.authorize(transaction=row)
    services.abandon(transaction=row)
    found = stored(row)
    assert found.status is S.VOIDED
    assert not found.source_id
    assert not found.due_at
    assert [payment["status"] for payment in sandbox.payments(reference_id=row.reference)] == ["CANCELED"]
    assert heard == [PaymentVoided(row.reference, row.id)]


def test_giving_up_is_harmless_twice_and_without_a_payment(
    sandbox: SandboxControl, opened: Opener, heard: list[object]
) -> None:
    row = opened()
    for _ in range(2):
        assert isinstance(services.abandon(transaction=row), Declined)
    assert stored(row).status is S.VOIDED
    assert sandbox.payments() == []
    assert len(heard) == 1


def test_an_answer_that_comes_after_giving_up_is_not_recorded(sandbox: SandboxControl, opened: Opener) -> None:
    row = opened()
    answer = services.authorize(transaction=row)
    services.abandon(transaction=row)
    with pytest.raises(Lost):
        record(row, answer)
    again = services.authorize(transaction=stored(row))
    assert isinstance(again, Declined)
    record(stored(row), again)
    assert stored(row).status is S.VOIDED
    assert [payment["status"] for payment in sandbox.payments(reference_id=row.reference)] == ["CANCELED"]


def test_an_authorised_payment_is_not_given_up(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    with pytest.raises(Conflict) as refused:
        services.abandon(transaction=row)
    assert refused.value.code == "wrong_state"
    assert stored(row).status is S.AUTHORIZED


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": -5}, "amount"),
        ({"method": PaymentMethod.WIRE}, "method"),
        ({"source_id": ""}, "sourceId"),
        ({"source_id": None}, "sourceId"),
    ],
)
def test_what_cannot_be_paid_is_not_opened(changes: dict[str, object], field: str) -> None:
    given: dict[str, object] = {
        "reference": "r",
        "payer_id": "p",
        "payee_id": "o",
        "amount": 100,
        "currency": "USD",
        "method": PaymentMethod.CARD,
        "source_id": "cnon:card-nonce-ok",
    }
    with pytest.raises(Invalid) as refused, transact() as tx:
        services.open_authorization(tx=tx, **(given | changes))  # type: ignore[arg-type]
    assert list(refused.value.fields) == [field]
