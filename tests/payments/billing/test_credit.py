"""Credit is held by the payment that is sold, given back by the one that closes, and never lent twice."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.rules.roles import Role
from accounts.tables import User
from atlas.dynamo.transaction import transact
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid
from payments.billing import accounts, credit, following, issuing
from payments.billing.rules import BillingStatus
from payments.billing.tables import BillingAccount
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.billing.conftest import PRICE, Opener, ask_for_account

LIMIT = PRICE * 5 // 2


def test_an_account_is_asked_for_and_decided(concierge: User, finance: User) -> None:
    assert accounts.standing(user=concierge) is None
    assert ask_for_account(concierge).status is BillingStatus.REQUESTED
    accounts.decline(user=finance, account_id=concierge.id, reason="Not yet.")
    assert ask_for_account(concierge).status is BillingStatus.REQUESTED
    accounts.approve(user=finance, account_id=concierge.id, terms_days=30, credit_limit=LIMIT)
    standing = accounts.standing(user=concierge)
    assert standing is not None
    assert (standing.account.status, standing.left, standing.account.decided_by) == ("APPROVED", LIMIT, finance.id)
    assert ask_for_account(concierge).status is BillingStatus.APPROVED  # a new address changes no decision


@pytest.mark.parametrize(("terms", "limit"), [(-1, 100), (91, 100), (14, -1), (14, 100_000_001)])
def test_terms_have_bounds(concierge: User, finance: User, terms: int, limit: int) -> None:
    ask_for_account(concierge)
    with pytest.raises(Invalid):
        accounts.approve(user=finance, account_id=concierge.id, terms_days=terms, credit_limit=limit)


def test_who_may_what(concierge: User, finance: User) -> None:
    ask_for_account(concierge)
    with pytest.raises(Forbidden):
        accounts.approve(user=concierge, account_id=concierge.id, terms_days=1, credit_limit=1)
    with pytest.raises(Forbidden):
        ask_for_account(finance)
    with pytest.raises(Forbidden):
        accounts.standing(user=UserFactory.create(role=Role.OPERATOR))


def test_a_sale_holds_and_calling_it_off_gives_back(account: BillingAccount, opened: Opener) -> None:
    row = opened()
    assert (credit.left(account.id), row.credit_held, row.status) == (LIMIT - PRICE, PRICE, "PENDING")
    following.call_off(transaction_id=row.id)
    following.call_off(transaction_id=row.id)
    assert credit.left(account.id) == LIMIT


def test_less_asked_for_holds_less(account: BillingAccount, begun: Opener) -> None:
    begun(amount=5_000)
    assert credit.left(account.id) == LIMIT - 5_000


def test_what_is_beyond_the_limit_is_refused_and_nothing_is_held(account: BillingAccount, opened: Opener) -> None:
    opened()
    opened()
    with pytest.raises(Conflict) as refused:
        opened()
    assert refused.value.code == "credit_exceeded"
    assert refused.value.details["creditLeft"] == LIMIT - 2 * PRICE
    assert credit.left(account.id) == LIMIT - 2 * PRICE


def test_the_condition_holds_where_everybody_has_looked_before(
    account: BillingAccount, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six at once saw the same credit, enough for two: two are sold."""
    monkeypatch.setattr("payments.billing.opening.credit.left", lambda _payer: LIMIT)

    def sell(_: int) -> str:
        try:
            return str(opened().status)
        except AtlasError as refused:
            return refused.code

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(sell, range(6)))
    assert outcomes.count("PENDING") <= 2
    assert set(outcomes) <= {"PENDING", "credit_exceeded", "conflict"}
    monkeypatch.undo()
    assert credit.left(account.id) == LIMIT - PRICE * outcomes.count("PENDING")
    while credit.left(account.id) >= PRICE:  # who lost to a mere race tries again
        opened()
    assert credit.left(account.id) == LIMIT - 2 * PRICE


def test_a_limit_is_moved_by_what_it_changes(account: BillingAccount, finance: User, opened: Opener) -> None:
    opened()
    accounts.approve(user=finance, account_id=account.id, terms_days=7, credit_limit=PRICE // 2)
    assert credit.left(account.id) == PRICE // 2 - PRICE  # below zero: owed before
    with pytest.raises(Conflict):
        opened()
    accounts.approve(user=finance, account_id=account.id, terms_days=7, credit_limit=PRICE * 2)
    opened()
    assert credit.left(account.id) == 0


def test_a_suspended_account_sells_nothing_and_owes_what_it_owes(
    account: BillingAccount, finance: User, opened: Opener
) -> None:
    row = opened()
    accounts.suspend(user=finance, account_id=account.id, reason="Two invoices are overdue.")
    with pytest.raises(Invalid):
        opened()
    with transact() as tx:
        issuing.begin_issue(tx=tx, row=PaymentTransaction.fetch(row.id), number="7K3M9Q-2026-I-1")
    assert PaymentTransaction.fetch(row.id).is_owed


def test_a_suspension_in_between_wins(account: BillingAccount, finance: User, opened: Opener, monkeypatch: Any) -> None:
    """It was approved when it was looked at: the check in the transaction sees that it is no more."""
    real = BillingAccount.find(account.id, consistent=True)
    accounts.suspend(user=finance, account_id=account.id, reason="Overdue.")
    monkeypatch.setattr(BillingAccount, "find", lambda *_args, **_how: real)
    with pytest.raises(Invalid):
        opened()
    assert credit.left(account.id) == LIMIT


def test_a_card_holds_no_credit(account: BillingAccount, opened: Opener) -> None:
    with pytest.raises(Invalid):
        opened(method=PaymentMethod.CARD)
    assert credit.left(account.id) == LIMIT


def test_saved_again_it_holds_once(account: BillingAccount, opened: Opener) -> None:
    row = PaymentTransaction.fetch(opened().id)
    for _ in range(3):
        with transact() as tx:
            tx.save(row)
    assert (credit.left(account.id), row.status) == (LIMIT - PRICE, TransactionStatus.PENDING)
