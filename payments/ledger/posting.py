"""Postings into the transaction that saves what they tell of: a condition of every write of a payment."""

from datetime import datetime
from typing import TYPE_CHECKING

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from payments.ledger import balances
from payments.ledger.documents import Booked, Line
from payments.ledger.entries import Entry, due, posting_id
from payments.ledger.standing import NOTHING, of_payment
from payments.ledger.tables import LedgerPosting

if TYPE_CHECKING:
    from payments.tables import PaymentTransaction


def post(tx: Transaction, row: "PaymentTransaction", *, booked: Booked | None, as_happened: bool = False) -> None:
    """Add to `tx` what `row` implies and `booked`, its books as they are stored, does not say yet.

    Dated now, so that a day that is over stays as it is; `as_happened` dates by the operations.
    """
    for posting in bring_up(row, booked=booked, now=None if as_happened else utc_now()):
        tx.create(posting)
        balances.add(tx, posting)


def bring_up(row: "PaymentTransaction", *, booked: Booked | None, now: datetime | None) -> list[LedgerPosting]:
    """The postings that are due, and `row.booked` as it is with them. `now` None: dated by their operations."""
    entries = due(row, booked, now)
    standing = of_payment(row)
    if booked is None and not entries and standing == NOTHING:
        row.booked = None
        return []
    row.booked = Booked(
        charged=standing.charged,
        received=standing.received,
        refunded=standing.refunded,
        disputed=standing.disputed,
        lost=standing.lost,
        currency=row.currency,
        allocated=row.split is not None,
        entries=[*(booked.entries if booked is not None else ()), *(entry.name for entry in entries)],
    )
    return [_posting(row, entry) for entry in entries]


def _posting(row: "PaymentTransaction", entry: Entry) -> LedgerPosting:
    return LedgerPosting(
        id=posting_id(row.id, entry.name),
        name=entry.name,
        kind=entry.kind,
        transaction_id=row.id,
        reference=row.reference,
        payee_id=row.payee_id,
        currency=entry.currency,
        lines=[Line(account=account, amount=amount) for account, amount in entry.lines],
        taxable=entry.taxable,
        tax_rate=row.split.tax_rate if row.split is not None else None,
        note=entry.note,
        created_at=entry.at,
        created_day=f"{entry.at:%Y-%m-%d}",
    )
