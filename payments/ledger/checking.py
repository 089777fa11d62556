"""Whether the books are right: postings that sum to zero, balances that are their sums, payments that agree with them.

Read-only, and bounded: a day is walked by the page. What is written meanwhile is no fault: sums that differ are walked
again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from payments.ledger import balances
from payments.ledger.entries import due, posting_id
from payments.ledger.reading import last_day, of_operator, pages_of_day
from payments.ledger.standing import NOTHING, between, cash_of, of_books
from payments.ledger.tables import LedgerPosting
from payments.tables import PaymentTransaction

LOOKS = 3
"""At sums that differ: money moves while they are read."""
Sums = dict[tuple[str, str], Counter[str]]
"""(group, day or month) -> attribute -> cents."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the books that must not be."""

    where: str
    """`posting <id>`, `payment <id>`, `2026-12-24`, `operator <id> 2026-12`."""
    said: str


def check_days(first: date, last: date) -> Iterator[Fault]:
    """Every fault of these UTC days, both included, day by day.

    Then, of months that lie in it as a whole, or up to now, the balance of each operator whom they know.
    """
    operators: set[tuple[str, str]] = set()
    day = first
    while day <= last:
        yield from check_day(day, operators)
        day += timedelta(days=1)
    for month, operator_id in sorted(operators):
        if f"{first}" <= f"{month}-01" and (last_day(month) <= last or last >= utc_now().date()):
            yield from check_operator(operator_id, month)


def check_day(day: date, operators: set[tuple[str, str]] | None = None) -> Iterator[Fault]:
    """Its postings, the platform's sums of it, the payments made on it; adds whose months to look at to `operators`."""
    found: list[Fault] = []

    def walk() -> Counter[str]:
        found.clear()
        total = Counter[str]()
        for page in pages_of_day(LedgerPosting, day):
            found.extend(check_postings(page))
            for posting in page:
                total.update(_to(posting, balances.platform_group(f"{day:%Y-%m}")))
                if operators is not None:
                    operators.add((f"{day:%Y-%m}", posting.payee_id))
        return total

    differing = list(_settled(str(day), walk, lambda: balances.of_platform(day, day)))
    yield from [*found, *differing]
    for rows in pages_of_day(PaymentTransaction, day):
        yield from check_payments(rows)
        if operators is not None:
            operators.update((f"{day:%Y-%m}", row.payee_id) for row in rows)


def check_operator(operator_id: str, month: str) -> Iterator[Fault]:
    """Whether its balance of a month is the sum of its postings in it."""

    def walk() -> Counter[str]:
        total = Counter[str]()
        for posting in of_operator(operator_id, date.fromisoformat(f"{month}-01"), last_day(month)):
            total.update(_to(posting, balances.operator_group(operator_id)))
        return total

    yield from _settled(f"operator {operator_id} {month}", walk, lambda: balances.of_month(operator_id, month))


def check_postings(page: Sequence[LedgerPosting]) -> Iterator[Fault]:
    """Each sums to zero, and is one that its payment knows of."""
    paid = list(dict.fromkeys(posting.transaction_id for posting in page if posting.transaction_id))
    rows = dict(zip(paid, get_many(*((PaymentTransaction, id) for id in paid), consistent=True), strict=True))
    for posting in page:
        where = f"posting {posting.id}"
        if off := sum(line.amount for line in posting.lines):
            yield Fault(where, f"does not sum to zero but to {off} {posting.currency}")
        if posting.transaction_id is not None:
            row = rows[posting.transaction_id]
            if row is None or row.booked is None or posting.name not in row.booked.entries:
                yield Fault(where, f"payment {posting.transaction_id} knows nothing of this {posting.name}")


def check_sums(postings: Iterable[LedgerPosting]) -> Iterator[Fault]:
    """That what is kept of their days and operators' months is the sum of these: all postings there are of them."""
    total: Sums = {}
    for posting in postings:
        for (group, slot), counted in balances.additions(posting).items():
            total.setdefault((group, slot.partition("/")[0]), Counter()).update(counted)
    for (group, slot), summed in total.items():
        kind, _, name = group.partition("/")
        if kind == "operator":
            yield from _differing(f"operator {name} {slot}", summed, balances.of_month(name, slot))
        else:
            day = date.fromisoformat(f"{name}-{slot}")
            yield from _differing(str(day), summed, balances.of_platform(day, day))


def check_payments(rows: Sequence[PaymentTransaction]) -> Iterator[Fault]:
    """That everything which happened to them is posted, and nothing else. One read per hundred postings."""
    names = [(row, name) for row in rows for name in (row.booked.entries if row.booked else ())]
    found = get_many(*((LedgerPosting, posting_id(row.id, name)) for row, name in names), consistent=True)
    posted: dict[str, Counter[str]] = {row.id: Counter() for row in rows}
    for (row, name), posting in zip(names, found, strict=True):
        if posting is None:
            yield Fault(f"payment {row.id}", f"has no posting for its {name}")
            continue
        for line in posting.lines:
            posted[row.id][f"{line.account}|{posting.currency}"] += line.amount
    for row in rows:
        for entry in due(row, row.booked, utc_now()):
            yield Fault(f"payment {row.id}", f"its {entry.name} is not posted: {dict(entry.lines)}")
        yield from _differing(f"payment {row.id}", posted[row.id], _as_booked(row))


def _as_booked(row: PaymentTransaction) -> Counter[str]:
    """What its postings must come to in all, by where it says that its books stand."""
    total = Counter[str]()
    if row.booked is not None:
        split = row.split if row.booked.allocated else None
        for account, cents in between(NOTHING, of_books(row.booked), split, split, cash_of(row.method)):
            total[f"{account}|{row.booked.currency}"] += cents
    return total


def _to(posting: LedgerPosting, group: str) -> Counter[str]:
    total = Counter[str]()
    for (owner, _), counted in balances.additions(posting).items():
        if owner == group:
            total.update(counted)
    return total


def _settled(where: str, walk: Callable[[], Counter[str]], kept: Callable[[], Counter[str]]) -> Iterator[Fault]:
    """How the sum of postings and the sum that is kept differ, also when both are looked at again."""
    for _ in range(LOOKS):
        if not (found := list(_differing(where, walk(), kept()))):
            return
    yield from found


def _differing(where: str, postings: Counter[str], said: Counter[str]) -> Iterator[Fault]:
    for name in sorted({*postings, *said}):
        if postings[name] != said[name]:
            yield Fault(where, f"{name}: the postings come to {postings[name]}, kept is {said[name]}")
