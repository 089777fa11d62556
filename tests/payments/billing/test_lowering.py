"""Less is owed than was invoiced: finance hears of it at once, it is asked for anew, or the difference goes back."""

from typing import Any
from uuid import uuid4

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import tasks
from payments.billing import credit, following, lowering, wires
from payments.billing.tables import BillingAccount
from payments.events import PaymentDiffers
from payments.handlers import hold_for_finance
from payments.reconciling.mending import mend
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceKind, DifferenceStatus, Mend
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.billing.conftest import PRICE, Opener
from tests.payments.billing.test_issuing import customer, stored

KEEP = 15_000
S, D = TransactionStatus, DifferenceStatus


def differences(row: PaymentTransaction) -> list[PaymentDifference]:
    return [each for each in PaymentDifference.scan() if each.transaction_id == row.id]


def lowered(row: PaymentTransaction, heard: list[Any]) -> PaymentDifference:
    """As the outbox brings it on."""
    for _ in range(2):
        lowering.lower(transaction_id=row.id, keep=KEEP)
    told = [each for each in heard if each == PaymentDiffers(row.id)]
    assert len(told) == 1
    for _ in range(2):
        hold_for_finance(told[0])
    [found] = differences(row)
    assert (found.kind, found.mend, found.status) == (DifferenceKind.OVERBILLED, Mend.REISSUE, D.OPEN)
    assert (found.ours, found.theirs, found.amount) == (f"{KEEP} owed", f"{PRICE} invoiced", KEEP - PRICE)
    return found


def amounts(sandbox: SandboxControl) -> dict[str, int]:
    """By status; a new one each."""
    return {
        each["status"]: each["payment_requests"][0]["computed_amount_money"]["amount"] for each in sandbox.invoices()
    }


def test_finance_has_it_asked_for_anew(
    issued: Opener, account: BillingAccount, finance: User, sandbox: SandboxControl, heard: list[Any]
) -> None:
    row = issued()
    before = stored(row).bill
    found = lowered(row, heard)
    left = credit.left(account.id)
    row_ = mend(user=finance, difference_id=found.id)
    assert (row_.status, row_.resolved_by) == (D.MENDED, finance.id)
    after = stored(row)
    assert amounts(sandbox) == {"CANCELED": PRICE, "UNPAID": KEEP}
    assert (after.amount, after.bill.amount, customer(row)) == (KEEP, PRICE, KEEP)
    assert after.bill.gateway_id not in (None, before.gateway_id)
    assert after.bill.url not in (None, before.url)
    assert {each["invoice_number"] for each in sandbox.invoices()} == {before.number, f"{before.number}/2"}
    assert credit.left(account.id) == left + PRICE - KEEP
    sandbox.pay_invoice(after.bill.gateway_id)
    tasks.settle(row.id)
    assert (stored(row).status, stored(row).refunds, customer(row)) == (S.CAPTURED, [], 0)


def test_a_run_does_it_by_itself(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = issued()
    found = lowered(row, heard)
    assert mend(user=None, difference_id=found.id).status is D.MENDED
    assert amounts(sandbox)["UNPAID"] == KEEP


def test_paid_before_that_the_difference_goes_back(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = issued()
    found = lowered(row, heard)
    sandbox.pay_invoice(row.bill.gateway_id)
    mend(user=None, difference_id=found.id)
    for _ in range(2):
        tasks.settle(row.id)
    after = stored(row)
    assert (after.status, [each.amount for each in after.refunds]) == (S.CAPTURED, [PRICE - KEEP])
    [refund] = sandbox.refunds()
    sandbox.settle_refund(refund["id"])
    tasks.settle(row.id)
    assert (stored(row).refunded, customer(row)) == (PRICE - KEEP, 0)


@pytest.mark.parametrize("step", ["/cancel", "/v2/orders", "/v2/invoices", "/publish"])
def test_cut_off_anywhere_it_is_done_once(issued: Opener, sandbox: SandboxControl, heard: list[Any], step: str) -> None:
    row = issued()
    found = lowered(row, heard)
    sandbox.inject("drop_after", path=step, method="POST", count=2)
    try:
        mend(user=None, difference_id=found.id)
    except Unavailable:
        tasks.settle(row.id)
        mend(user=None, difference_id=found.id)
    assert amounts(sandbox) == {"CANCELED": PRICE, "UNPAID": KEEP}
    assert len(sandbox.invoices()) == 2
    assert (stored(row).amount, stored(row).bill.url is not None) == (KEEP, True)


def test_by_bank_nothing_is_asked_of_square(
    begun: Opener, finance: User, colleague: User, sandbox: SandboxControl, heard: list[Any]
) -> None:
    row = begun(method=PaymentMethod.WIRE)
    found = lowered(row, heard)
    mend(user=finance, difference_id=found.id)
    assert (stored(row).amount, sandbox.invoices()) == (KEEP, [])
    with pytest.raises(Conflict):
        record(finance, row, PRICE)
    wire = record(finance, row, KEEP)
    wires.confirm(user=colleague, transaction_id=row.id, wire_id=wire.id)
    assert (stored(row).status, customer(row)) == (S.CAPTURED, 0)


def test_paid_by_bank_before_that_the_difference_is_sent_back(
    begun: Opener, finance: User, colleague: User, heard: list[Any]
) -> None:
    row = begun(method=PaymentMethod.WIRE)
    wire = record(finance, row, PRICE)
    found = lowered(row, heard)
    with pytest.raises(Conflict) as refused:
        mend(user=finance, difference_id=found.id)
    assert refused.value.code == "wire_recorded"
    wires.confirm(user=colleague, transaction_id=row.id, wire_id=wire.id)
    assert [each.amount for each in wires.refunds_to_send(stored(row))] == [PRICE - KEEP]
    assert mend(user=finance, difference_id=found.id).status is D.MENDED


def test_called_off_after_all(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = issued()
    mend(user=None, difference_id=lowered(row, heard).id)
    following.call_off(transaction_id=row.id)
    assert (stored(row).status, customer(row)) == (S.VOIDED, 0)
    assert [each["status"] for each in sandbox.invoices()] == ["CANCELED", "CANCELED"]


@pytest.mark.parametrize("keep", [0, PRICE, PRICE + 1])
def test_nothing_to_lower(issued: Opener, heard: list[Any], keep: int) -> None:
    row = issued()
    lowering.lower(transaction_id=row.id, keep=keep)
    assert (stored(row).bill.lowered_to, [each for each in heard if isinstance(each, PaymentDiffers)]) == (None, [])


def record(user: User, row: PaymentTransaction, amount: int) -> Any:
    after = wires.record_payment(
        user=user, transaction_id=row.id, amount=amount, bank_reference=str(uuid4()), value_on=utc_now().date()
    )
    return after.wires[-1]
