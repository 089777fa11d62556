"""Accounts: asked for by a concierge, decided and lent to by staff."""

from typing import NamedTuple

from accounts import staff
from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from atlas.errors import Conflict, Forbidden, Invalid
from payments.billing import credit
from payments.billing.rules import LARGEST_CREDIT, LONGEST_TERMS, BillingStatus
from payments.billing.tables import BillingAccount

TABLE = "payments.billingaccount"


class Standing(NamedTuple):
    """An account with what is left of its limit, in cents."""

    account: BillingAccount
    left: int


def standing(*, user: CurrentUser) -> Standing | None:
    """The user's own account; None where they have asked for none. Raises `Forbidden` for who pays nothing."""
    _check_pays(user)
    account = BillingAccount.find(user.id, consistent=True)
    return Standing(account, credit.left(user.id)) if account is not None else None


@retried
def request_account(
    *, user: CurrentUser, company_name: str, address: str, email: str, tax_number: str | None = None
) -> BillingAccount:
    """Ask to pay after rides, or put the address right. What staff have decided stays as it is; after a no one may ask
    again.
    """
    _check_pays(user)
    account = BillingAccount.find(user.id, consistent=True)
    if account is None:
        account = BillingAccount(id=user.id)
    account.company_name, account.address, account.email = company_name, address, email
    account.tax_number = tax_number or None
    if account.status is BillingStatus.DECLINED:
        account.status, account.reason = BillingStatus.REQUESTED, None
    with transact() as tx:
        tx.save(account)
    return account


@retried
def approve(*, user: CurrentUser, account_id: str, terms_days: int, credit_limit: int) -> BillingAccount:
    """Let them pay `terms_days` after the invoice, up to `credit_limit` cents at a time; also to change either."""
    staff.require(user, "approve", TABLE)
    _check_terms(terms_days, credit_limit)
    account = BillingAccount.fetch(account_id)
    with transact() as tx:
        credit.lend(tx, account.id, credit_limit - account.credit_limit)
        account.terms_days, account.credit_limit = terms_days, credit_limit
        _decide(tx, account, BillingStatus.APPROVED, user, None)
    return account


@retried
def decline(*, user: CurrentUser, account_id: str, reason: str) -> BillingAccount:
    """Not now. Raises `Conflict` for one that is approved: suspend it."""
    staff.require(user, "approve", TABLE)
    account = BillingAccount.fetch(account_id)
    if account.status is not BillingStatus.REQUESTED:
        raise Conflict(f"It is {account.status.lower()}.", code="wrong_state", details={"status": str(account.status)})
    with transact() as tx:
        _decide(tx, account, BillingStatus.DECLINED, user, reason)
    return account


@retried
def suspend(*, user: CurrentUser, account_id: str, reason: str) -> BillingAccount:
    """No more rides on account. What was sold is still paid for as it was agreed."""
    staff.require(user, "suspend", TABLE)
    account = BillingAccount.fetch(account_id)
    if account.status is not BillingStatus.APPROVED:
        raise Conflict(f"It is {account.status.lower()}.", code="wrong_state", details={"status": str(account.status)})
    with transact() as tx:
        _decide(tx, account, BillingStatus.SUSPENDED, user, reason)
    return account


def _decide(
    tx: Transaction, account: BillingAccount, status: BillingStatus, user: CurrentUser, reason: str | None
) -> None:
    account.status, account.reason = status, reason
    account.decided_by, account.decided_at = user.id, utc_now()
    tx.save(account)


def _check_pays(user: CurrentUser) -> None:
    if user.role is not Role.CONCIERGE:
        raise Forbidden("Concierges pay for rides: they alone have an account to pay from.")


def _check_terms(terms_days: int, credit_limit: int) -> None:
    faults = {}
    if not 0 <= terms_days <= LONGEST_TERMS:
        faults["termsDays"] = [f"Give 0 to {LONGEST_TERMS} days."]
    if not 0 <= credit_limit <= LARGEST_CREDIT:
        faults["creditLimit"] = [f"Give 0 to {LARGEST_CREDIT // 100:,} at most."]
    if faults:
        raise Invalid(fields=faults)
