"""What a statement says of a period: all of it, to the cent, the same for the same days, to those it is for."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import time_machine
from pynamodb.models import Model

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.bulk import put_all
from atlas.errors import Conflict, Forbidden, Invalid
from fleet.factories import OperatorFactory
from fleet.tables import Operator
from payments.ledger import balances, reading, writing
from payments.ledger.tables import LedgerBalance
from payments.references import References
from payments.statements import asking, csv_file
from payments.statements.asking import Format
from payments.statements.document import MOST_LINES, Shown
from payments.statements.job import render
from payments.statements.lines import Amounts
from payments.statements.making import Asked, Statement
from payments.statements.period import Days, days_of
from payments.tables import PaymentTransaction
from tests.factories import UserFactory
from tests.payments.books import captured, refunded
from tests.payments.statements.reading import CENTS, cents, file_of, pages_of, rows_of, text_of

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
LATER = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def operator() -> Operator:
    return OperatorFactory.create(company_name="Meridian Chauffeurs", business_license="TLC-40001")


@pytest.fixture
def owner(operator: Operator) -> User:
    return User.fetch(operator.user_id)


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(References, "names_of", staticmethod(lambda ids: {id: f"ATL-{id[:6].upper()}" for id in ids}))


def at(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def books(*rows: PaymentTransaction) -> list[PaymentTransaction]:
    """Stored with their postings, each on the day that it happened."""
    postings = writing.books_of(rows)
    put_all([*rows, *postings])
    writing.add_up(postings)
    return list(rows)


def spring(operator: Operator) -> list[PaymentTransaction]:
    """A ride in February, three in March of which one is given back in part and one in April, one in April."""
    of = {"payee_id": operator.id}
    return books(
        captured(at(2, 27), **of),
        captured(at(3, 1, 0), **of),
        refunded(captured(at(3, 10), **of), 10_000, at(3, 12)),
        refunded(captured(at(3, 31, 23), **of), 56_938, at(4, 2)),
        captured(at(4, 3), **of),
    )


def made(operator: Operator, first: date, last: date, currency: str = "USD") -> tuple[Statement, Shown]:
    statement, shown = Statement(Asked(operator.id, Days(first, last, LATER), currency)), Shown()
    for lines in statement.pages():
        shown.add(lines)
    return statement, shown


def as_csv(statement: Statement, company: str) -> str:
    parts = [csv_file.head(statement, company)]
    parts += [csv_file.body(lines, statement.asked.currency) for lines in statement.pages()]
    return "".join([*parts, csv_file.foot(statement)])


def test_a_month_from_the_balance_before_to_the_one_after(operator: Operator) -> None:
    rows = spring(operator)
    statement, shown = made(operator, *MARCH)
    assert [str(line.kind) for line in shown.lines] == ["CAPTURE", "CAPTURE", "REFUND", "CAPTURE"]
    assert [line.name for line in shown.lines] == [
        f"ATL-{rows[number].reference[:6].upper()}" for number in (1, 2, 2, 3)
    ]
    assert (statement.opening.operator, statement.opening.drivers) == (12_500, 37_500)
    assert shown.lines[0].amounts == Amounts(gross=56_938, tax=4_438, fee=2_500, drivers=37_500, operator=12_500)
    # 10,000 of 56,938 go back: of what is kept, 46,938, each has its part, rounded once
    assert shown.lines[2].amounts == Amounts(gross=-10_000, tax=-779, fee=-439, drivers=-6_586, operator=-2_196)
    assert shown.lines[2].note == "Late"
    assert statement.total.gross == 3 * 56_938 - 10_000
    assert statement.closing.owed == 50_000 + 3 * 50_000 - 8_782
    assert statement.asked.number.endswith("-2026-03-USD")


def test_statements_that_follow_each_other_fit(operator: Operator) -> None:
    """However the days are cut: what one ends with, the next one begins with, and all of them are the whole."""
    spring(operator)
    whole, _ = made(operator, date(2026, 2, 1), date(2026, 4, 30))
    cuts = [
        date(2026, 2, 1),
        date(2026, 2, 28),
        date(2026, 3, 11),
        date(2026, 3, 13),
        date(2026, 4, 1),
        date(2026, 5, 1),
    ]
    total, owed = Amounts(), 0
    for first, after in pairwise(cuts):
        part, _ = made(operator, first, after - timedelta(days=1))
        assert part.opening.owed == owed
        total, owed = total + part.total, part.closing.owed
    assert total == whole.total
    assert owed == whole.closing.owed == -sum(balances.of_operator(operator.id)["USD"].values())


def test_the_same_days_give_the_same_bytes(operator: Operator) -> None:
    """Also when the next month has gone on meanwhile."""
    spring(operator)
    before = as_csv(Statement(Asked(operator.id, Days(*MARCH, LATER), "USD")), operator.company_name)
    paper = render(*_with(operator, *made(operator, *MARCH)))
    books(captured(at(5, 5), payee_id=operator.id))
    assert as_csv(Statement(Asked(operator.id, Days(*MARCH, LATER), "USD")), operator.company_name) == before
    assert render(*_with(operator, *made(operator, *MARCH))) == paper


def _with(operator: Operator, statement: Statement, shown: Shown) -> tuple[Statement, Operator, Shown]:
    return statement, operator, shown


def test_currencies_are_kept_apart(operator: Operator) -> None:
    books(captured(at(3, 5), payee_id=operator.id), captured(at(3, 6), payee_id=operator.id, currency="GBP"))
    for currency in ("USD", "GBP"):
        statement, shown = made(operator, *MARCH, currency)
        assert len(shown.lines) == 1
        assert statement.closing.owed == 50_000
    with pytest.raises(Invalid, match="valid") as refused:
        asking.only_currency(operator.id)
    assert refused.value.fields == {"currency": ["Name one of GBP, USD."]}


def test_a_walk_goes_on_where_it_was_cut_off(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PAGE", 1)
    spring(operator)
    whole = as_csv(Statement(Asked(operator.id, Days(*MARCH, LATER), "USD")), "x")
    state: dict[str, Any] = {}
    text, cuts = "", 0
    while True:
        statement = Statement(Asked(operator.id, Days(*MARCH, LATER), "USD"), state)
        if not state:
            text += csv_file.head(statement, "x")
        lines = next(iter(statement.pages()), None)
        if lines is None:
            break
        text, state, cuts = text + csv_file.body(lines, "USD"), statement.state, cuts + 1
    assert cuts >= 4
    assert text + csv_file.foot(statement) == whole


def test_lines_that_do_not_lead_to_the_balance_are_not_given_out(operator: Operator) -> None:
    spring(operator)
    item = next(LedgerBalance.query(balances.operator_group(operator.id), LedgerBalance.slot.startswith("2026-03/")))
    Model.delete(item)  # as no way of Atlas's would
    with pytest.raises(Conflict) as refused:
        made(operator, *MARCH)
    assert refused.value.code == "books_differ"


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 3, 2), date(2026, 3, 1)),
        (date(2025, 3, 1), date(2026, 3, 2)),
        (date(2026, 5, 31), date(2026, 6, 1)),
        (date(2026, 5, 1), date(2026, 5, 31)),  # over, but for less than an hour
    ],
    ids=["turned round", "too long", "not over", "just over"],
)
def test_only_days_that_are_over(first: date, last: date) -> None:
    with pytest.raises(Invalid):
        Days(first, last, LATER + timedelta(minutes=59))


def test_names_of_periods() -> None:
    assert Days(*days_of("2026-02"), LATER).name == "2026-02"
    assert Days(date(2026, 2, 1), date(2026, 3, 31), LATER).name == "20260201-20260331"
    assert Days(date(2026, 3, 1), date(2026, 3, 30), LATER).name == "20260301-20260330"
    with pytest.raises(Invalid):
        days_of("2026-13")


@pytest.mark.slow
def test_the_paper_says_what_the_figures_are(operator: Operator) -> None:
    spring(operator)
    statement, shown = made(operator, *MARCH)
    said = text_of(render(statement, operator, shown))
    for words in (
        statement.asked.number,
        "Meridian Chauffeurs",
        "Licence TLC-40001",
        "1 Mar 2026 \u2013 31 Mar 2026",
        "Owed before $500.00",
        "Billed to customers, less what was given back $1,608.14",
        "Owed after $1,912.18",
        "Refund \u2212$100.00 \u2212$7.79 \u2212$4.39 \u2212$65.86 \u2212$21.96 $0.00 $1,412.18",
        "Total 4 postings",
    ):
        assert words in said
    nothing = text_of(render(*_with(operator, *made(operator, date(2026, 1, 1), date(2026, 1, 31)))))
    assert "Nothing was posted in this period." in nothing


@pytest.mark.slow
@pytest.mark.usefixtures("objects")
def test_files_are_made_in_a_job(operator: Operator, owner: User) -> None:
    spring(operator)
    with time_machine.travel(LATER, tick=True):
        asked: dict[str, Any] = {"user": owner, "first": MARCH[0], "last": MARCH[1], "currency": None}
        job = asking.start_own(**asked, format=Format.CSV)
        assert asking.start_own(**asked, format=Format.CSV).id == job.id
        rows = rows_of(file_of(job))
        paper = file_of(asking.start_own(**asked, format=Format.PDF))
    assert [row["record"] for row in rows] == ["statement", "opening", *["line"] * 4, "total", "closing"]
    opening, *lines, total, closing = rows[1:]
    for name in CENTS[:-1]:
        assert cents(total, name) == sum(cents(line, name) for line in lines)
    for name in ("drivers", "operator", "in suspense"):
        assert cents(closing, name) == cents(opening, name) + cents(total, name)
    assert rows[0]["booking"] == "Meridian Chauffeurs"
    assert rows[0]["kind"] in text_of(paper)
    assert pages_of(paper) == 1


def test_who_may_have_whose(operator: Operator, owner: User) -> None:
    days: dict[str, Any] = {"first": MARCH[0], "last": MARCH[1], "currency": "USD", "format": Format.CSV}
    concierge = UserFactory.create()
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    for outsider in (concierge, support):
        with pytest.raises(Forbidden):
            asking.start_own(user=outsider, **days)
    for nobody in (concierge, support, owner):
        with pytest.raises(Forbidden):
            asking.start_for(user=nobody, operator_id=operator.id, **days)


@pytest.mark.slow
def test_too_many_lines_are_shown_by_day(operator: Operator) -> None:
    count = MOST_LINES // 2 + 1
    rows = [
        refunded(captured(at(3, 1 + number % 20), payee_id=operator.id), 1 + number, at(3, 1 + number % 20, 18))
        for number in range(count)
    ]
    books(*rows)
    statement, shown = made(operator, *MARCH)
    assert (shown.lines, len(shown.days), statement.count) == ([], 20, 2 * count)
    assert sum(day.count for day in shown.days) == 2 * count
    total = Amounts()
    for day in shown.days:
        total += day.amounts
    assert total == statement.total
    assert shown.days[-1].owed == statement.closing.owed
    assert total.gross == count * 56_938 - sum(range(1, count + 1))
