"""An operator's money at a glance: what is owed to it, what may be paid out, month by month. One query."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from fleet.selectors import own_operator_id
from payments.ledger import balances
from payments.ledger.kinds import Account
from payments.payouts.rules import payable
from payments.statements.period import Days, days_of


@dataclass(frozen=True, slots=True)
class Money:
    """Cents of one currency."""

    currency: str
    owed: int
    """All that is owed to the operator and its drivers; below zero after refunds of what was paid out."""
    operator: int
    drivers: int
    suspense: int
    unpaid: int
    """Billed to customers, and not paid yet: with tax and fee."""
    payable_operator: int
    payable_drivers: int


@dataclass(frozen=True, slots=True)
class Month:
    """One with movement: `opening` and `closing` is what was owed before and after it, in cents."""

    month: str
    currency: str
    opening: int
    closing: int
    is_over: bool
    """Then there is a statement of it."""


@dataclass(frozen=True, slots=True)
class Overview:
    operator_id: str
    balances: list[Money]
    months: list[Month]
    """Newest first."""


def own_money(*, user: CurrentUser) -> Overview:
    """Of the company that the user acts for. Raises `Forbidden` without one."""
    return _of(own_operator_id(user))


def money_of(*, user: CurrentUser, operator_id: str) -> Overview:
    """Of any, for staff."""
    staff.require(user, "view", "payments.ledgerposting")
    return _of(operator_id)


def _of(operator_id: str) -> Overview:
    by_month = balances.months_of(operator_id)
    total = Counter[str]()
    months: list[Month] = []
    for month in sorted(by_month):
        before = _owed(total)
        total.update(by_month[month])
        after = _owed(total)
        changed = {name.rpartition("|")[2] for name in by_month[month]}
        months += [
            Month(month, currency, before.get(currency, 0), after.get(currency, 0), _is_over(month))
            for currency in sorted(changed)
        ]
    found = balances.by_currency(total)
    return Overview(operator_id, [_money(each, found[each]) for each in sorted(found)], months[::-1])


def _money(currency: str, accounts: Mapping[str, int]) -> Money:
    may = payable(accounts)
    shares = [-accounts.get(each, 0) for each in (Account.OPERATOR, Account.DRIVER, Account.SUSPENSE)]
    return Money(
        currency=currency,
        owed=sum(shares),
        operator=shares[0],
        drivers=shares[1],
        suspense=shares[2],
        unpaid=accounts.get(Account.CUSTOMER, 0),
        payable_operator=may[Account.OPERATOR],
        payable_drivers=may[Account.DRIVER],
    )


def _owed(total: Mapping[str, int]) -> dict[str, int]:
    found = balances.by_currency(total)
    return {currency: -sum(of.get(each, 0) for each in balances.OWED) for currency, of in found.items()}


def _is_over(month: str) -> bool:
    try:
        Days(*days_of(month), utc_now())
    except Invalid:
        return False
    return True
