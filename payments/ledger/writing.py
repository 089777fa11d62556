"""Books that are written afterwards: of payments from before there were books, and of those written past transactions.

What was sold is known to those who sold it: they say whose a payment is (`splits_from`, called by `atlas.wiring`).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import LIMIT, retried, transact
from payments.ledger import balances
from payments.ledger.documents import Split
from payments.ledger.entries import due
from payments.ledger.posting import bring_up
from payments.ledger.tables import LedgerPosting
from payments.tables import PaymentTransaction

FindSplit = Callable[[PaymentTransaction], Split | None]


def _nobody_knows(_: PaymentTransaction) -> Split | None:
    return None


_find_split: FindSplit = _nobody_knows


def splits_from(find: FindSplit) -> None:
    """`find` says whose a payment is, from what was sold; None when that is not known any more."""
    global _find_split  # noqa: PLW0603 (set once, when the process is wired)
    _find_split = find


@retried
def catch_up(*, transaction_id: str, dated_back: bool) -> list[LedgerPosting]:
    """Post what a payment's books do not say yet, and share what waits in suspense. Twice is once.

    `dated_back` dates each posting as it happened, also into periods whose statements were given out.
    """
    row = PaymentTransaction.fetch(transaction_id)
    row.dated_back = dated_back
    is_new = row.split is None
    if is_new:
        row.split = _find_split(row)
    with transact() as tx:
        tx.save(row)
        found = [step.item for step in tx.steps if isinstance(step.item, LedgerPosting)]
        if not found and not (is_new and row.split is not None):
            tx.steps.clear()
    return found


def is_behind(row: PaymentTransaction) -> bool:
    """Whether its books can say more than they do."""
    return bool(due(row, row.booked, utc_now())) or (row.booked is not None and not row.booked.allocated)


def books_of(rows: Iterable[PaymentTransaction]) -> list[LedgerPosting]:
    """Their postings, each dated as its operation; sets `booked` of each row, which is to be put after this."""
    return [posting for row in rows for posting in bring_up(row, booked=None, now=None)]


def add_up(postings: Iterable[LedgerPosting]) -> None:
    """Add them to the balances, each item once however many postings there are. Not twice: additions are blind."""
    total: dict[tuple[str, str], Counter[str]] = {}
    for posting in postings:
        for key, counted in balances.additions(posting).items():
            total.setdefault(key, Counter()).update(counted)
    _put(total)


def _put(total: Mapping[tuple[str, str], Counter[str]]) -> None:
    changes = list(total.items())
    for start in range(0, len(changes), LIMIT):
        with transact() as tx:
            balances.put(tx, dict(changes[start : start + LIMIT]))
