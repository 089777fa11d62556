"""Customers and their cards on file, through Square's own SDK."""

from typing import Any
from uuid import uuid4

import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl

from .conftest import NO_RETRY


def new_customer(square: Square, **given: Any) -> Any:
    return square.customers.create(idempotency_key=str(uuid4()), **({"given_name": "Ada"} | given)).customer


def keep_card(square: Square, customer: Any, nonce: str = "cnon:card-nonce-ok", key: str | None = None) -> Any:
    card = {"customer_id": customer.id}
    return square.cards.create(
        idempotency_key=key or str(uuid4()), source_id=nonce, card=card, request_options=NO_RETRY
    ).card


def charge(square: Square, customer_id: str | None, card: Any) -> Any:
    return square.payments.create(
        idempotency_key=str(uuid4()),
        source_id=card.id,
        customer_id=customer_id,
        amount_money={"amount": 24500, "currency": "USD"},
        autocomplete=False,
        request_options=NO_RETRY,
    ).payment


def test_a_customer_is_found_by_our_reference(square: Square) -> None:
    reference = str(uuid4())
    made = new_customer(square, reference_id=reference)
    new_customer(square, reference_id=str(uuid4()))
    found = square.customers.search(query={"filter": {"reference_id": {"exact": reference}}}).customers or []
    assert [each.id for each in found] == [made.id]


def test_a_customer_without_a_name_is_refused(square: Square) -> None:
    with pytest.raises(ApiError) as refused:
        square.customers.create(reference_id="R", request_options=NO_RETRY)
    assert refused.value.status_code == 400


def test_a_saved_card_is_charged_again_and_again(square: Square) -> None:
    customer = new_customer(square)
    card = keep_card(square, customer)
    payments = [charge(square, customer.id, card) for _ in range(2)]
    assert {each.status for each in payments} == {"APPROVED"}
    details = payments[0].card_details
    assert (details.entry_method, details.card.last4) == ("ON_FILE", card.last4)
    assert [each.id for each in square.cards.list(customer_id=customer.id)] == [card.id]


def test_the_same_key_keeps_one_card(square: Square) -> None:
    customer, key, token = new_customer(square), str(uuid4()), f"cnon:atlas-ok-{uuid4()}"
    first, again = (keep_card(square, customer, token, key) for _ in range(2))
    assert first.id == again.id


def test_a_disabled_card_and_another_ones_card_are_not_charged(square: Square) -> None:
    customer, stranger = new_customer(square), new_customer(square)
    card = keep_card(square, customer)
    for whose in (None, stranger.id):
        with pytest.raises(ApiError):
            charge(square, whose, card)
    assert square.cards.disable(card.id).card.enabled is False
    with pytest.raises(ApiError):
        charge(square, customer.id, card)
    assert not list(square.cards.list(customer_id=customer.id))


def test_a_customers_cards_go_with_them(square: Square) -> None:
    customer = new_customer(square)
    card = keep_card(square, customer)
    square.customers.delete(customer.id)
    assert square.cards.get(card.id).card.enabled is False


@pytest.mark.parametrize(
    ("token", "code"),
    [("cnon:card-nonce-declined", "CARD_DECLINED"), ("cnon:card-nonce-rejected-cvv", "VERIFY_CVV_FAILURE")],
)
def test_a_card_that_its_bank_refuses_is_not_kept(square: Square, token: str, code: str) -> None:
    customer = new_customer(square)
    with pytest.raises(ApiError) as refused:
        keep_card(square, customer, token)
    assert [each.code for each in refused.value.errors] == [code]
    assert not list(square.cards.list(customer_id=customer.id))


def test_a_card_may_be_good_today_and_decline_when_it_is_charged(square: Square) -> None:
    customer = new_customer(square)
    card = keep_card(square, customer, f"cnon:atlas-declined-later-{uuid4()}")
    with pytest.raises(ApiError) as refused:
        charge(square, customer.id, card)
    assert [each.code for each in refused.value.errors] == ["GENERIC_DECLINE"]


def test_webhooks_tell_of_customers_and_cards(square: Square, control: SandboxControl) -> None:
    customer = new_customer(square)
    card = keep_card(square, customer)
    square.cards.disable(card.id)
    told = [event["type"] for event in control.events()]
    for kind in ("customer.created", "card.created", "card.disabled"):
        assert kind in told
