"""What Atlas relies on at Square. What holds at one of the two and not at the other is a fault of the sandbox."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from pytest_django.fixtures import Settings

from atlas.dynamo.attributes import utc_now
from payments import gateway
from payments.gateway import Declined, OutcomeUnknown, Payment, Refused
from tests.payments.contract.conftest import give_back, hold, take

T = TypeVar("T")

CLOCKS = timedelta(minutes=5)
"""Square's clock is not ours."""
PATIENCE_SECONDS = 20.0
"""Square's lists lag behind by some seconds."""


def test_a_hold_and_what_it_shows() -> None:
    held = hold()
    assert isinstance(held, Payment)
    assert (held.status, held.amount, held.currency, held.reference) == ("APPROVED", 5_000, "USD", "contract")
    assert held.card_last4 is not None
    assert len(held.card_last4) == 4
    assert held.version
    assert gateway.get(held.gateway_id) == held


def test_the_same_key_is_the_same_payment() -> None:
    key = str(uuid4())
    assert hold(key=key).gateway_id == hold(key=key).gateway_id


def test_the_same_key_with_other_data_is_no_answer() -> None:
    key = str(uuid4())
    hold(key=key)
    with pytest.raises(OutcomeUnknown):
        hold(4_000, key=key)


@pytest.mark.parametrize(
    ("source_id", "code"),
    [
        ("cnon:card-nonce-declined", "GENERIC_DECLINE"),
        ("cnon:card-nonce-rejected-cvv", "CVV_FAILURE"),
        ("cnon:card-nonce-rejected-postalcode", "ADDRESS_VERIFICATION_FAILURE"),
        ("cnon:card-nonce-rejected-expiration", "INVALID_EXPIRATION"),
    ],
)
def test_cards_that_are_refused(source_id: str, code: str) -> None:
    outcome = hold(source_id=source_id)
    assert isinstance(outcome, Declined)
    assert outcome.code == code


def test_capture_is_once() -> None:
    held = hold()
    taken = take(held)
    assert (taken.status, taken.amount) == ("COMPLETED", 5_000)
    assert take(held).status == "COMPLETED"
    assert taken.version != held.version


def test_a_part_is_captured() -> None:
    taken = take(hold(), 1_250)
    assert (taken.status, taken.amount) == ("COMPLETED", 1_250)


def test_a_hold_is_released_once_and_then_gone() -> None:
    held = hold()
    assert gateway.void(held.gateway_id).status == "CANCELED"
    assert gateway.void(held.gateway_id).status == "CANCELED"
    assert take(held).status == "CANCELED"


def test_what_was_taken_is_not_released() -> None:
    held = hold()
    take(held)
    assert gateway.void(held.gateway_id).status == "COMPLETED"


def test_released_by_its_key() -> None:
    key = str(uuid4())
    held = hold(key=key)
    gateway.void_by_key(key)
    assert gateway.get(held.gateway_id).status == "CANCELED"
    gateway.void_by_key(str(uuid4()))


def test_refunds_add_up_and_never_exceed() -> None:
    taken = take(hold())
    first, second = give_back(taken, 1_000), give_back(taken, 2_000)
    assert {first.status, second.status} <= {"PENDING", "COMPLETED"}
    assert (first.amount, first.payment_id) == (1_000, taken.gateway_id)
    with pytest.raises(Refused) as refused:
        give_back(taken, 2_001)
    assert refused.value.code == "REFUND_AMOUNT_INVALID"
    assert set(gateway.get(taken.gateway_id).refund_ids) == {first.gateway_id, second.gateway_id}
    assert gateway.get_refund(first.gateway_id).gateway_id == first.gateway_id


def test_the_same_key_is_the_same_refund() -> None:
    taken, key = take(hold()), str(uuid4())
    assert give_back(taken, 100, key=key).gateway_id == give_back(taken, 100, key=key).gateway_id


def test_a_hold_is_not_refunded() -> None:
    with pytest.raises(Refused):
        give_back(hold(), 100)


def test_what_is_not_there() -> None:
    with pytest.raises(Refused) as refused:
        gateway.get("no-such-payment-as-this")
    assert (refused.value.code, refused.value.credentials) == ("NOT_FOUND", False)


def test_a_wrong_token(settings: Settings) -> None:
    settings.SQUARE_ACCESS_TOKEN = "not-a-token"
    with pytest.raises(Refused) as refused:
        hold()
    assert refused.value.credentials


def test_payments_are_listed_oldest_first() -> None:
    held = [hold() for _ in range(3)]
    wanted = {each.gateway_id for each in held}

    def listed() -> list[Payment] | None:
        found = [each for each in window(gateway.payments_between) if each.gateway_id in wanted]
        return found if len(found) == len(wanted) else None

    found = patiently(listed)
    assert [each.created_at for each in found] == sorted(each.created_at for each in found if each.created_at)
    assert {each.amount for each in found} == {5_000}


def test_refunds_are_listed() -> None:
    refund = give_back(take(hold()), 700)
    found = patiently(
        lambda: [each for each in window(gateway.refunds_between) if each.gateway_id == refund.gateway_id] or None
    )
    assert (found[0].amount, found[0].currency, found[0].payment_id) == (700, "USD", refund.payment_id)


def test_lists_go_on_over_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("payments.gateway.payments.PAGE", 2)
    monkeypatch.setattr("payments.gateway.refunds.PAGE", 2)
    wanted = {hold().gateway_id for _ in range(5)}
    patiently(lambda: wanted <= {each.gateway_id for each in window(gateway.payments_between)} or None)


def window(between: Callable[..., Iterator[Any]]) -> Iterator[Any]:
    now = utc_now()
    return chain(between(now - CLOCKS, now))


def patiently(look: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := look()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found
