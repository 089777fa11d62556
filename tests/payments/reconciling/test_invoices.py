"""Invoices and transfers beside Square's: each difference made there or here, found once, mended, and gone."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict
from atlas.local.square.testing import SandboxControl
from payments import gateway, services
from payments.billing import following, wires
from payments.billing.tables import BillingAccount
from payments.events import PaymentDiffers, PaymentSettled
from payments.ledger.tables import LedgerPosting
from payments.reconciling.mending import dismiss, mend
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.walking import Walk
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.billing.conftest import (
    PRICE,
    Opener,
    account,
    begun,
    colleague,
    concierge,
    finance,
    heard,
    issued,
    opened,
)
from tests.payments.conftest import stored
from tests.payments.reconciling.stage import dump, reconcile, run, today
from tests.payments.reconciling.test_kinds import (
    change,
    expect_clean,
    expect_left_to,
    expect_mended_by_a_run,
    expect_one,
)

__all__ = ["account", "begun", "colleague", "concierge", "finance", "heard", "issued", "opened"]

K, M, S, D = DifferenceKind, Mend, TransactionStatus, DifferenceStatus


@pytest.fixture(autouse=True)
def credit(account: BillingAccount) -> BillingAccount:
    return account


def cancel_there(row: PaymentTransaction) -> None:
    gateway.cancel_invoice(stored(row).bill.gateway_id)


def wired(row: PaymentTransaction, finance: User, colleague: User) -> PaymentTransaction:
    wires.record_payment(
        user=finance,
        transaction_id=row.id,
        amount=PRICE,
        bank_reference=f"BANK {row.id}",
        value_on=utc_now().date(),
    )
    (wire,) = wires.recorded(stored(row))
    return wires.confirm(user=colleague, transaction_id=row.id, wire_id=wire.id)


def as_if_by_bank(row: PaymentTransaction) -> PaymentTransaction:
    """Paid by a transfer here, while nobody has closed its invoice there."""
    return change(row, status=S.CAPTURED, method=PaymentMethod.WIRE, due_at=None, due_shard=None)


def sum_of(row: PaymentTransaction, account: str) -> int:
    found = [each for each in LedgerPosting.payee_index.query(row.payee_id) if each.transaction_id == row.id]
    return sum(each.sum(account) for each in found)


def test_invoices_that_agree(
    opened: Opener, begun: Opener, issued: Opener, sandbox: SandboxControl, finance: User, colleague: User
) -> None:
    paid = issued()
    sandbox.pay_invoice(paid.bill.gateway_id)
    following.follow(transaction_id=paid.id)
    services.refund(transaction_id=paid.id, amount=5_000, reason="late")
    sandbox.settle_refund(sandbox.refunds()[0]["id"])
    services.follow_refund(transaction_id=paid.id, key=stored(paid).refunds[0].key)
    following.call_off(transaction_id=issued().id)
    wired(issued(), finance, colleague)
    wired(begun(method=PaymentMethod.WIRE), finance, colleague)
    issued()
    following.call_off(transaction_id=opened().id)
    walk, found = run(mend=True)
    assert found == []
    counts = {(side, what): count for side, _, what, count, _ in walk.totals.lines()}
    assert counts["Atlas", "taken on account"] == 3
    assert counts["Atlas", "pending on account"] == 1
    assert counts["Atlas", "released or failed on account"] == 2


def test_paid_there_and_nobody_told(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    found = expect_one(K.STATE, M.FOLLOW)
    assert (found.ours, found.theirs, found.amount) == ("PENDING", "PAID", PRICE)
    expect_mended_by_a_run(found)
    assert stored(row).status is S.CAPTURED
    told = [each for each in heard if isinstance(each, PaymentSettled)]
    assert told == [PaymentSettled(row.reference, row.id, PRICE)]
    assert (sum_of(row, "customer"), sum_of(row, "square")) == (0, PRICE)


def test_one_sold_long_ago_is_in_every_run(issued: Opener, sandbox: SandboxControl) -> None:
    """Paid weeks after it was sold: by the days of the run it would never be seen again."""
    row = issued()
    then = utc_now() - timedelta(days=60)
    change(row, created_at=then, created_day=f"{then:%Y-%m-%d}")
    sandbox.pay_invoice(row.bill.gateway_id)
    expect_mended_by_a_run(expect_one(K.STATE, M.FOLLOW))
    assert stored(row).status is S.CAPTURED


def test_called_off_there_a_person_finds_out(issued: Opener, finance: User, heard: list[Any]) -> None:
    row = issued()
    cancel_there(row)
    found = expect_one(K.STATE, M.REVIEW)
    assert (found.ours, found.theirs) == ("PENDING", "CANCELED")
    with pytest.raises(Conflict) as refused:
        mend(user=finance, difference_id=found.id)
    assert refused.value.code == "review_needed"
    following.call_off(transaction_id=row.id)
    [again] = reconcile_open(found.id)
    assert again.status is D.MENDED
    expect_clean()


def reconcile_open(id: str) -> list[Any]:
    """What a run makes of one that it does not see any more."""
    reconcile()
    return [row for row in PaymentDifference.scan() if row.id == id]


def test_unknown_there(issued: Opener, finance: User, colleague: User) -> None:
    row = issued()
    known = stored(row).bill
    known.gateway_id = "inv:gone"
    change(row, bill=known)
    found = expect_one(K.MISSING_THERE, M.REVIEW)
    dismiss(user=finance, difference_id=found.id, reason="Restored from a copy")
    [again] = reconcile()
    assert again.status is D.DISMISSED


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        pytest.param({"amount": PRICE - 1}, K.AMOUNT, (str(PRICE - 1), str(PRICE)), id="amount"),
        pytest.param({"currency": "EUR"}, K.CURRENCY, ("EUR", "USD"), id="currency"),
    ],
)
def test_another_sum_there_is_never_taken_over(
    issued: Opener,
    sandbox: SandboxControl,
    heard: list[Any],
    changes: dict[str, Any],
    kind: DifferenceKind,
    said: tuple[str, str],
) -> None:
    row = change(issued(), **changes)
    found = expect_one(kind, M.REVIEW)
    assert (found.ours, found.theirs) == said
    sandbox.pay_invoice(row.bill.gateway_id)
    following.follow(transaction_id=row.id)
    assert stored(row).status is S.PENDING
    assert [each for each in heard if isinstance(each, PaymentDiffers)] == [PaymentDiffers(row.id)]
    [again] = reconcile(mend=True)
    assert (again.id, again.status) == (found.id, D.OPEN)


def test_paid_in_part_and_then_in_full(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id, 5_000)
    found = expect_one(K.AMOUNT, M.REVIEW)
    assert (found.ours, found.theirs, found.amount) == ("0 paid", "5000 paid", 5_000)
    sandbox.pay_invoice(row.bill.gateway_id)
    reconcile(mend=True)
    assert stored(row).status is S.CAPTURED
    expect_clean()  # its payments are compared by their sum


def test_called_off_here_and_still_asked_for_there(issued: Opener, finance: User, sandbox: SandboxControl) -> None:
    row = change(issued(), status=S.VOIDED, due_at=None, due_shard=None)
    found = expect_one(K.STATE, M.RELEASE)
    assert (found.ours, found.theirs) == ("VOIDED", "UNPAID")
    expect_mended_by_a_run(found)
    assert sandbox.invoices()[0]["status"] == "CANCELED"
    assert stored(row).status is S.VOIDED


def test_called_off_here_and_paid_there(issued: Opener, finance: User, sandbox: SandboxControl) -> None:
    row = change(issued(), status=S.VOIDED, due_at=None, due_shard=None)
    sandbox.pay_invoice(row.bill.gateway_id)
    found = expect_one(K.STATE, M.CORRECT)
    assert (found.ours, found.theirs, found.amount) == ("VOIDED", "COMPLETED", PRICE)
    expect_left_to(finance, found)
    assert stored(row).status is S.CAPTURED


def test_paid_by_bank_and_still_asked_for_there(issued: Opener, finance: User, sandbox: SandboxControl) -> None:
    row = as_if_by_bank(issued())
    found = expect_one(K.STATE, M.RELEASE)
    assert (found.ours, found.theirs) == ("CAPTURED", "UNPAID")
    mend(user=finance, difference_id=found.id)
    assert sandbox.invoices()[0]["status"] == "CANCELED"
    assert (stored(row).status, stored(row).method) == (S.CAPTURED, PaymentMethod.WIRE)
    expect_clean()


def test_paid_by_bank_and_again_there(issued: Opener, finance: User, sandbox: SandboxControl) -> None:
    row = as_if_by_bank(issued())
    sandbox.pay_invoice(row.bill.gateway_id)
    found = expect_one(K.DUPLICATE, M.REFUND)
    assert found.amount == PRICE
    expect_left_to(finance, found)
    (refund,) = sandbox.refunds()
    assert refund["amount_money"]["amount"] == PRICE
    assert (stored(row).status, stored(row).refunded) == (S.CAPTURED, 0)


def test_stuck_while_it_was_issued(begun: Opener, sandbox: SandboxControl) -> None:
    row = begun()
    waiting = stored(row).operations
    waiting[-1].at -= timedelta(hours=3)
    change(row, operations=waiting)
    found = expect_one(K.STUCK, M.SETTLE)
    assert found.ours.startswith("PENDING, issue since ")
    expect_mended_by_a_run(found)
    assert stored(row).bill.url
    assert len(sandbox.invoices()) == 1


def test_a_refund_by_bank_waits_for_people(begun: Opener, finance: User, colleague: User) -> None:
    row = wired(begun(method=PaymentMethod.WIRE), finance, colleague)
    services.refund(transaction_id=row.id, amount=5_000, reason="late")
    waiting = stored(row).operations
    waiting[-1].at -= timedelta(days=3)
    change(row, operations=waiting)
    expect_clean()


def test_refunded_there(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    row = following.follow(transaction_id=row.id)
    asked = gateway.client().refunds.refund_payment(
        idempotency_key=row.id,
        payment_id=row.payment_gateway_id,
        amount_money={"amount": 700, "currency": "USD"},
    )
    sandbox.settle_refund(str(asked.refund.id))
    expect_mended_by_a_run(expect_one(K.REFUND_UNKNOWN, M.FOLLOW))
    assert stored(row).refunded == 700


def test_a_run_that_is_cut_off_goes_on_among_what_is_owed(
    issued: Opener, sandbox: SandboxControl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From each place that it has kept: what is owed is found from there too, and is the same row."""
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    kept: list[Any] = []
    Walk(today(), run_id="one", mending=False, state={}, checkpoint=lambda state: kept.append(dict(state))).go()
    before = dump()
    owed = [state for state in kept if state["stage"] == 3]
    assert len(owed) > 1
    for state in owed:
        Walk(today(), run_id="two", mending=False, state=state, checkpoint=lambda state: None).go()
    assert dump() == before


def test_the_command_says_it(issued: Opener, sandbox: SandboxControl, capsys: pytest.CaptureFixture[str]) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    day = f"{utc_now():%Y-%m-%d}"
    with pytest.raises(CommandError):
        call_command("payments", "reconcile", "--from", day, "--to", day)
    assert (
        f"OPEN STATE: transaction {row.id} Square -: ours PENDING, theirs PAID; mend: FOLLOW" in capsys.readouterr().out
    )
    call_command("payments", "reconcile", "--from", day, "--to", day, "--mend")
    assert stored(row).status is S.CAPTURED
