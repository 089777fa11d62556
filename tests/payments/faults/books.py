"""The books of a run: each posting sums to zero, and together they say what the payments say."""

from collections import Counter
from collections.abc import Iterable

from payments.ledger import balances
from payments.ledger.kinds import Account
from payments.ledger.tables import LedgerPosting
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.payments.faults.world import BEGIN

TAKEN = (TransactionStatus.CAPTURED, TransactionStatus.REFUNDED)
MONTHS = 2
"""A run lasts some weeks."""


def check_books(rows: Iterable[PaymentTransaction]) -> None:
    """At every moment: a payment that is saved has its books in the same transaction."""
    posted: dict[str, Counter[str]] = {}
    for posting in LedgerPosting.scan(consistent_read=True):
        assert sum(line.amount for line in posting.lines) == 0, f"{posting.name} is out of balance"
        of_payment = posted.setdefault(str(posting.transaction_id), Counter())
        for line in posting.lines:
            of_payment[line.account] += line.amount
    for row in rows:
        accounts = posted.pop(row.id, Counter())
        cash = Account.BANK if row.method is PaymentMethod.WIRE else Account.SQUARE
        kept = row.amount - row.refunded if row.status in TAKEN else 0
        assert accounts[cash] == kept, f"{accounts[cash]} in the books, {kept} kept of {row.id}"
    assert not posted, f"books of payments that are not there: {posted}"


def check_balances() -> None:
    """When nothing is under way: the sums that are kept are the sums of the journal."""
    platform, owed = Counter[str](), dict[str, Counter[str]]()
    for posting in LedgerPosting.scan(consistent_read=True):
        for line in posting.lines:
            name = f"{line.account}|{posting.currency}"
            platform[name] += line.amount
            if line.account in balances.OWED:
                owed.setdefault(posting.payee_id, Counter())[name] += line.amount
    first, last = BEGIN.date().replace(day=1), BEGIN.date().replace(month=BEGIN.month + MONTHS)
    kept = {name: cents for name, cents in balances.of_platform(first, last).items() if not name.startswith("taxed/")}
    assert _without_zeros(kept) == _without_zeros(platform)
    assert sum(kept.values()) == 0
    for payee, sums in owed.items():
        assert balances.of_operator(payee) == balances.by_currency(sums)


def _without_zeros(sums: dict[str, int]) -> dict[str, int]:
    return {name: cents for name, cents in sums.items() if cents}
