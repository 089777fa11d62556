"""A statement of ten thousand bookings: to the cent, by the job, in memory that does not grow with it."""

import random
import tracemalloc
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine

from accounts.tables import User
from atlas.dynamo.bulk import put_all
from fleet.factories import OperatorFactory
from payments.ledger import balances, writing
from payments.ledger.documents import Split
from payments.ledger.tables import LedgerPosting
from payments.statements import asking, csv_file
from payments.statements.asking import Format
from payments.statements.making import Asked, Statement
from payments.statements.period import Days
from tests.payments.books import captured, refunded
from tests.payments.statements.reading import CENTS, cents, file_of, pages_of, rows_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

BOOKINGS = 10_000
RATES = {"US-NY": "0.08875", "US-CA": "0.095", "US-NV": "0.0838", "GB": "0.2", "AE": "0.05"}
YEAR = (date(2026, 1, 1), date(2026, 6, 30))
LATER = datetime(2026, 8, 1, tzinfo=UTC)
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
MOST_MEMORY = 12 * 1024 * 1024
"""Bytes that a statement may have in memory at once, however long it is: a page of postings, and what DynamoDB's client
holds of it; without the file's own buffer."""


def postings_of(operator_id: str, count: int) -> list[LedgerPosting]:
    """Of bookings at odd prices in several places, each tenth given back in part; of half a year, from a fixed seed."""
    draw = random.Random(20_260_101)
    rows = []
    for number in range(count):
        place, rate = draw.choice(list(RATES.items()))
        subtotal = draw.randint(9_001, 250_001)
        split = Split(
            subtotal=subtotal,
            tax=round(subtotal * float(rate)),
            tax_rate=rate,
            jurisdiction=place,
            platform_fee=round(subtotal * 0.05),
            driver_payout=round(subtotal * 0.75),
        )
        at = BEGIN + timedelta(minutes=25 * number)
        row = captured(at, payee_id=operator_id, amount=split.total, split=split)
        rows.append(refunded(row, draw.randint(1, split.total), at + timedelta(hours=3)) if number % 10 == 0 else row)
    return writing.books_of(rows)


@pytest.mark.usefixtures("objects")
def test_ten_thousand_bookings_sum_to_the_cent() -> None:
    operator = OperatorFactory.create(company_name="Meridian Chauffeurs")
    postings = postings_of(operator.id, BOOKINGS)
    assert len(postings) == BOOKINGS * 11 // 10
    put_all(postings)
    writing.add_up(postings)
    expected: Counter[str] = Counter()
    for posting in postings:
        for share in posting.lines:
            expected[share.account.partition(":")[0]] -= share.amount
    owner = User.fetch(operator.user_id)
    with time_machine.travel(LATER, tick=True):
        asked: dict[str, Any] = {"user": owner, "first": YEAR[0], "last": YEAR[1], "currency": "USD"}
        job = asking.start_own(**asked, format=Format.CSV)
        _, opening, *lines, total, closing = rows_of(file_of(job))
        paper = file_of(asking.start_own(**asked, format=Format.PDF))
    assert len(lines) == len(postings)
    for name in CENTS[:-1]:
        assert cents(total, name) == sum(cents(line, name) for line in lines)
    for name, account in (("tax", "tax"), ("platform fee", "fee"), ("drivers", "driver"), ("operator", "operator")):
        assert cents(total, name) == expected[account]
    assert (
        cents(total, "gross")
        == -expected["square"]
        == sum(expected[each] for each in ("tax", "fee", "driver", "operator"))
    )
    owed = 0
    for row in lines:
        owed += cents(row, "drivers") + cents(row, "operator")
        assert cents(row, "balance") == owed
    assert cents(opening, "balance") == 0
    assert (
        cents(closing, "balance")
        == owed
        == -sum(cents for account, cents in balances.of_operator(operator.id)["USD"].items() if account != "customer")
    )
    said = text_of(paper)
    assert f"{len(postings)} postings" in said
    assert f"Owed after ${owed // 100:,}.{owed % 100:02}" in said
    assert pages_of(paper) < 20


def peak_of(operator_id: str) -> int:
    """Bytes at most, while the file is written to nowhere."""
    statement = Statement(Asked(operator_id, Days(*YEAR, LATER), "USD"))
    tracemalloc.start()
    try:
        for lines in statement.pages():
            csv_file.body(lines, "USD")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_statement() -> None:
    short, long = str(uuid4()), str(uuid4())
    for operator_id, count in ((short, 300), (long, 2_000)):
        postings = postings_of(operator_id, count)
        put_all(postings)
        writing.add_up(postings)
    peak_of(short)  # what is loaded at first use
    few, many = peak_of(short), peak_of(long)
    assert many < MOST_MEMORY
    assert many < 1.5 * few
