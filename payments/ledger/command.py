"""`manage.py payments ledger verify|backfill`: whether the books are right; the books of payments that have none."""

import argparse
from collections.abc import Callable
from datetime import date, timedelta

from django.core.management.base import CommandError

from atlas.dynamo.attributes import utc_now
from payments.ledger.checking import check_days
from payments.ledger.reading import pages_of_day
from payments.ledger.writing import catch_up, is_behind
from payments.reconciling.period import Period
from payments.tables import PaymentTransaction

Say = Callable[[str], object]
Day = Callable[[str], date]


def add_arguments(ledger: argparse.ArgumentParser, day: Day) -> None:
    verbs = ledger.add_subparsers(dest="verb", required=True)
    verify = verbs.add_parser("verify", help="postings sum to zero, balances are their sums, payments agree with them")
    verify.add_argument("--from", dest="first", type=day, help="first UTC day; default: the first of the month")
    verify.add_argument("--to", dest="last", type=day, help="last UTC day; default: today")
    backfill = verbs.add_parser("backfill", help="write the books of payments that have none, or wait in suspense")
    backfill.add_argument("--from", dest="first", type=day, required=True, help="first UTC day of payments")
    backfill.add_argument("--to", dest="last", type=day, help="last UTC day; default: today")
    backfill.add_argument(
        "--date-back",
        dest="dated_back",
        action="store_true",
        help="date postings as they happened, also into days whose statements were given out",
    )
    backfill.add_argument("--dry-run", dest="dry_run", action="store_true", help="only say whose books are behind")


def verify(say: Say, *, first: date | None, last: date | None) -> None:
    """A line for each fault. Raises `CommandError` (exit code 1) when there are any."""
    period = _period(first, last)
    count = 0
    for fault in check_days(period.first, period.last):
        count += 1
        say(f"{fault.where}: {fault.said}")
    if count:
        raise CommandError(f"{count} faults in the books of {period.first} to {period.last}.", returncode=1)
    say(f"The books of {period.first} to {period.last} are right.")


def backfill(say: Say, *, first: date | None, last: date | None, dated_back: bool, dry_run: bool) -> None:
    """A line for each payment whose books were behind. What still has no split stays in suspense, and is said to."""
    period = _period(first, last)
    written = waiting = 0
    day = period.first
    while day <= period.last:
        for page in pages_of_day(PaymentTransaction, day):
            for row in filter(is_behind, page):
                postings = [] if dry_run else catch_up(transaction_id=row.id, dated_back=dated_back)
                written += len(postings)
                left = PaymentTransaction.fetch(row.id)
                waiting += is_behind(left)
                said = ", ".join(posting.kind.value for posting in postings) or "nothing written"
                say(f"payment {row.id}: {said}{' (in suspense)' if left.split is None else ''}")
        day += timedelta(days=1)
    say(f"{written} postings written; {waiting} payments are still behind or in suspense.")


def _period(first: date | None, last: date | None) -> Period:
    today = utc_now().date()
    end = last or today
    return Period(first or end.replace(day=1), end, today)
