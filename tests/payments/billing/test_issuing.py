"""An invoice is owed from the ride's end on, made once at Square, paid, reminded of, or called off."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import Conflict, Invalid, Unavailable
from atlas.local.square.testing import SandboxControl
from payments import gateway, services, tasks
from payments.billing import credit, following, issuing, staff
from payments.billing.tables import BillingAccount
from payments.events import InvoiceIssued, InvoiceOverdue, PaymentSettled, PaymentVoided
from payments.ledger.balances import of_operator
from payments.ledger.tables import LedgerPosting
from payments.rules.types import OperationKind, PaymentMethod
from payments.tables import PaymentTransaction
from tests.payments.billing.conftest import PRICE, Opener

LIMIT = PRICE * 5 // 2


def stored(row: PaymentTransaction) -> Any:
    return PaymentTransaction.fetch(row.id)


def kinds_of(row: PaymentTransaction) -> list[str]:
    return [str(each.kind) for each in LedgerPosting.payee_index.query(row.payee_id) if each.transaction_id == row.id]


def customer(row: PaymentTransaction) -> int:
    """What the books say is still owed for it."""
    found = [each for each in LedgerPosting.payee_index.query(row.payee_id) if each.transaction_id == row.id]
    return sum(each.sum("customer") for each in found)


def test_issued_it_is_owed_and_can_be_paid(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = stored(issued())
    (invoice,) = sandbox.invoices()
    assert (invoice["status"], invoice["invoice_number"]) == ("UNPAID", row.bill.number)
    assert invoice["description"] == f"Atlas payment {row.id}"
    assert (row.bill.gateway_id, row.bill.url) == (invoice["id"], invoice["public_url"])
    assert row.due_date == utc_now().date() + timedelta(days=14)
    assert invoice["payment_requests"][0]["due_date"] == row.due_on
    assert row.bill.to.company_name == "Grand Hotel"
    assert (row.is_owed, row.owed_shard is not None, row.billed_to) == (True, True, row.payer_id)
    assert [type(each) for each in heard] == [InvoiceIssued]
    assert (kinds_of(row), customer(row)) == (["INVOICE_ISSUED"], PRICE)


def test_it_is_made_once_however_often_it_is_asked_for(begun: Opener, sandbox: SandboxControl) -> None:
    row = begun()
    for _ in range(3):
        issuing.settle_issue(transaction_id=row.id)
    assert len(sandbox.invoices()) == 1
    with transact() as tx, pytest.raises(Conflict):
        issuing.begin_issue(tx=tx, row=stored(row), number="Another")


@pytest.mark.parametrize("step", ["/v2/orders", "/v2/invoices", "/publish"])
def test_a_lost_answer_is_asked_for_again(begun: Opener, sandbox: SandboxControl, step: str) -> None:
    row = begun()
    sandbox.inject("drop_after", path=step, method="POST", count=2)
    with pytest.raises(Unavailable):
        issuing.settle_issue(transaction_id=row.id)
    assert stored(row).due_at is not None
    tasks.settle(row.id)
    assert len(sandbox.invoices()) == 1
    assert stored(row).bill.url


def test_what_square_refuses_is_owed_all_the_same_and_asked_for_again(
    begun: Opener, finance: User, sandbox: SandboxControl, heard: list[Any]
) -> None:
    row = begun()
    sandbox.inject("error_before", path="/v2/invoices", method="POST", status=400)
    issuing.settle_issue(transaction_id=row.id)
    after = stored(row)
    assert (after.is_owed, after.bill.url, after.operations[-1].state) == (True, None, "failed")
    staff.issue_by(user=finance, transaction_id=row.id)
    assert stored(row).bill.url
    assert len([each for each in heard if isinstance(each, InvoiceIssued)]) == 1


def test_paid_at_square_a_webhook_tells(
    issued: Opener, account: BillingAccount, sandbox: SandboxControl, heard: list[Any]
) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    (news,) = [event for event in sandbox.events() if event["type"] == "invoice.payment_made"]
    with transact() as tx:
        following.follow_news(tx, gateway.read_invoice(news["data"]["object"]["invoice"]))
    after = stored(row)
    assert (after.status, after.due_at, after.owed_shard) == ("CAPTURED", None, None)
    assert (after.metadata.card_last4 is not None, after.payment_gateway_id is not None) == (True, True)
    assert [each for each in heard if isinstance(each, PaymentSettled)] == [
        PaymentSettled(row.reference, row.id, PRICE)
    ]
    assert credit.left(account.id) == LIMIT
    assert (set(kinds_of(row)), customer(row)) == ({"INVOICE_ISSUED", "INVOICE_PAID"}, 0)


def test_paid_and_nobody_told_it_is_found(issued: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    for _ in range(2):
        tasks.settle(row.id)
    assert stored(row).status == "CAPTURED"
    assert len([each for each in heard if isinstance(each, PaymentSettled)]) == 1


def test_a_webhook_of_another_invoice_changes_nothing(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    (news,) = [event for event in sandbox.events() if event["type"] == "invoice.published"]
    document = {**news["data"]["object"]["invoice"], "description": "Somebody else's"}
    with transact() as tx:
        following.follow_news(tx, gateway.read_invoice(document))
    assert stored(row).is_owed


def test_called_off_nobody_owes_it(
    issued: Opener, account: BillingAccount, sandbox: SandboxControl, heard: list[Any]
) -> None:
    row = issued()
    for _ in range(2):
        following.call_off(transaction_id=row.id)
    assert (stored(row).status, sandbox.invoices()[0]["status"]) == ("VOIDED", "CANCELED")
    assert [each for each in heard if isinstance(each, PaymentVoided)] == [PaymentVoided(row.reference, row.id)]
    assert (credit.left(account.id), customer(row)) == (LIMIT, 0)
    assert set(kinds_of(row)) == {"INVOICE_ISSUED", "INVOICE_CANCELED"}


def test_called_off_while_it_is_paid_it_is_paid(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    with pytest.raises(Conflict):
        following.call_off(transaction_id=row.id)
    assert stored(row).status == "CAPTURED"
    assert not [each for each in stored(row).operations if each.state == "pending"]


def test_calling_off_survives_silence(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    sandbox.inject("drop_after", path="/cancel", method="POST", count=1)
    sandbox.inject("drop_before", path="/v2/invoices", method="GET", count=2)
    with pytest.raises(Unavailable):
        following.call_off(transaction_id=row.id)
    tasks.settle(row.id)
    assert (stored(row).status, sandbox.invoices()[0]["status"]) == ("VOIDED", "CANCELED")


def test_nobody_captures_or_releases_it_as_a_card(opened: Opener) -> None:
    row = opened()
    for use in (services.capture, services.void):
        with pytest.raises(Conflict):
            use(transaction_id=row.id)
    tasks.settle(row.id)
    assert stored(row).status == "PENDING"


@pytest.mark.parametrize("amount", [0, -1, PRICE + 1])
def test_never_more_than_was_agreed(opened: Opener, amount: int) -> None:
    row = stored(opened())
    with transact() as tx, pytest.raises(Invalid):
        issuing.begin_issue(tx=tx, row=row, number="X", amount=amount)


def test_overdue_each_reminder_is_once(issued: Opener, heard: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    row = issued()
    now = utc_now()
    for days in (1, 14, 15, 15, 16, 21, 44, 90):
        monkeypatch.setattr("payments.billing.following.utc_now", lambda days=days: now + timedelta(days=days))
        tasks.settle(row.id)
    reminders = [each.reminder for each in heard if isinstance(each, InvoiceOverdue)]
    assert reminders == [1, 2, 4]  # what was missed in between is one
    assert stored(row).due_at is not None


def test_given_back_through_square(issued: Opener, sandbox: SandboxControl) -> None:
    row = issued()
    sandbox.pay_invoice(row.bill.gateway_id)
    tasks.settle(row.id)
    services.refund(transaction_id=row.id, amount=5_000, reason="Late")
    (refund,) = sandbox.refunds()
    sandbox.settle_refund(refund["id"])
    tasks.settle(row.id)
    after = stored(row)
    assert (after.refunded, after.status) == (5_000, "CAPTURED")
    assert of_operator(row.payee_id) is not None


def test_a_wire_is_asked_for_by_us_alone(begun: Opener, sandbox: SandboxControl, heard: list[Any]) -> None:
    row = begun(method=PaymentMethod.WIRE)
    issuing.settle_issue(transaction_id=row.id)
    assert (sandbox.invoices(), sandbox.calls()) == ([], [])
    assert [type(each) for each in heard] == [InvoiceIssued]
    assert [str(each.kind) for each in stored(row).operations] == [OperationKind.ISSUE]
