"""How much may be paid out. No I/O."""

from collections.abc import Mapping

from payments.ledger.kinds import Account


def payable(accounts: Mapping[str, int]) -> dict[Account, int]:
    """By account, in cents, of an operator's sums in the books (owed is below zero).

    What customers were billed for and have not paid is held back, all of it with its tax and fee: it may never come.
    What goes to the one cannot go to the other: together they never come to more than is owed less that.
    """
    operator, drivers = -accounts.get(Account.OPERATOR, 0), -accounts.get(Account.DRIVER, 0)
    most = max(0, operator + drivers - max(0, accounts.get(Account.CUSTOMER, 0)))
    return {Account.OPERATOR: max(0, min(operator, most)), Account.DRIVER: max(0, min(drivers, most))}
