"""What Square did beside what it was asked for: each has its next step (docs/payments.md), none is passed over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict
from atlas.local.square.testing import SandboxControl
from payments import gateway, services, tasks
from payments.events import PaymentDiffers, PaymentRefunded, PaymentSettled, RefundFailed
from payments.handlers import hold_for_finance
from payments.reconciling.mending import mend
from payments.reconciling.tables import PaymentDifference
from payments.releasing import release
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import OperationState, TransactionStatus
from payments.services import Declined
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.conftest import Opener, stored

S = TransactionStatus


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


def lower_there(row: PaymentTransaction, amount: int) -> None:
    """Somebody lowers the hold in Square's dashboard."""
    money: Any = {"amount": amount, "currency": "USD"}
    gateway.client().payments.update(
        row.payment_gateway_id, idempotency_key=str(uuid4()), payment={"amount_money": money}
    )


def complete_there(row: PaymentTransaction) -> None:
    gateway.client().payments.complete(row.payment_gateway_id)


def differences_of(row: PaymentTransaction) -> list[PaymentDifference]:
    return [each for each in PaymentDifference.scan() if each.transaction_id == row.id]


@pytest.mark.parametrize(
    ("change", "code"),
    [({"amount": 99_999}, "AMOUNT_MISMATCH"), ({"currency": "EUR"}, "CURRENCY_MISMATCH")],
    ids=["amount", "currency"],
)
def test_a_hold_that_was_not_asked_for_is_let_go(
    sandbox: SandboxControl, opened: Opener, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], code: str
) -> None:
    row, ask = opened(), gateway.authorize

    def otherwise(**asked: Any) -> Any:
        return replace(ask(**asked), **change)

    monkeypatch.setattr(gateway, "authorize", otherwise)
    outcome = services.authorize(transaction=row)
    assert isinstance(outcome, Declined)
    assert outcome.code == code
    assert [each["status"] for each in sandbox.payments(reference_id=row.reference)] == ["CANCELED"]
    assert services.settle_unknown(transaction=row) == outcome  # asked again: the same, and nothing more is held
    assert sandbox.authorizations(row.reference) == 1


def test_a_capture_of_another_amount_is_left_to_finance(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], finance: User
) -> None:
    row = authorized()
    lower_there(row, 9_900)
    complete_there(row)
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id)
    assert refused.value.code == "held_for_finance"
    assert (stored(row).status, stored(row).amount) == (S.AUTHORIZED, 24_500)
    assert not stored(row).booked
    assert heard == [PaymentDiffers(row.id)]
    hold_for_finance(heard[0])
    hold_for_finance(heard[0])
    [found] = differences_of(row)
    assert (found.kind, found.mend, found.ours, found.theirs) == (DifferenceKind.AMOUNT, Mend.CORRECT, "24500", "9900")
    assert found.run_id is None
    heard.clear()
    assert mend(user=finance, difference_id=found.id).status is DifferenceStatus.MENDED
    assert (stored(row).status, stored(row).amount) == (S.CAPTURED, 9_900)
    assert stored(row).booked.received == 9_900
    assert heard == [PaymentSettled(row.reference, row.id, 9_900)]


def test_a_capture_in_another_currency_is_left_to_finance(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    row.currency = "GBP"
    row.save()
    complete_there(row)
    with pytest.raises(Conflict) as refused:
        services.capture(transaction_id=row.id)
    assert (refused.value.code, refused.value.details["gatewayCode"]) == ("held_for_finance", "CURRENCY_MISMATCH")
    hold_for_finance(PaymentDiffers(row.id))
    assert {(each.kind, each.mend) for each in differences_of(row)} == {(DifferenceKind.CURRENCY, Mend.CORRECT)}
    assert stored(row).status is S.AUTHORIZED


def test_a_part_that_was_asked_for_is_no_mismatch(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any]
) -> None:
    row = authorized()
    services.capture(transaction_id=row.id, amount=9_900)
    assert heard == [PaymentSettled(row.reference, row.id, 9_900)]


