"""Disputes whose webhooks were lost: a run finds them, and notes them as those would have."""

from typing import Any

import pytest

from atlas.local.square.testing import SandboxControl
from payments.ledger.kinds import DisputeState
from payments.ledger.tables import LedgerPosting
from payments.reconciling.mending import look_again, mend
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored
from tests.payments.reconciling.stage import reconcile


def in_dispute(row: PaymentTransaction) -> int:
    """Cents, by the books."""
    return sum(each.sum("disputed") for each in LedgerPosting.scan() if each.transaction_id == row.id)


def test_a_run_lists_it_and_changes_nothing(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    made = sandbox.dispute(str(row.payment_gateway_id), amount=10_000)
    [found] = reconcile()
    assert (found.kind, found.mend, found.status) == (DifferenceKind.DISPUTED, Mend.FOLLOW, DifferenceStatus.OPEN)
    assert (found.amount, found.refund_gateway_id) == (10_000, made["id"])
    assert stored(row).disputes == []
    assert look_again(difference_id=found.id).status is DifferenceStatus.OPEN


def test_a_mending_run_notes_it_for_finance(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    sandbox.dispute(str(row.payment_gateway_id), amount=10_000)
    [found] = reconcile(mend=True)
    [noted] = stored(row).disputes
    assert (noted.amount, noted.state, in_dispute(row)) == (10_000, DisputeState.OPEN, 10_000)
    [open_one] = reconcile(mend=True)
    assert (open_one.id, open_one.status, open_one.mend) == (found.id, DifferenceStatus.OPEN, Mend.REVIEW)


@pytest.mark.parametrize(("state", "ends"), [("WON", DisputeState.WON), ("LOST", DisputeState.LOST)])
def test_its_end_is_noted_too(
    sandbox: SandboxControl, captured: Opener, heard: list[Any], state: str, ends: DisputeState
) -> None:
    row = captured()
    made = sandbox.dispute(str(row.payment_gateway_id), amount=10_000)
    reconcile(mend=True)
    sandbox.decide_dispute(made["id"], state)
    [found] = reconcile(mend=True)
    assert (found.status, [each.state for each in stored(row).disputes]) == (DifferenceStatus.MENDED, [ends])
    assert in_dispute(row) == 0
    assert reconcile() == []


def test_staff_mend_it_by_hand(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    made = sandbox.dispute(str(row.payment_gateway_id), amount=10_000)
    sandbox.decide_dispute(made["id"], "WON")
    [found] = reconcile()
    assert mend(user=None, difference_id=found.id).status is DifferenceStatus.MENDED
    assert [each.state for each in stored(row).disputes] == [DisputeState.WON]
