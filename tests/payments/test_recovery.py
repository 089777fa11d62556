"""The periodic job: what a crash or an outage left open is finished with the keys that were stored."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import Unavailable
from atlas.local.square.testing import SandboxControl
from payments import operations, services, tasks
from payments.events import PaymentSettled, PaymentVoided
from payments.rules.types import OperationKind, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored

S = TransactionStatus


@pytest.fixture(autouse=True)
def nothing_due() -> None:
    """Other tests leave payments pending; they are not this one's business."""
    with time_machine.travel(utc_now() + timedelta(days=1), tick=True):
        for row in PaymentTransaction.scan(PaymentTransaction.due_at.exists()):
            row.due_shard = row.due_at = None
            row.save()


def later(minutes: float) -> None:
    with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=True):
        tasks.settle_due()


def test_an_authorisation_that_nobody_recorded_is_released(
    sandbox: SandboxControl, opened: Opener, heard: list[Any]
) -> None:
    row = opened()
    services.authorize(transaction=row)
    later(29)
    assert stored(row).status is S.PENDING
    later(31)
    assert stored(row).status is S.VOIDED
    assert [payment["status"] for payment in sandbox.payments()] == ["CANCELED"]
    assert heard == [PaymentVoided(row.reference, row.id)]


@pytest.mark.parametrize("kind", ["drop_before", "drop_after"])
def test_a_capture_without_an_answer_is_finished(
    sandbox: SandboxControl, authorized: Opener, heard: list[Any], kind: str
) -> None:
    row = authorized()
    sandbox.inject(kind, count=2)
    with pytest.raises(Unavailable):
        services.capture(transaction_id=row.id, amount=4_900)
    sandbox.clear_faults()
    later(1)
    assert stored(row).status is S.AUTHORIZED
    later(3)
    assert heard == [PaymentSettled(row.reference, row.id, 4_900)]
    assert [payment["status"] for payment in sandbox.payments()] == ["COMPLETED"]


def test_a_void_without_an_answer_is_finished(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    sandbox.inject("drop_before", count=2)
    with pytest.raises(Unavailable):
        services.void(transaction_id=row.id)
    later(3)
    assert heard == [PaymentVoided(row.reference, row.id)]


def test_a_refund_is_followed_to_its_end(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    services.refund(transaction_id=row.id, reason="Late")
    later(3)
    assert stored(row).status is S.CAPTURED
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    later(8)
    assert stored(row).status is S.REFUNDED
    assert not stored(row).due_at


def test_an_outage_only_postpones(sandbox: SandboxControl, authorized: Opener) -> None:
    row = authorized()
    sandbox.inject("error_before", count=4, status=503)
    with pytest.raises(Unavailable):
        services.capture(transaction_id=row.id)
    later(3)
    assert stored(row).status is S.AUTHORIZED
    later(4)
    assert stored(row).status is S.AUTHORIZED
    later(9)
    assert stored(row).status is S.CAPTURED


def test_a_hold_that_arrives_late_does_not_survive_being_given_up(sandbox: SandboxControl, opened: Opener) -> None:
    """Killed after the wish to give up was saved, before Square heard of it."""
    row = opened()
    operations.start(row, OperationKind.VOID, row.amount, now=utc_now())
    with transact() as tx:
        tx.save(row)
    services.authorize(transaction=row)
    later(3)
    assert stored(row).status is S.VOIDED
    assert [payment["status"] for payment in sandbox.payments()] == ["CANCELED"]
