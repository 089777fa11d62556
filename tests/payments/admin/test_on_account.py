"""Payments on account in the back office: accounts decided, transfers by two persons, what is overdue, all by its
forms."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.local.square.testing import SandboxControl
from bookings import services as rides
from bookings.tables import Booking
from payments import tasks
from payments.billing import accounts
from payments.billing.rules import BillingStatus, WireState
from payments.billing.tables import BillingAccount
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.admin.conftest import desk
from tests.bookings.stage import ON_THE_ROAD, Cast, quoted, requested
from tests.facade.admin.pages import told
from tests.factories import UserFactory
from tests.payments.admin.test_transactions import LIST, ids

ACCOUNTS = "/admin/payments/billingaccount/"
PRICE = 21_000
S = TransactionStatus
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def clerk() -> Client:
    return desk(StaffRole.FINANCE)


@pytest.fixture
def second() -> Client:
    return desk(StaffRole.FINANCE)


@pytest.fixture
def asked(cast: Cast) -> BillingAccount:
    return accounts.request_account(
        user=cast.concierge,
        company_name=f"Hotel {uuid4().hex[:8]}",
        address="1 Park Avenue\nNew York",
        email=f"{uuid4().hex}@hotel.example",
    )


@pytest.fixture
def approved(asked: BillingAccount) -> BillingAccount:
    finance: User = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    return accounts.approve(user=finance, account_id=asked.id, terms_days=14, credit_limit=PRICE * 3)


def act(client: Client, path: str, name: str, key: str, **form: Any) -> list[str]:
    """As the page's own button does: the form is shown, then sent."""
    client.cookies.pop("messages", None)
    address = f"{path}{key}/actions/{name}/"
    assert client.get(address).status_code == 200
    answer = client.post(address, {"confirmed": "1", **form})
    assert answer.status_code == 302, answer.context["form"].errors
    return told(answer)


def refused(client: Client, path: str, name: str, key: str, **form: Any) -> dict[str, Any]:
    answer = client.post(f"{path}{key}/actions/{name}/", {"confirmed": "1", **form})
    assert answer.status_code == 200
    return dict(answer.context["form"].errors)


def offered(client: Client, row: PaymentTransaction) -> set[str]:
    page = client.get(f"{LIST}{row.id}/change/")
    return {each["action"].name for each in page.context["object_actions"]}


def driven_on_account(cast: Cast, method: PaymentMethod) -> PaymentTransaction:
    quote = quoted(cast, requested(cast))
    booking = rides.accept_quote(user=cast.concierge, quote_id=quote.id, method=method, source_id="")
    rides.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in ON_THE_ROAD:
        rides.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    return PaymentTransaction.fetch(str(Booking.fetch(booking.id).transaction_id))


def make_late(row: PaymentTransaction, days: int) -> PaymentTransaction:
    row = PaymentTransaction.fetch(row.id)
    row.due_on = f"{utc_now().date() - timedelta(days=days)}"
    row.save()
    return row


def wire(**changes: Any) -> dict[str, Any]:
    return {"amount": "210.00", "bank_reference": uuid4().hex, "value_on": f"{utc_now():%Y-%m-%d}", **changes}


def account_of(account: BillingAccount) -> BillingAccount:
    return BillingAccount.fetch(account.id)


def test_an_account_is_found_approved_changed_and_suspended(cast: Cast, asked: BillingAccount, clerk: Client) -> None:
    for term in (asked.id, cast.concierge.email):
        assert ids(clerk.get(ACCOUNTS, {"q": term})) == [asked.id]
    assert asked.id in ids(clerk.get(ACCOUNTS, {"status": "REQUESTED"}))
    said = act(clerk, ACCOUNTS, "approve", asked.id, terms_days="14", credit_limit="500.50")
    assert any("$500.50, 14 days." in each for each in said)
    row = account_of(asked)
    assert (row.status, row.terms_days, row.credit_limit) == (BillingStatus.APPROVED, 14, 50_050)
    act(clerk, ACCOUNTS, "approve", asked.id, terms_days="30", credit_limit="1000")
    assert (account_of(asked).terms_days, account_of(asked).credit_limit) == (30, 100_000)
    page = clerk.get(f"{ACCOUNTS}{asked.id}/change/").content.decode()
    assert "$1,000.00" in page
    act(clerk, ACCOUNTS, "suspend", asked.id, reason="Does not pay")
    assert (account_of(asked).status, account_of(asked).reason) == (BillingStatus.SUSPENDED, "Does not pay")


