"""Customers and cards on file of the local Square sandbox: searching, versions, lists, what a bank does later."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl
from tests.local.conftest import NO_RETRY


def customer(square: Square, **given: Any) -> Any:
    arguments = {"given_name": "Ada", "reference_id": str(uuid4()), "request_options": NO_RETRY} | given
    return square.customers.create(**arguments).customer


def card(square: Square, customer_id: str, source_id: str = "cnon:card-nonce-ok", key: str = "") -> Any:
    return square.cards.create(
        idempotency_key=key or str(uuid4()),
        source_id=source_id,
        card={"customer_id": customer_id, "reference_id": "ours"},
        request_options=NO_RETRY,
    ).card


def charge(square: Square, card_id: str, customer_id: str) -> Any:
    return square.payments.create(
        source_id=card_id,
        customer_id=customer_id,
        idempotency_key=str(uuid4()),
        amount_money={"amount": 1_000, "currency": "USD"},
        autocomplete=False,
        request_options=NO_RETRY,
    ).payment


def refused(call: Callable[[], Any]) -> tuple[int | None, str]:
    with pytest.raises(ApiError) as error:
        call()
    return error.value.status_code, str(error.value.errors[0].code)


def test_a_customer_is_changed_under_its_version_and_deleted(square: Square, control: SandboxControl) -> None:
    made = customer(square)
    changed = square.customers.update(made.id, family_name="Lovelace", version=0, request_options=NO_RETRY).customer
    assert changed is not None
    assert (changed.given_name, changed.family_name, changed.version) == ("Ada", "Lovelace", 1)
    stale = refused(lambda: square.customers.update(made.id, note="x", version=0, request_options=NO_RETRY))
    assert stale == (409, "CONFLICT")
    square.customers.delete(made.id)
    assert refused(lambda: square.customers.get(made.id)) == (404, "NOT_FOUND")
    told = [each["type"] for each in control.events()]
    assert told == ["customer.created", "customer.updated", "customer.deleted"]


def test_the_same_key_is_the_same_customer(square: Square, control: SandboxControl) -> None:
    key = str(uuid4())
    first = customer(square, idempotency_key=key, reference_id="one")
    assert customer(square, idempotency_key=key, reference_id="one").id == first.id
    assert refused(lambda: customer(square, idempotency_key=key, reference_id="two"))[1] == "IDEMPOTENCY_KEY_REUSED"
    assert len(control.customers()) == 1


def test_search_by_part_and_in_pages(square: Square) -> None:
    made = [customer(square, email_address=f"person{number}@example.org").id for number in range(5)]
    query: Any = {"filter": {"email_address": {"fuzzy": "PERSON"}}, "sort": {"field": "CREATED_AT", "order": "DESC"}}
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = square.customers.search(query=query, limit=2, count=True, **cursor)
        assert page.count == 5
        found += [str(each.id) for each in page.customers or ()]
        if page.cursor is None:
            break
        cursor = {"cursor": page.cursor}
    assert found == made[::-1]
    assert square.customers.search(query={"filter": {"reference_id": {"exact": "nobody"}}}).customers is None


def test_a_refusal_is_the_answer_of_its_key(square: Square) -> None:
    owner, source, key = customer(square).id, f"cnon:atlas-declined-{uuid4()}", str(uuid4())
    assert refused(lambda: card(square, owner, source, key))[1] == "CARD_DECLINED"
    assert refused(lambda: card(square, owner, source, key))[1] == "CARD_DECLINED"
    assert refused(lambda: card(square, owner, source))[1] == "CARD_TOKEN_USED"


def test_nobody_owns_no_card(square: Square) -> None:
    assert refused(lambda: card(square, "NOBODY")) == (404, "CUSTOMER_NOT_FOUND")


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("declined-later", "GENERIC_DECLINE"),
        ("insufficient-funds-later", "INSUFFICIENT_FUNDS"),
        ("expired-later", "CARD_EXPIRED"),
        ("insufficient-funds", "INSUFFICIENT_FUNDS"),
    ],
)
def test_cards_that_decline_once_they_are_charged(square: Square, outcome: str, code: str) -> None:
    owner = customer(square).id
    saved = card(square, owner, f"cnon:atlas-{outcome}-{uuid4()}")
    assert refused(lambda: charge(square, saved.id, owner)) == (400, code)


def test_a_bank_changes_its_mind(square: Square, control: SandboxControl) -> None:
    owner = customer(square).id
    saved = card(square, owner)
    control.steer_card(saved.id, decline="INSUFFICIENT_FUNDS")
    assert refused(lambda: charge(square, saved.id, owner))[1] == "INSUFFICIENT_FUNDS"
    assert control.cards(customer_id=owner)[0]["declines_with"] == "INSUFFICIENT_FUNDS"
    control.steer_card(saved.id, decline="APPROVE")
    assert charge(square, saved.id, owner).status == "APPROVED"


def test_a_bank_reports_a_new_card(square: Square, control: SandboxControl) -> None:
    saved = card(square, customer(square).id)
    control.steer_card(saved.id, exp_year=2041, last_4="0001", issuer_alert=True)
    renewed: Any = square.cards.get(saved.id).card
    assert (renewed.exp_year, renewed.last4, renewed.version) == (2041, "0001", 2)
    assert renewed.issuer_alert == "ISSUER_ALERT_CARD_CLOSED"
    assert control.events()[-1]["type"] == "card.automatically_updated"


def test_cards_in_pages_of_twenty_five(square: Square) -> None:
    owner = customer(square).id
    made = [card(square, owner).id for _ in range(27)]
    assert [each.id for each in square.cards.list(customer_id=owner)] == made
    assert [each.id for each in square.cards.list(customer_id=owner, sort_order="DESC")] == made[::-1]
