"""The sums of the journal: kept, never counted out of it."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from zlib import crc32

from django.conf import settings

from atlas.dynamo import adding
from atlas.dynamo.transaction import Transaction
from atlas.shards import shard_of
from payments.ledger.kinds import Account
from payments.ledger.tables import LedgerBalance, LedgerPosting

OWED = (Account.OPERATOR, Account.DRIVER, Account.SUSPENSE)
"""What an operator is owed."""
OF_OPERATOR = (*OWED, Account.CUSTOMER)
"""Accounts that are kept for each operator: also what its customers have not paid yet."""
TAXED = "taxed"
COLLECTED, GIVEN_BACK = "collected", "back"

Additions = dict[tuple[str, str], Counter[str]]
"""(group, slot) -> attribute -> cents."""


def operator_group(operator_id: str) -> str:
    return f"operator/{operator_id}"


def platform_group(month: str) -> str:
    """Of a month, `2026-12`."""
    return f"platform/{month}"


def additions(posting: LedgerPosting) -> Additions:
    """What a posting adds to the sums."""
    day, spread = posting.created_day, posting.transaction_id or posting.id
    owed, platform = Counter[str](), Counter[str]()
    for line in posting.lines:
        platform[f"{line.account}|{posting.currency}"] += line.amount
        if line.account in OF_OPERATOR:
            owed[f"{line.account}|{posting.currency}"] += line.amount
        elif line.account.startswith(f"{Account.TAX}:"):
            platform.update(_taxed(posting, line.account.partition(":")[2], line.amount))
    shard = crc32(spread.encode()) % settings.COUNTER_SHARDS
    found = {(platform_group(day[:7]), f"{day[8:]}/{shard}"): platform}
    if owed:
        found[operator_group(posting.payee_id), f"{day[:7]}/{shard_of(spread)}"] = owed
    return found


def add(tx: Transaction, posting: LedgerPosting) -> None:
    put(tx, additions(posting))


def put(tx: Transaction, changes: Additions) -> None:
    """Two small blind updates for a posting."""
    for (group, slot), counted in changes.items():
        adding.add(tx, LedgerBalance, {"group": {"S": group}, "slot": {"S": slot}}, counted)


def of_operator(operator_id: str, *, before: str | None = None) -> dict[str, dict[str, int]]:
    """Currency -> account -> cents: what it is owed is below zero, what its customers owe above.

    `before` a month (`2026-12`) leaves it and later ones out.

    One query, of a few small items per month.
    """
    condition = LedgerBalance.slot < before if before is not None else None
    return by_currency(_sum(_items(operator_group(operator_id), condition)))


def months_of(operator_id: str) -> dict[str, Counter[str]]:
    """`2026-12` -> `<account>|<currency>` -> cents by which it changed, of months that something was posted in."""
    months: dict[str, Counter[str]] = {}
    for item in _raw(operator_group(operator_id), None):
        months.setdefault(item["slot"]["S"].partition("/")[0], Counter()).update(adding.read(item))
    return months


def of_month(operator_id: str, month: str) -> Counter[str]:
    """`<account>|<currency>` -> cents by which it changed in a month (`2026-12`)."""
    return _sum(_items(operator_group(operator_id), LedgerBalance.slot.between(f"{month}/", f"{month}0")))


def of_platform(first: date, last: date) -> Counter[str]:
    """`<account>|<currency>`, and what was taxed, of these UTC days, both included. A query per month."""
    total: Counter[str] = Counter()
    month = first.replace(day=1)
    while month <= last:
        low = first.day if month.replace(day=first.day) == first else 1
        high = last.day if (month.year, month.month) == (last.year, last.month) else 31
        condition = LedgerBalance.slot.between(f"{low:02}/", f"{high:02}0")  # "/" sorts before "0"
        total.update(_sum(_items(platform_group(f"{month:%Y-%m}"), condition)))
        month = (month.replace(day=28) + (date(2, 1, 5) - date(2, 1, 1))).replace(day=1)
    return total


def by_currency(counted: Mapping[str, int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, cents in counted.items():
        account, _, currency = name.rpartition("|")
        if cents:
            found.setdefault(currency, {})[account] = cents
    return found


def _taxed(posting: LedgerPosting, jurisdiction: str, amount: int) -> Mapping[str, int]:
    """A credit is tax that was collected, a debit was given back, each with what it was raised on."""
    way = COLLECTED if amount < 0 or (amount == 0 and posting.taxable > 0) else GIVEN_BACK
    name = f"{TAXED}/{jurisdiction}/{posting.tax_rate or 0}"
    return {
        f"{name}/{way}|{posting.currency}": abs(amount),
        f"{name}/{way} on|{posting.currency}": abs(posting.taxable),
    }


def _sum(items: Iterator[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in items:
        total.update(each)
    return total


def _items(group: str, condition: object) -> Iterator[Mapping[str, int]]:
    return (adding.read(item) for item in _raw(group, condition))


def _raw(group: str, condition: object) -> Iterator[Mapping[str, Any]]:
    position = None
    while True:
        answer = LedgerBalance._get_connection().query(
            group,
            range_key_condition=condition,  # type: ignore[arg-type]
            exclusive_start_key=position,
            consistent_read=True,
        )
        yield from answer["Items"]
        position = answer.get("LastEvaluatedKey")
        if not position:
            return