def test_declined_for_a_reason(asked: BillingAccount, clerk: Client) -> None:
    assert "reason" in refused(clerk, ACCOUNTS, "decline", asked.id)
    act(clerk, ACCOUNTS, "decline", asked.id, reason="Unknown company")
    assert account_of(asked).status is BillingStatus.DECLINED


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("terms_days", "91", id="too-long"),
        pytest.param("terms_days", "-1", id="turned-round"),
        pytest.param("credit_limit", "1000000.01", id="a-slip-of-the-finger"),
        pytest.param("credit_limit", "-1", id="negative"),
        pytest.param("credit_limit", "4111111111111111", id="a-card-number"),
        pytest.param("credit_limit", "NaN", id="no-number"),
    ],
)
def test_terms_that_are_none(asked: BillingAccount, clerk: Client, field: str, value: str) -> None:
    given = {"terms_days": "14", "credit_limit": "500", field: value}
    assert field in refused(clerk, ACCOUNTS, "approve", asked.id, **given)
    assert account_of(asked).status is BillingStatus.REQUESTED


def test_support_sees_accounts_and_decides_nothing(asked: BillingAccount) -> None:
    client = desk(StaffRole.SUPPORT)
    page = client.get(f"{ACCOUNTS}{asked.id}/change/")
    assert (page.status_code, page.context["object_actions"]) == (200, [])
    client.post(f"{ACCOUNTS}{asked.id}/actions/approve/", {"confirmed": "1", "terms_days": "14", "credit_limit": "9"})
    assert account_of(asked).status is BillingStatus.REQUESTED
    assert desk(StaffRole.OPERATIONS).get(ACCOUNTS).status_code == 403


def test_a_transfer_is_recorded_by_one_and_confirmed_by_another(
    cast: Cast, approved: BillingAccount, clerk: Client, second: Client
) -> None:
    row = driven_on_account(cast, PaymentMethod.WIRE)
    assert offered(clerk, row) == {"record_wire", "cancel_invoice"}
    reference = uuid4().hex.upper()
    said = act(clerk, LIST, "record_wire", row.id, **wire(bank_reference=reference))
    assert any("Somebody else has to confirm it." in each for each in said)
    assert offered(clerk, row) == {"record_wire", "confirm_wire", "reject_wire", "cancel_invoice"}
    page = second.get(f"{LIST}{row.id}/change/").content.decode()
    assert reference in page
    assert "recorded" in page
    [same] = act(clerk, LIST, "confirm_wire", row.id)
    assert "Whoever recorded a transfer does not confirm it." in same
    assert PaymentTransaction.fetch(row.id).status is S.PENDING
    act(second, LIST, "confirm_wire", row.id)
    after = PaymentTransaction.fetch(row.id)
    assert (after.status, after.wires[0].state) == (S.CAPTURED, WireState.CONFIRMED)
    assert offered(clerk, row) == {"refund"}


def test_rejected_it_can_be_recorded_again(cast: Cast, approved: BillingAccount, clerk: Client) -> None:
    row = driven_on_account(cast, PaymentMethod.WIRE)
    given = wire(amount="10.50")
    act(clerk, LIST, "record_wire", row.id, **given)
    [known] = act(clerk, LIST, "record_wire", row.id, **given)
    assert "recorded already" in known
    act(clerk, LIST, "reject_wire", row.id, reason="Another invoice's")
    act(clerk, LIST, "record_wire", row.id, **given)
    states = [(each.state, each.amount) for each in PaymentTransaction.fetch(row.id).wires]
    assert states == [(WireState.REJECTED, 1_050), (WireState.RECORDED, 1_050)]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("amount", "0", id="nothing"),
        pytest.param("amount", "1.999", id="parts-of-a-cent"),
        pytest.param("bank_reference", "", id="no-reference"),
        pytest.param("bank_reference", "4111 1111 1111 1111", id="a-card-number"),
        pytest.param("value_on", "tomorrow", id="no-day"),
    ],
)
def test_transfers_that_are_none(cast: Cast, approved: BillingAccount, clerk: Client, field: str, value: str) -> None:
    row = driven_on_account(cast, PaymentMethod.WIRE)
    assert field in refused(clerk, LIST, "record_wire", row.id, **wire(**{field: value}))
    assert PaymentTransaction.fetch(row.id).wires == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"amount": "210.01"}, "Only what is left of the invoice", id="too-much"),
        pytest.param({"value_on": "2999-01-01"}, "Lies in the future", id="from-the-future"),
    ],
)
def test_transfers_that_cannot_be(
    cast: Cast, approved: BillingAccount, clerk: Client, changes: dict[str, str], words: str
) -> None:
    row = driven_on_account(cast, PaymentMethod.WIRE)
    said = act(clerk, LIST, "record_wire", row.id, **wire(**changes))
    assert words in " ".join(said)
    assert PaymentTransaction.fetch(row.id).wires == []


