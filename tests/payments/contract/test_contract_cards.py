"""What Atlas relies on at Square of customers and their cards on file."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from payments import gateway
from payments.gateway import Card, Declined, OutcomeUnknown, Payment, Refused
from tests.payments.contract.conftest import hold, take
from tests.payments.contract.test_contract import patiently

OK = "cnon:card-nonce-ok"


@pytest.fixture
def payer() -> str:
    return f"contract-{uuid4()}"


@pytest.fixture
def customer(payer: str) -> Iterator[str]:
    made = gateway.customer_for(payer_id=payer, key=str(uuid4()))
    yield made
    gateway.delete_customer(made)


def keep(customer: str, source_id: str = OK, *, key: str | None = None) -> Any:
    return gateway.save_card(
        customer_id=customer, source_id=source_id, key=key or str(uuid4()), reference="contract-card"
    )


def test_the_same_key_is_the_same_customer(payer: str) -> None:
    key = str(uuid4())
    made = {gateway.customer_for(payer_id=payer, key=key) for _ in range(2)}
    assert len(made) == 1
    gateway.delete_customer(*made)


def test_a_customer_is_found_by_our_number_when_its_key_is_lost(payer: str, customer: str) -> None:
    assert patiently(lambda: gateway.find_customer(payer_id=payer)) == customer
    assert gateway.customer_for(payer_id=payer, key=str(uuid4())) == customer


def test_a_key_of_another_payer_is_no_answer(payer: str) -> None:
    key = str(uuid4())
    made = gateway.customer_for(payer_id=payer, key=key)
    with pytest.raises(OutcomeUnknown):
        gateway.customer_for(payer_id=f"contract-{uuid4()}", key=key)
    gateway.delete_customer(made)


def test_a_customer_is_deleted_once_and_then_gone(payer: str) -> None:
    made = gateway.customer_for(payer_id=payer, key=str(uuid4()))
    card = keep(made)
    gateway.delete_customer(made)
    gateway.delete_customer(made)
    patiently(lambda: gateway.find_customer(payer_id=payer) is None or None)
    assert not gateway.get_card(card.gateway_id).enabled
    with pytest.raises(Refused) as refused:
        keep(made)
    assert refused.value.code == "CUSTOMER_NOT_FOUND"


def test_a_card_and_what_it_shows(customer: str) -> None:
    card = keep(customer)
    assert isinstance(card, Card)
    assert (card.customer_id, card.reference, card.enabled, card.closed) == (customer, "contract-card", True, False)
    assert (card.brand, len(card.last4), 1 <= card.exp_month <= 12, card.exp_year > 2025) == ("VISA", 4, True, True)
    assert gateway.get_card(card.gateway_id) == card
    assert [each.gateway_id for each in patiently(lambda: list(gateway.cards_of(customer)) or None)] == [
        card.gateway_id
    ]


def test_the_same_key_is_the_same_card(customer: str) -> None:
    key = str(uuid4())
    assert keep(customer, key=key).gateway_id == keep(customer, key=key).gateway_id


@pytest.mark.parametrize(
    ("source_id", "code"),
    [("cnon:card-nonce-declined", "CARD_DECLINED"), ("cnon:card-nonce-rejected-cvv", "VERIFY_CVV_FAILURE")],
)
def test_a_card_that_its_bank_refuses_is_not_kept(customer: str, source_id: str, code: str) -> None:
    outcome = keep(customer, source_id)
    assert isinstance(outcome, Declined)
    assert outcome.code == code
    assert not list(gateway.cards_of(customer))


def test_a_card_on_file_is_charged_again_and_again(customer: str) -> None:
    card = keep(customer)
    held = [hold(source_id=card.gateway_id, customer_id=customer) for _ in range(2)]
    assert [each.status for each in held] == ["APPROVED"] * 2
    assert len({each.gateway_id for each in held}) == 2
    assert held[0].card_last4 == card.last4
    assert take(held[0]).status == "COMPLETED"
    gateway.void(held[1].gateway_id)


def test_a_card_on_file_needs_the_customer_whose_it_is(payer: str, customer: str) -> None:
    card = keep(customer)
    assert isinstance(hold(source_id=card.gateway_id), Declined)
    stranger = gateway.customer_for(payer_id=f"{payer}-other", key=str(uuid4()))
    assert isinstance(hold(source_id=card.gateway_id, customer_id=stranger), Declined)
    gateway.delete_customer(stranger)


def test_a_disabled_card_is_charged_no_more_and_what_it_held_stays(customer: str) -> None:
    card = keep(customer)
    held = hold(source_id=card.gateway_id, customer_id=customer)
    assert isinstance(held, Payment)
    for _ in range(2):
        assert not gateway.disable_card(card.gateway_id).enabled
    assert isinstance(hold(source_id=card.gateway_id, customer_id=customer), Declined)
    assert take(held).status == "COMPLETED"


def test_a_card_that_is_not_there() -> None:
    for call in (gateway.get_card, gateway.disable_card):
        with pytest.raises(Refused) as refused:
            call("ccof:no-such-card")
        assert refused.value.code == "NOT_FOUND"
