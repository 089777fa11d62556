"""The journal, read a page at a time: of one operator, or of a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar

from atlas.dynamo.days import read_days
from atlas.dynamo.table import Table
from payments.ledger.tables import LedgerPosting

PAGE = 250
"""Postings of some 400 bytes: well under the megabyte that a query gives."""
DAY_PAGE = 100
_TICK = timedelta(microseconds=1)

T = TypeVar("T", bound=Table)
Position = dict[str, dict[str, Any]]
"""DynamoDB's last key."""


def pages_of_operator(
    operator_id: str, first: date, last: date, *, after: Position | None = None
) -> Iterator[tuple[list[LedgerPosting], Position | None]]:
    """Its postings of these UTC days (both included), oldest first, each page with where the next one begins."""
    begin = datetime.combine(first, time.min, UTC)
    end = datetime.combine(last + timedelta(days=1), time.min, UTC) - _TICK
    position = after
    while True:
        found = LedgerPosting.payee_index.query(
            operator_id,
            range_key_condition=LedgerPosting.created_at.between(begin, end),
            limit=PAGE,
            page_size=PAGE,
            last_evaluated_key=position,
        )
        page = list(found)
        position = found.last_evaluated_key
        yield page, position
        if position is None:
            return


def of_operator(operator_id: str, first: date, last: date) -> Iterator[LedgerPosting]:
    for page, _ in pages_of_operator(operator_id, first, last):
        yield from page


def pages_of_day(table: type[T], day: date) -> Iterator[list[T]]:
    """Everything of a UTC day, of a table that has a `day-index`."""
    cursor, name = None, f"all of {day}"
    index: Any = table.day_index  # type: ignore[attr-defined]
    while True:
        page = read_days(table, index, day, day, scope=name, cursor=cursor, limit=DAY_PAGE)
        yield list(page.items)
        if page.next is None:
            return
        cursor = page.next


def last_day(month: str) -> date:
    """Of `2026-12`."""
    return (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