@pytest.mark.slow
def test_a_refund_by_bank(cast: Cast, approved: BillingAccount, clerk: Client, second: Client) -> None:
    row = driven_on_account(cast, PaymentMethod.WIRE)
    act(clerk, LIST, "record_wire", row.id, **wire())
    act(second, LIST, "confirm_wire", row.id)
    act(clerk, LIST, "refund", row.id, amount="60.00", reason="Late", click=uuid4().hex)
    assert "record_wire_refund" in offered(clerk, row)
    given = wire()
    del given["amount"]
    act(clerk, LIST, "record_wire_refund", row.id, **given)
    assert PaymentTransaction.fetch(row.id).refunded == 0
    act(second, LIST, "confirm_wire", row.id)
    assert PaymentTransaction.fetch(row.id).refunded == 6_000


def test_called_off_and_asked_for_again(
    cast: Cast, approved: BillingAccount, clerk: Client, sandbox: SandboxControl
) -> None:
    row = driven_on_account(cast, PaymentMethod.INVOICE)
    assert offered(clerk, row) == {"record_wire", "issue_invoice", "cancel_invoice"}
    said = act(clerk, LIST, "issue_invoice", row.id)
    assert any("It is pending." in each for each in said)
    act(clerk, LIST, "cancel_invoice", row.id, reason="Goodwill")
    assert PaymentTransaction.fetch(row.id).status is S.VOIDED
    assert sandbox.invoices()[0]["status"] == "CANCELED"


@pytest.mark.slow
def test_what_is_overdue_is_a_query_and_stands_on_the_overview(
    cast: Cast, approved: BillingAccount, clerk: Client, second: Client
) -> None:
    late, later, open_ = (driven_on_account(cast, PaymentMethod.WIRE) for _ in range(3))
    make_late(late, 3)
    make_late(later, 400)  # nobody's in this worker is due for longer
    yesterday = f"{utc_now().date() - timedelta(days=1)}"
    with measure() as cost:
        found = ids(clerk.get(LIST, {"due_on__to": yesterday}))
    assert cost.scans == 0
    assert found.index(later.id) < found.index(late.id)
    assert open_.id not in found
    assert open_.id in ids(clerk.get(LIST, {"due_on__from": yesterday}))
    panel = clerk.get("/admin/").content.decode()
    assert f'href="{LIST}{later.id}/change/"' in panel
    assert approved.company_name in panel
    assert "$210.00, 400 days" in panel
    act(clerk, LIST, "record_wire", later.id, **wire())
    act(second, LIST, "confirm_wire", later.id)
    assert later.id not in ids(clerk.get(LIST, {"due_on__to": yesterday}))
    assert f"{LIST}{later.id}/change/" not in clerk.get("/admin/").content.decode()
    assert "Invoices overdue" not in desk(StaffRole.OPERATIONS).get("/admin/").content.decode()


def test_reminders_go_to_the_address_of_the_account(
    cast: Cast, approved: BillingAccount, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    row = make_late(driven_on_account(cast, PaymentMethod.INVOICE), 8)
    mailoutbox.clear()
    for _ in range(2):
        tasks.settle(row.id)
    [mail] = [each for each in mailoutbox if "Reminder" in each.subject]
    assert (mail.to, row.bill.number in mail.subject) == ([approved.email], True)
    assert [kind for _, _, kind in mail.attachments] == ["application/pdf"]
    assert "$210.00" in mail.body
    assert PaymentTransaction.fetch(row.id).bill.reminders == 2
