"""A payment in people's words: what is shown follows from the row alone."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from payments.declines import DECLINES, explain
from payments.panel import METHODS, STEPS, show
from payments.rules.types import OperationKind, OperationState, PaymentMethod, TransactionStatus
from payments.tables import CardMetadata, Operation, PaymentTransaction

AT = datetime(2026, 12, 24, 18, 30, tzinfo=UTC)
K, S = OperationKind, OperationState


def operation(kind: OperationKind, state: OperationState, amount: int, **more: Any) -> Operation:
    return Operation(kind=kind, key=str(uuid4()), amount=amount, state=state, at=AT, **more)


def payment(status: TransactionStatus, *operations: Operation, amount: int = 21_000, **more: Any) -> PaymentTransaction:
    row = PaymentTransaction(
        id=str(uuid4()), reference="b", payer_id="c", payee_id="o", amount=amount, status=status, **more
    )
    row.operations = list(operations)
    return row


def test_a_fee_that_was_taken_and_given_back_in_part_shows_all_three_amounts() -> None:
    row = payment(
        TransactionStatus.CAPTURED,
        operation(K.AUTHORIZE, S.DONE, 21_000),
        operation(K.CAPTURE, S.DONE, 10_500),
        operation(K.REFUND, S.DONE, 2_000, reason="Late"),
        operation(K.REFUND, S.PENDING, 500),
        operation(K.REFUND, S.FAILED, 700, code="REJECTED"),
        amount=10_500,
        refunded=2_000,
        metadata=CardMetadata(card_brand="AMERICAN_EXPRESS", card_last4="0009"),
    )
    found = show(row)
    assert (found.authorized, found.captured, found.refunded, found.returning) == (21_000, 10_500, 2_000, 500)
    assert found.card == "American Express •••• 0009"
    assert found.decline is None
    assert [(str(each.said), each.amount, each.tone) for each in found.history] == [
        ("Refund refused by the bank", 700, "failed"),
        ("Refund on its way", 500, "open"),
        ("Refunded", 2_000, "done"),
        ("Charged", 10_500, "done"),
        ("Reserved on the card", 21_000, "done"),
    ]
    assert found.history[2].note == "Late"


def test_what_came_to_nothing_says_why_and_what_helps() -> None:
    found = show(payment(TransactionStatus.FAILED, operation(K.AUTHORIZE, S.FAILED, 21_000, code="CVV_FAILURE")))
    assert (found.authorized, found.captured) == (0, 0)
    assert found.decline is explain("CVV_FAILURE")
    assert str(found.history[0].note) == "The security code is wrong."


def test_a_hold_that_was_let_go_took_nothing() -> None:
    row = payment(TransactionStatus.VOIDED, operation(K.AUTHORIZE, S.DONE, 21_000), operation(K.VOID, S.DONE, 21_000))
    found = show(row)
    assert (found.authorized, found.captured, found.decline) == (21_000, 0, None)


@pytest.mark.parametrize("code", sorted(DECLINES))
def test_every_decline_says_what_happened_and_what_to_do(code: str) -> None:
    words = explain(code)
    assert str(words.said).endswith(".")
    assert str(words.advice).endswith(".")
    assert code not in f"{words.said} {words.advice}"


@pytest.mark.parametrize("code", [None, "", "SOMETHING_NEW"])
def test_an_unknown_code_is_a_decline_like_any_other(code: str | None) -> None:
    assert explain(code) is explain("GENERIC_DECLINE")


def test_every_step_and_method_has_words() -> None:
    assert set(METHODS) == set(PaymentMethod)
    first = (K.AUTHORIZE, K.CAPTURE, K.VOID, K.REFUND)
    assert {(kind, state) for kind in first for state in S} <= set(STEPS)
