"""The table of a payment, its document, and the limits of captures and refunds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.errors import Conflict, Invalid
from bookings.rules.types import PaymentStatus, payment_status
from payments.rules.amounts import check_capture, refundable, status_after_refund
from payments.rules.lifecycle import FINAL, TRANSITIONS, PaymentAction, is_open, transition
from payments.rules.types import TransactionStatus
from tests.rules.documents import table

S = TransactionStatus


def test_the_document_is_the_table() -> None:
    documented = {(row["from"], row["action"]): row["to"] for row in table("lifecycle.md", "Payments")}
    coded = {(str(status), str(action)): str(target) for (status, action), target in TRANSITIONS.items()}
    assert documented == coded


@pytest.mark.parametrize("status", TransactionStatus)
@pytest.mark.parametrize("action", PaymentAction)
def test_a_wrong_state_is_a_conflict_that_says_the_state(status: S, action: PaymentAction) -> None:
    if is_open(status, action):
        assert transition(status, action) is TRANSITIONS[status, action]
        return
    with pytest.raises(Conflict) as refused:
        transition(status, action)
    assert refused.value.code == "wrong_state"
    assert refused.value.details["status"] == status
    assert all(is_open(status, PaymentAction(name)) for name in refused.value.details["actions"])


def test_money_that_moved_is_never_forgotten() -> None:
    """From CAPTURED nothing leads but a refund; from the states without money nothing leads at all."""
    assert frozenset({S.REFUNDED, S.FAILED, S.VOIDED}) == FINAL
    assert {target for (status, _), target in TRANSITIONS.items() if status is S.CAPTURED} == {S.REFUNDED}


def test_a_capture_is_positive_and_within_the_authorisation() -> None:
    check_capture(amount=1, authorized=100)
    check_capture(amount=100, authorized=100)
    with pytest.raises(Conflict) as refused:
        check_capture(amount=101, authorized=100)
    assert (refused.value.code, refused.value.details) == ("exceeds_authorized", {"authorized": 100})
    for amount in (0, -1):
        with pytest.raises(Invalid) as invalid:
            check_capture(amount=amount, authorized=100)
        assert "amount" in invalid.value.fields


def test_refunds_in_parts() -> None:
    assert status_after_refund(S.CAPTURED, amount=40, captured=100, refunded=0) is S.CAPTURED
    assert status_after_refund(S.CAPTURED, amount=60, captured=100, refunded=40) is S.REFUNDED
    with pytest.raises(Conflict) as refused:
        status_after_refund(S.CAPTURED, amount=61, captured=100, refunded=40)
    assert (refused.value.code, refused.value.details) == ("exceeds_captured", {"refundable": 60})
    with pytest.raises(Invalid):
        status_after_refund(S.CAPTURED, amount=0, captured=100, refunded=40)
    for status in set(S) - {S.CAPTURED}:
        with pytest.raises(Conflict) as wrong:
            status_after_refund(status, amount=10, captured=100, refunded=0)
        assert wrong.value.code == "wrong_state"


@given(st.integers(1, 1_000_000), st.lists(st.integers(-10, 400_000), max_size=20))
def test_no_series_of_refunds_gives_back_more_than_was_taken(captured: int, wishes: list[int]) -> None:
    status, refunded = S.CAPTURED, 0
    for wish in wishes:
        try:
            status = status_after_refund(status, amount=wish, captured=captured, refunded=refunded)
        except (Conflict, Invalid):
            continue
        refunded += wish
        assert refunded <= captured
        assert (status is S.REFUNDED) is (refunded == captured)
        assert refundable(captured=captured, refunded=refunded) == captured - refunded


def test_what_the_parties_of_a_booking_see() -> None:
    assert {status: payment_status(status) for status in S} == {
        S.PENDING: PaymentStatus.PENDING,
        S.AUTHORIZED: PaymentStatus.AUTHORIZED,
        S.CAPTURED: PaymentStatus.CAPTURED,
        S.REFUNDED: PaymentStatus.REFUNDED,
        S.FAILED: PaymentStatus.PENDING,
        S.VOIDED: PaymentStatus.PENDING,
    }
