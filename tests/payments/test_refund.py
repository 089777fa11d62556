"""Refunds: several, never more than was taken, each click once; counted when Square has completed them."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from atlas.errors import Conflict, Invalid, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import services
from payments.events import PaymentRefunded, RefundFailed
from payments.releasing import release
from payments.rules.types import OperationState, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored

S = TransactionStatus


def settle(sandbox: SandboxControl, row: PaymentTransaction, status: str = "COMPLETED") -> None:
    """Square's last word on every refund under way, and our looking it up."""
    for found in sandbox.refunds(payment_id=str(row.payment_gateway_id), status="PENDING"):
        sandbox.settle_refund(found["id"], status)
    for operation in stored(row).refunds:
        services.follow_refund(transaction_id=row.id, key=operation.key)


def test_a_refund_counts_once_it_is_completed(sandbox: SandboxControl, captured: Opener, heard: list[Any]) -> None:
    row = captured()
    heard.clear()
    services.refund(transaction_id=row.id, reason="Never came")
    found = stored(row)
    assert (found.status, found.refunded, heard) == (S.CAPTURED, 0, [])
    assert found.refunds[0].gateway_id
    assert len(found.refunds[0].key) <= 45
    settle(sandbox, row)
    found = stored(row)
    assert (found.status, found.refunded) == (S.REFUNDED, 24_500)
    assert not found.due_at
    assert heard == [PaymentRefunded(row.reference, row.id, 24_500, 24_500, 24_500)]
    assert heard[0].is_full


def test_several_parts_until_everything_is_back(sandbox: SandboxControl, captured: Opener, heard: list[Any]) -> None:
    row = captured()
    heard.clear()
    for amount in (10_000, 10_000):
        services.refund(transaction_id=row.id, amount=amount, reason="Late")
        settle(sandbox, row)
        assert stored(row).status is S.CAPTURED
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=row.id, amount=4_501, reason="Late")
    assert (refused.value.code, refused.value.details) == ("exceeds_captured", {"refundable": 4_500})
    services.refund(transaction_id=row.id, reason="The rest")
    settle(sandbox, row)
    assert (stored(row).status, stored(row).refunded) == (S.REFUNDED, 24_500)
    assert [event.refunded for event in heard] == [10_000, 20_000, 24_500]


def test_what_is_under_way_is_promised_already(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    services.refund(transaction_id=row.id, amount=20_000, reason="Late")
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=row.id, amount=5_000, reason="Late")
    assert refused.value.details == {"refundable": 4_500}


def test_one_click_is_one_refund(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    for _ in range(3):
        services.refund(transaction_id=row.id, amount=5_000, reason="Late", request_key="click-1")
    services.refund(transaction_id=row.id, amount=5_000, reason="Late", request_key="click-2")
    assert len(sandbox.refunds()) == 2
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=row.id, amount=6_000, reason="Late", request_key="click-1")
    assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize("kind", ["timeout_after", "drop_before", "drop_after", "error_after"])
def test_a_lost_answer_refunds_once(sandbox: SandboxControl, captured: Opener, kind: str) -> None:
    row = captured()
    sandbox.inject(kind, path="/v2/refunds")
    services.refund(transaction_id=row.id, amount=5_000, reason="Late")
    assert [found["amount_money"]["amount"] for found in sandbox.refunds()] == [5_000]


def test_an_unknown_refund_is_finished_with_its_own_key(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    sandbox.inject("drop_after", count=2)
    with pytest.raises(Unavailable):
        services.refund(transaction_id=row.id, amount=5_000, reason="Late", request_key="a")
    assert stored(row).refunds[0].gateway_id is None
    settle(sandbox, row)
    settle(sandbox, row)
    assert (stored(row).refunded, len(sandbox.refunds())) == (5_000, 1)


def test_a_refund_that_the_bank_refuses_gives_the_money_free(
    sandbox: SandboxControl, captured: Opener, heard: list[Any]
) -> None:
    row = captured()
    heard.clear()
    services.refund(transaction_id=row.id, reason="Late")
    settle(sandbox, row, "FAILED")
    found = stored(row)
    assert (found.status, found.refunded, found.refunds[0].state) == (S.CAPTURED, 0, OperationState.FAILED)
    assert heard == [RefundFailed(row.reference, row.id, 24_500, "FAILED")]
    services.refund(transaction_id=row.id, reason="Once more")
    settle(sandbox, row)
    assert stored(row).status is S.REFUNDED


def test_twenty_refunds_at_once_give_back_no_more_than_was_taken(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()

    def ask(_: int) -> bool:
        try:
            services.refund(transaction_id=row.id, amount=5_000, reason="Late")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        given = sum(pool.map(ask, range(20)))
    assert given >= 1
    assert sum(found["amount_money"]["amount"] for found in sandbox.refunds()) == given * 5_000 <= 24_500
    settle(sandbox, row)
    assert stored(row).refunded == given * 5_000


def test_nothing_is_left_while_everything_is_under_way(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    services.refund(transaction_id=row.id, reason="All of it")
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=row.id, reason="And again")
    assert refused.value.details == {"refundable": 0}


@pytest.mark.parametrize("amount", [0, -1])
def test_an_amount_must_be_positive(sandbox: SandboxControl, captured: Opener, amount: int) -> None:
    with pytest.raises(Invalid):
        services.refund(transaction_id=captured().id, amount=amount, reason="Late")


def test_a_hold_is_not_refunded(sandbox: SandboxControl, authorized: Opener) -> None:
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=authorized().id, reason="Late")
    assert refused.value.code == "wrong_state"


def test_a_cancellation_after_the_capture_refunds_once(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    for _ in range(2):
        release(transaction_id=row.id, keep=4_900, reason="Cancelled")
    assert [found["amount_money"]["amount"] for found in sandbox.refunds()] == [19_600]