def test_a_refund_of_another_amount_is_left_to_finance(
    sandbox: SandboxControl, captured: Opener, heard: list[Any], finance: User
) -> None:
    row = captured()
    services.refund(transaction_id=row.id, amount=5_000, reason="Late")
    row = stored(row)
    row.refunds[0].amount = 4_000
    row.save()
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    heard.clear()
    services.follow_refund(transaction_id=row.id, key=row.refunds[0].key)
    assert (stored(row).refunded, heard) == (0, [PaymentDiffers(row.id)])
    assert stored(row).due_at > utc_now() + timedelta(hours=23)
    hold_for_finance(heard[0])
    [found] = differences_of(row)
    assert (found.kind, found.mend, found.ours, found.theirs) == (DifferenceKind.AMOUNT, Mend.CORRECT, "4000", "5000")
    heard.clear()
    mend(user=finance, difference_id=found.id)
    assert heard == [PaymentRefunded(row.reference, row.id, 5_000, 5_000, 24_500)]


def reject(sandbox: SandboxControl, row: PaymentTransaction) -> None:
    """The bank's no to the refund that is under way, and our learning of it."""
    [found] = sandbox.refunds(payment_id=str(row.payment_gateway_id), status="PENDING")
    sandbox.settle_refund(found["id"], "REJECTED")
    tasks.settle(row.id)


def test_what_a_cancellation_gives_back_is_asked_for_again(
    sandbox: SandboxControl, captured: Opener, heard: list[Any]
) -> None:
    row = captured()
    release(transaction_id=row.id, keep=4_900, reason="Cancelled")
    heard.clear()
    reject(sandbox, row)
    assert heard == [RefundFailed(row.reference, row.id, 19_600, "REJECTED")]
    planned = stored(row).refunds[-1]
    assert (planned.state, planned.amount) == (OperationState.PENDING, 19_600)
    assert not planned.gateway_id
    assert stored(row).due_at == planned.at
    tasks.settle(row.id)  # not before its time
    release(transaction_id=row.id, keep=4_900, reason="Cancelled")
    assert len(sandbox.refunds()) == 1
    with pytest.raises(Conflict) as promised:
        services.refund(transaction_id=row.id, amount=4_901, reason="More than is kept")
    assert promised.value.code == "exceeds_captured"
    with time_machine.travel(planned.at + timedelta(minutes=1)):
        tasks.settle_due()
        [again] = sandbox.refunds(payment_id=str(row.payment_gateway_id), status="PENDING")
        sandbox.settle_refund(again["id"])
        tasks.settle(row.id)
    assert stored(row).refunded == 19_600
    assert not stored(row).due_at


def test_what_the_bank_rejects_every_time_is_for_finance(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    release(transaction_id=row.id, keep=0, reason="Cancelled")
    with time_machine.travel(utc_now()) as clock:
        for _ in range(3):
            reject(sandbox, row)
            clock.move_to(stored(row).due_at + timedelta(minutes=1))
            tasks.settle(row.id)
        reject(sandbox, row)
    found = stored(row)
    assert [each.state for each in found.refunds] == [OperationState.FAILED] * 4
    assert (found.refunded, found.status) == (0, S.CAPTURED)
    assert not found.due_at
    hold_for_finance(PaymentDiffers(row.id))
    [listed] = differences_of(row)
    assert (listed.kind, listed.mend, listed.amount) == (DifferenceKind.REFUND_REJECTED, Mend.REVIEW, 24_500)


def test_what_staff_refund_is_theirs_to_repeat(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    services.refund(transaction_id=row.id, reason="Late", request_key="a click")
    reject(sandbox, row)
    assert [each.state for each in stored(row).refunds] == [OperationState.FAILED]
    assert not stored(row).due_at
