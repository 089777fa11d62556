"""Books that are wrong are found, and only they; books that were never written are written, once."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from uuid import uuid4

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pynamodb.models import Model

from atlas.dynamo import adding
from atlas.dynamo.bulk import put_all
from atlas.dynamo.transaction import transact
from payments.ledger import balances, writing
from payments.ledger.documents import Split
from payments.ledger.entries import posting_id
from payments.ledger.kinds import PostingKind
from payments.ledger.tables import LedgerBalance, LedgerPosting
from payments.tables import PaymentTransaction
from tests.payments.books import captured, saved
from tests.payments.test_ledger import NEW_YORK, PRICE, postings

DAYS = iter(range(10_000))
FIRST = datetime(2033, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def day() -> Iterator[datetime]:
    """One that no other test has, and is now: a month of its own, as operators' balances are by month."""
    begin = FIRST + timedelta(days=31 * next(DAYS))
    with time_machine.travel(begin, tick=False):
        yield begin


def ledger(verb: str, day: datetime, *more: str) -> str:
    out = StringIO()
    call_command("payments", "ledger", verb, "--from", f"{day:%Y-%m-%d}", *more, stdout=out)
    return out.getvalue()


def verify(day: datetime) -> list[str]:
    """What it finds on the day: the begin of each line. It fails, with exit code 1, when it finds anything."""
    out = StringIO()
    arguments = ("payments", "ledger", "verify", "--from", f"{day:%Y-%m}-01", "--to", f"{day:%Y-%m-%d}")
    failed: CommandError | None = None
    try:
        call_command(*arguments, stdout=out)
    except CommandError as error:
        failed = error
    lines = out.getvalue().splitlines()
    if failed is None:
        assert "are right" in lines.pop()
    assert [failed.returncode if failed else 0] == [1 if lines else 0]
    return [line.partition(":")[0] for line in lines]


def capture_of(row: PaymentTransaction) -> LedgerPosting:
    return LedgerPosting.fetch(posting_id(row.id, "capture"))


def lose_posting(row: PaymentTransaction) -> None:
    Model.delete(capture_of(row))  # as no way of Atlas's would


def falsify_line(row: PaymentTransaction) -> None:
    posting = capture_of(row)
    posting.lines[0].amount += 1
    posting.save()


def invent_posting(row: PaymentTransaction) -> None:
    posting = capture_of(row)
    posting.id, posting.name = str(uuid4()), "once more"
    with transact() as tx:
        tx.create(posting)


def falsify_balance(row: PaymentTransaction) -> None:
    group = balances.operator_group(row.payee_id)
    key = {"group": {"S": group}, "slot": {"S": f"{row.created_day[:7]}/0"}}
    with transact() as tx:
        adding.add(tx, LedgerBalance, key, {"operator|USD": 1})


def falsify_day(row: PaymentTransaction) -> None:
    key = {"group": {"S": f"platform/{row.created_day[:7]}"}, "slot": {"S": f"{row.created_day[8:]}/0"}}
    with transact() as tx:
        adding.add(tx, LedgerBalance, key, {"fee|USD": 1})


def refund_past_the_books(row: PaymentTransaction) -> None:
    row = PaymentTransaction.fetch(row.id)
    row.refunded = 1_000
    row.save()


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (lose_posting, {"payment", "day", "operator"}),
        (falsify_line, {"posting", "payment", "day", "operator"}),
        (invent_posting, {"posting", "day", "operator"}),
        (falsify_balance, {"operator"}),
        (falsify_day, {"day"}),
        (refund_past_the_books, {"payment"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_every_lie_is_found(day: datetime, tamper: Callable[[PaymentTransaction], None], found: set[str]) -> None:
    rows = [saved(captured(day)) for _ in range(3)]
    assert verify(day) == []
    tamper(rows[1])
    said = verify(day)
    kinds = {"day" if each == f"{day:%Y-%m-%d}" else each.partition(" ")[0] for each in said}
    assert kinds == found
    assert all(rows[1].payee_id in each for each in said if each.startswith("operator"))


def test_books_that_were_never_written_are_written_once(day: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "_find_split", lambda row: Split(**NEW_YORK))
    rows = [captured(day, split=None), captured(day)]
    put_all(rows)
    assert len(verify(day)) == 2
    assert "nothing written" in ledger("backfill", day, "--dry-run")
    assert "2 postings written; 0 payments are still behind" in ledger("backfill", day)
    for row in rows:
        assert [each.kind for each in postings(row)] == [PostingKind.CAPTURE]
        assert balances.of_operator(row.payee_id)["USD"] == {"operator": -12_500, "driver": -37_500}
    assert verify(day) == []
    assert "0 postings written" in ledger("backfill", day)


def test_what_waits_in_suspense_is_shared_once_its_sale_is_known(
    day: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = saved(captured(day, split=None))
    assert "1 payments are still behind or in suspense" in ledger("backfill", day)
    assert balances.of_operator(row.payee_id)["USD"] == {"suspense": -PRICE}
    monkeypatch.setattr(writing, "_find_split", lambda row: Split(**NEW_YORK))
    assert f"payment {row.id}: ALLOCATION" in ledger("backfill", day)
    assert balances.of_operator(row.payee_id)["USD"] == {"operator": -12_500, "driver": -37_500}
    assert verify(day) == []


@pytest.mark.parametrize("dated_back", [True, False])
def test_a_day_that_is_over_is_changed_only_when_that_is_asked_for(day: datetime, dated_back: bool) -> None:
    row = captured(day - timedelta(days=1))
    put_all([row])
    ledger("backfill", day - timedelta(days=1), *(["--date-back"] if dated_back else []))
    (posting,) = postings(row)
    assert posting.created_at == (day - timedelta(days=1) if dated_back else day)


def test_many_books_at_once_are_the_same_books(day: datetime) -> None:
    """Demo data and imports: past transactions, and yet right."""
    rows = [captured(day) for _ in range(120)]
    rows[0].refunded = 0
    found = writing.books_of(rows)
    put_all([*rows, *found])
    writing.add_up(found)
    assert verify(day) == []
