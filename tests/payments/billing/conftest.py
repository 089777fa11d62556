"""Accounts of people of their own, and payments on them, at a real sandbox."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas import events
from atlas.dynamo.transaction import transact
from payments.billing import accounts, issuing, opening
from payments.billing.tables import BillingAccount
from payments.events import InvoiceIssued, InvoiceOverdue
from payments.ledger.documents import Split
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.conftest import OPERATOR

SPLIT = Split(
    subtotal=20_000,
    tax=1_775,
    tax_rate="0.08875",
    jurisdiction="US-NY",
    platform_fee=1_000,
    driver_payout=15_000,
)
PRICE = SPLIT.total

Opener = Callable[..., PaymentTransaction]


@pytest.fixture(autouse=True)
def heard(heard: list[Any]) -> list[Any]:
    for event in (InvoiceIssued, InvoiceOverdue):
        events.subscribe(event, heard.append)
    return heard


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


@pytest.fixture
def colleague() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


@pytest.fixture
def concierge() -> User:
    return UserFactory.create(role=Role.CONCIERGE)


@pytest.fixture
def account(concierge: User, finance: User) -> BillingAccount:
    """Approved: 14 days, up to two and a half rides."""
    ask_for_account(concierge)
    return accounts.approve(user=finance, account_id=concierge.id, terms_days=14, credit_limit=PRICE * 5 // 2)


@pytest.fixture
def opened(account: BillingAccount) -> Opener:
    """A ride that was sold on account."""

    def open_one(*, method: PaymentMethod = PaymentMethod.INVOICE, reference: str | None = None) -> PaymentTransaction:
        with transact() as tx:
            return opening.open_on_account(
                tx=tx,
                reference=reference or str(uuid4()),
                payer_id=account.id,
                payee_id=OPERATOR,
                amount=PRICE,
                currency="USD",
                method=method,
                split=SPLIT,
            )

    return open_one


@pytest.fixture
def begun(opened: Opener) -> Opener:
    """It took place and is owed; Square has not heard of it."""

    def begin(*, amount: int | None = None, **how: Any) -> PaymentTransaction:
        row = PaymentTransaction.fetch(opened(**how).id)
        with transact() as tx:
            issuing.begin_issue(tx=tx, row=row, number=f"TEST-{uuid4()}", amount=amount)
        return row

    return begin


@pytest.fixture
def issued(begun: Opener, sandbox: Any) -> Opener:
    """With its page at Square, where it is one of Square's."""

    def issue(**how: Any) -> PaymentTransaction:
        return issuing.settle_issue(transaction_id=begun(**how).id)

    return issue


def ask_for_account(user: User) -> BillingAccount:
    return accounts.request_account(
        user=user, company_name="Grand Hotel", address="1 Park Avenue\nNew York", email="books@hotel.example"
    )
