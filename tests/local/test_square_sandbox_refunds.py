"""Refunds of the local Square sandbox, through the real SDK. They settle after 60 s of the sandbox clock."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl

from .conftest import NO_RETRY

Authorize = Callable[..., Any]


def refund(square: Square, payment_id: str, cents: int, key: str, **more: Any) -> Any:
    return square.refunds.refund_payment(
        idempotency_key=key,
        payment_id=payment_id,
        amount_money={"amount": cents, "currency": "USD"},
        request_options=NO_RETRY,
        **more,
    ).refund


def refusal(square: Square, payment_id: str, cents: int, key: str, **more: Any) -> tuple[str, str]:
    with pytest.raises(ApiError) as error:
        refund(square, payment_id, cents, key, **more)
    assert error.value.status_code == 400
    return str(error.value.errors[0].category), str(error.value.errors[0].code)


def test_refund_is_pending_then_completed(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(autocomplete=True)
    made = refund(square, payment.id, 4_000, "refund-1", reason="Late")
    assert (made.status, made.amount_money.amount, made.payment_id, made.reason) == (
        "PENDING",
        4_000,
        payment.id,
        "Late",
    )
    before = square.payments.get(payment.id).payment
    assert before is not None
    assert (before.refund_ids, before.refunded_money) == ([made.id], None)

    control.advance(timedelta(seconds=60))
    assert square.refunds.get(made.id).refund.status == "COMPLETED"
    after = square.payments.get(payment.id).payment
    assert after is not None
    assert (after.status, after.refunded_money.amount) == ("COMPLETED", 4_000)


def test_refunds_add_up_to_the_payment_and_no_further(
    authorize: Authorize, square: Square, control: SandboxControl
) -> None:
    payment = authorize(autocomplete=True)
    too_much = ("REFUND_ERROR", "REFUND_AMOUNT_INVALID")
    assert refusal(square, payment.id, 10_001, "refund-0") == too_much
    refund(square, payment.id, 6_000, "refund-1")
    assert refusal(square, payment.id, 4_001, "refund-2") == too_much
    control.advance(timedelta(minutes=1))
    assert refusal(square, payment.id, 4_001, "refund-3") == too_much
    refund(square, payment.id, 4_000, "refund-4")
    control.advance(timedelta(minutes=1))
    assert refusal(square, payment.id, 1, "refund-5") == too_much
    assert square.payments.get(payment.id).payment.refunded_money.amount == 10_000


def test_simultaneous_refunds_never_exceed_the_payment(
    authorize: Authorize, square: Square, control: SandboxControl
) -> None:
    payment = authorize(autocomplete=True)

    def attempt(number: int) -> bool:
        try:
            refund(square, payment.id, 3_000, f"refund-{number}")
        except ApiError:
            return False
        return True

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(attempt, range(10))) == 3
    assert len(control.refunds(payment_id=payment.id)) == 3


def test_rejected_refund_gives_its_amount_back(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(autocomplete=True)
    made = refund(square, payment.id, 10_000, "refund-1")
    control.settle_refund(made.id, "REJECTED")
    assert square.refunds.get(made.id).refund.status == "REJECTED"
    assert square.payments.get(payment.id).payment.refunded_money is None
    assert refund(square, payment.id, 10_000, "refund-2").status == "PENDING"


def test_only_a_completed_payment_can_be_refunded(authorize: Authorize, square: Square) -> None:
    payment = authorize()
    assert refusal(square, payment.id, 1, "refund-1") == ("REFUND_ERROR", "REFUND_ERROR_PAYMENT_NEEDS_COMPLETION")
    square.payments.cancel(payment.id)
    assert refusal(square, payment.id, 1, "refund-2") == ("REFUND_ERROR", "PAYMENT_NOT_REFUNDABLE")


def test_refund_within_a_year(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(autocomplete=True)
    control.advance(timedelta(days=364))
    refund(square, payment.id, 1, "refund-1")
    control.advance(timedelta(days=2))
    assert refusal(square, payment.id, 1, "refund-2") == ("REFUND_ERROR", "PAYMENT_NOT_REFUNDABLE")


def test_refund_key_replays_and_is_checked(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(autocomplete=True)
    made = refund(square, payment.id, 4_000, "k" * 45)
    assert refund(square, payment.id, 4_000, "k" * 45) == made
    assert refusal(square, payment.id, 4_001, "k" * 45) == ("INVALID_REQUEST_ERROR", "IDEMPOTENCY_KEY_REUSED")
    assert refusal(square, payment.id, 4_000, "k" * 46) == ("INVALID_REQUEST_ERROR", "VALUE_TOO_LONG")
    assert len(control.refunds()) == 1


def test_stale_version_is_refused(authorize: Authorize, square: Square) -> None:
    payment = authorize(autocomplete=True)
    refund(square, payment.id, 1, "refund-1", payment_version_token=payment.version_token)
    code = refusal(square, payment.id, 1, "refund-2", payment_version_token=payment.version_token)
    assert code == ("INVALID_REQUEST_ERROR", "VERSION_MISMATCH")


def test_list_refunds(authorize: Authorize, square: Square, control: SandboxControl) -> None:
    payment = authorize(autocomplete=True)
    made = [refund(square, payment.id, 100, f"refund-{number}").id for number in range(5)]
    assert [entry.id for entry in square.refunds.list(limit=2)] == made[::-1]
    control.settle_refund(made[0])
    assert [entry.id for entry in square.refunds.list(status="COMPLETED")] == made[:1]


def test_unknown_refund_and_payment(square: Square) -> None:
    with pytest.raises(ApiError) as error:
        square.refunds.get("nobody", request_options=NO_RETRY)
    assert (error.value.status_code, error.value.errors[0].code) == (404, "NOT_FOUND")
    with pytest.raises(ApiError) as error:
        refund(square, "nobody", 1, "refund-1")
    assert (error.value.status_code, error.value.errors[0].code) == (404, "NOT_FOUND")
