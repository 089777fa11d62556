"""The books of a run: each posting sums to zero, and together they say what the payments say, and what Square says."""

from collections import Counter

from payments.ledger.checking import check_payments, check_postings, check_sums
from payments.ledger.kinds import Account, DisputeState
from payments.ledger.tables import LedgerPosting
from payments.rules.types import PaymentMethod
from tests.payments.faults.looking import TAKEN, Seen, cents, in_dispute


def check_books(seen: Seen) -> None:
    """At every moment, past all of Atlas's own checks: a payment has its books in the transaction that saves it."""
    posted: dict[str, Counter[str]] = {}
    for posting in LedgerPosting.scan(consistent_read=True):
        assert sum(line.amount for line in posting.lines) == 0, f"{posting.name} is out of balance"
        of_payment = posted.setdefault(str(posting.transaction_id), Counter())
        for line in posting.lines:
            of_payment[line.account] += line.amount
    for row in seen.rows.values():
        accounts = posted.pop(row.id, Counter())
        cash = Account.BANK if row.method is PaymentMethod.WIRE else Account.SQUARE
        kept = row.amount - row.refunded if row.status in TAKEN else 0
        disputed, lost = in_dispute(row, DisputeState.OPEN), in_dispute(row, DisputeState.LOST)
        assert accounts[cash] == kept - disputed - lost, f"{accounts[cash]} in the books, {kept} kept of {row.id}"
        assert accounts[Account.DISPUTED] == disputed, f"{accounts[Account.DISPUTED]} booked of {disputed} disputed"
        owed = row.amount if row.is_owed else 0
        assert accounts[Account.CUSTOMER] == owed, f"{accounts[Account.CUSTOMER]} booked of {owed} owed"
    assert not posted, f"books of payments that are not there: {posted}"


def check_ledger(seen: Seen) -> None:
    """In the end: each posting is known to its payment, each payment's come to its state, the sums are theirs."""
    postings = list(LedgerPosting.scan(consistent_read=True))
    faults = [*check_postings(postings), *check_payments(list(seen.rows.values())), *check_sums(postings)]
    assert not faults, faults
    taken = [row for row in seen.rows.values() if row.status in TAKEN]
    assert {posting.transaction_id for posting in postings} >= {row.id for row in taken}
    at_square = sum(posting.sum("square") for posting in postings)
    held_back = sum(cents(each, "amount_money") for each in seen.disputes if each["state"] != "WON")
    assert at_square + held_back == sum(
        cents(each) - cents(each, "refunded_money") for each in seen.payments if each["status"] == "COMPLETED"
    ), "the books say something else than Square has"
