"""Disputes: noted from webhooks in any order, in the books, told to finance; not refunded as well."""

from typing import Any

import pytest

from atlas.errors import Conflict
from atlas.local.square.testing import SandboxControl
from payments import gateway, panel, services
from payments.events import PaymentDiffers
from payments.handlers import hold_for_finance
from payments.ledger.kinds import DisputeState, PostingKind
from payments.ledger.tables import LedgerPosting
from payments.reconciling.tables import PaymentDifference
from payments.releasing import release
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.conftest import Opener, stored
from tests.payments.test_webhooks import deliver


def dispute(sandbox: SandboxControl, row: PaymentTransaction, amount: int = 10_000) -> dict[str, Any]:
    return sandbox.dispute(str(row.payment_gateway_id), amount=amount, reason="NOT_RECEIVED")


def news(sandbox: SandboxControl) -> list[dict[str, Any]]:
    return [each for each in sandbox.events() if each["type"].startswith("dispute.")]


def kinds(row: PaymentTransaction) -> list[PostingKind]:
    found = [each for each in LedgerPosting.scan() if each.transaction_id == row.id]
    assert all(sum(line.amount for line in each.lines) == 0 for each in found)
    return sorted(each.kind for each in found)


def held_back(row: PaymentTransaction) -> int:
    return sum(each.sum("disputed") for each in LedgerPosting.scan() if each.transaction_id == row.id)


def test_a_dispute_is_noted_and_told_to_finance(sandbox: SandboxControl, captured: Opener, heard: list[Any]) -> None:
    row = captured()
    heard.clear()
    made = dispute(sandbox, row)
    deliver(*news(sandbox), *news(sandbox))
    [noted] = stored(row).disputes
    assert (noted.gateway_id, noted.amount, noted.state) == (made["id"], 10_000, DisputeState.OPEN)
    assert noted.reason == "NOT_RECEIVED"
    assert stored(row).status is TransactionStatus.CAPTURED
    assert held_back(row) == 10_000
    assert heard == [PaymentDiffers(row.id)]
    hold_for_finance(heard[0])
    [found] = [each for each in PaymentDifference.scan() if each.transaction_id == row.id]
    assert (found.kind, found.mend, found.status) == (DifferenceKind.DISPUTED, Mend.REVIEW, DifferenceStatus.OPEN)
    assert f"{noted.due_at:%Y-%m-%d}" in found.theirs
    assert gateway.get_dispute(made["id"]).payment_id == row.payment_gateway_id


@pytest.mark.parametrize(
    ("state", "ends", "posted", "back"),
    [
        ("WON", DisputeState.WON, PostingKind.DISPUTE_WON, 0),
        ("LOST", DisputeState.LOST, PostingKind.DISPUTE_LOST, 10_000),
        ("ACCEPTED", DisputeState.LOST, PostingKind.DISPUTE_LOST, 10_000),
    ],
)
@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_how_it_ends(
    sandbox: SandboxControl,
    captured: Opener,
    state: str,
    ends: DisputeState,
    posted: PostingKind,
    back: int,
    backwards: bool,
) -> None:
    row = captured()
    made = dispute(sandbox, row)
    sandbox.decide_dispute(made["id"], "PROCESSING")
    sandbox.decide_dispute(made["id"], state)
    events = news(sandbox)
    assert [each["type"] for each in events] == ["dispute.created", *["dispute.state.updated"] * 2]
    deliver(*(events[::-1] if backwards else events))
    [noted] = stored(row).disputes
    assert noted.state is ends
    assert held_back(row) == 0
    assert posted in kinds(row)
    assert stored(row).booked.lost == back


def test_what_is_disputed_is_not_refunded_as_well(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    made = dispute(sandbox, row)
    deliver(*news(sandbox))
    with pytest.raises(Conflict) as refused:
        services.refund(transaction_id=row.id, amount=14_501, reason="Late")
    assert refused.value.details == {"refundable": 14_500}
    release(transaction_id=row.id, keep=0, reason="Cancelled")
    assert [each["amount_money"]["amount"] for each in sandbox.refunds()] == [14_500]
    sandbox.decide_dispute(made["id"], "WON")
    deliver(*news(sandbox))
    services.refund(transaction_id=row.id, amount=10_000, reason="Late")
    assert len(sandbox.refunds()) == 2


def test_an_inquiry_and_disputes_of_others_change_nothing(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    dispute(sandbox, row)
    [event] = news(sandbox)
    event["data"]["object"]["dispute"]["state"] = "INQUIRY_EVIDENCE_REQUIRED"
    deliver(event)
    assert stored(row).disputes == []
    other = {**event, "event_id": "of-another-payment"}
    other["data"]["object"]["dispute"] |= {"state": "LOST", "disputed_payment": {"payment_id": "somebody-elses"}}
    deliver(other)
    assert stored(row).disputes == []


def test_the_panel_tells_of_it(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    dispute(sandbox, row)
    deliver(*news(sandbox))
    step = panel.show(stored(row)).history[0]
    assert (str(step.said), step.amount, step.tone) == ("Disputed by the card's holder", 10_000, "open")
