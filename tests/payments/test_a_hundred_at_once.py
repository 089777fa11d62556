"""A hundred people press the same button in the same instant: real threads, engine and Square, one effect each."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from threading import Barrier
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from atlas.errors import Conflict, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import services
from payments.events import PaymentSettled, PaymentVoided
from payments.ledger.entries import posting_id
from payments.ledger.tables import LedgerPosting
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.tables import PaymentTransaction
from payments.tasks import settle
from tests.payments.conftest import Opener, stored

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

S, K = TransactionStatus, OperationKind
CROWD = 100
PATIENCE_SECONDS = 60.0
"""A hundred requests at once may take a while at a sandbox of one process; no time-out is wanted here."""
Deed = Callable[[], Any]


@pytest.fixture(autouse=True)
def patient(sandbox: SandboxControl, settings: Settings) -> None:
    settings.SQUARE_TIMEOUT_SECONDS = PATIENCE_SECONDS


def at_once(*deeds: Deed) -> Counter[str]:
    """A hundred threads that carry them out in turn. Of each "done" or the code of its refusal; all else fails."""
    start = Barrier(CROWD)

    def run(deed: Deed) -> str:
        start.wait(timeout=60)
        try:
            deed()
        except (Conflict, Unavailable) as refused:
            return refused.code
        return "done"

    with ThreadPoolExecutor(CROWD) as pool:
        return Counter(pool.map(run, islice(cycle(deeds), CROWD)))


def afterwards(row: PaymentTransaction) -> PaymentTransaction:
    """Once the periodic job has seen to what a lost race left."""
    settle(row.id)
    return stored(row)


def operations(row: PaymentTransaction, kind: OperationKind) -> list[OperationState]:
    return [each.state for each in row.operations if each.kind is kind]


def booked(row: PaymentTransaction) -> list[tuple[str, int]]:
    """Each posting of the payment, and what it moved at Square."""
    postings = [LedgerPosting.fetch(posting_id(row.id, name)) for name in (row.booked.entries if row.booked else ())]
    assert all(sum(line.amount for line in each.lines) == 0 for each in postings)
    return [(each.name.partition(" ")[0], each.sum("square")) for each in postings]


def test_a_hundred_captures(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    came = at_once(lambda: services.capture(transaction_id=row.id))
    assert came["done"] >= 1
    found = afterwards(row)
    assert (found.status, found.amount) == (S.CAPTURED, 24_500)
    assert operations(found, K.CAPTURE) == [OperationState.DONE]
    assert booked(found) == [("capture", 24_500)]
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]
    assert [(each["status"], each["total_money"]["amount"]) for each in sandbox.payments()] == [("COMPLETED", 24_500)]


def test_a_hundred_cancels(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    row = authorized()
    came = at_once(lambda: services.void(transaction_id=row.id))
    assert came["done"] >= 1
    found = afterwards(row)
    assert found.status is S.VOIDED
    assert operations(found, K.VOID) == [OperationState.DONE]
    assert booked(found) == []
    assert heard == [PaymentVoided(row.reference, row.id)]
    assert [each["status"] for each in sandbox.payments()] == ["CANCELED"]


def test_a_hundred_times_the_same_refund(sandbox: SandboxControl, captured: Opener) -> None:
    row = captured()
    came = at_once(lambda: services.refund(transaction_id=row.id, amount=5_000, reason="Late", request_key="one click"))
    assert came["done"] >= 1
    found = afterwards(row)
    assert [each["amount_money"]["amount"] for each in sandbox.refunds()] == [5_000]
    assert operations(found, K.REFUND) == [OperationState.PENDING]
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    found = afterwards(row)
    assert (found.refunded, booked(found)) == (5_000, [("capture", 24_500), ("refund", -5_000)])


def test_a_hundred_refunds_of_their_own(sandbox: SandboxControl, captured: Opener) -> None:
    """Each wants ten dollars of two hundred and forty-five."""
    row = captured()
    at_once(lambda: services.refund(transaction_id=row.id, amount=1_000, reason="Late"))
    found = afterwards(row)
    refunds = sandbox.refunds()
    assert 1 <= len(refunds) <= 24
    assert sorted(each["id"] for each in refunds) == sorted(str(each.gateway_id) for each in found.refunds)
    for each in refunds:
        sandbox.settle_refund(each["id"])
    found = afterwards(row)
    assert found.refunded == 1_000 * len(refunds)
    assert sum(moved for _name, moved in booked(found)) == 24_500 - found.refunded


def test_captures_cancels_and_refunds_together(sandbox: SandboxControl, authorized: Opener, heard: list[Any]) -> None:
    """Who comes first decides: the money was taken, and given back once at most; or it never was."""
    row = authorized()
    at_once(
        lambda: services.capture(transaction_id=row.id),
        lambda: services.void(transaction_id=row.id),
        lambda: services.refund(transaction_id=row.id, reason="Never came", request_key="one click"),
    )
    found = afterwards(row)
    (there,) = sandbox.payments()
    refunds = sandbox.refunds()
    if found.status is S.VOIDED:
        assert (there["status"], refunds, booked(found)) == ("CANCELED", [], [])
        assert heard == [PaymentVoided(row.reference, row.id)]
        return
    assert (found.status, there["status"], there["total_money"]["amount"]) == (S.CAPTURED, "COMPLETED", 24_500)
    assert heard == [PaymentSettled(row.reference, row.id, 24_500)]
    assert len(refunds) <= 1
    for each in refunds:
        sandbox.settle_refund(each["id"])
    found = afterwards(row)
    back = 24_500 * len(refunds)
    assert (found.refunded, sum(moved for _name, moved in booked(found))) == (back, 24_500 - back)
