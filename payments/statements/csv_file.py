"""A statement as CSV: a line for each posting, between the balance before and the sums and the balance after."""

import csv
import io
from collections.abc import Iterable, Iterator

from atlas.facade.admin.export import cell
from payments.statements.lines import Amounts, Balance, Line
from payments.statements.making import Statement

HEADER = (
    "record",
    "at (UTC)",
    "kind",
    "booking",
    "gross",
    "tax",
    "platform fee",
    "drivers",
    "operator",
    "in suspense",
    "paid out",
    "balance",
    "currency",
    "payment",
    "note",
)


def head(statement: Statement, company: str) -> str:
    """What it is of, and what was owed before."""
    asked = statement.asked
    period = f"{asked.days.first}/{asked.days.last}"
    title = ("statement", period, asked.number, company, *("",) * 8, asked.currency, asked.operator_id, "")
    begin = f"{asked.days.first}T00:00:00Z"
    return "\ufeff" + _write([HEADER, title, _balance("opening", begin, statement.opening, asked.currency)])


def body(lines: Iterable[Line], currency: str) -> str:
    return _write(_line(line, currency) for line in lines)


def foot(statement: Statement) -> str:
    """The sums of all lines, and what is owed after."""
    asked = statement.asked
    total = ("total", "", "", f"{statement.count} postings", *_amounts(statement.total), "", asked.currency, "", "")
    end = f"{asked.days.end:%Y-%m-%dT%H:%M:%SZ}"
    return _write([total, _balance("closing", end, statement.closing, asked.currency)])


def amount(cents: int) -> str:
    """In whole units with the sign, as spreadsheets read it: `-12.50`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _line(line: Line, currency: str) -> tuple[str, ...]:
    at = f"{line.at:%Y-%m-%dT%H:%M:%SZ}"
    names = ("line", at, str(line.kind), cell(line.name))
    return (*names, *_amounts(line.amounts), amount(line.owed), currency, line.payment, cell(line.note))


def _amounts(of: Amounts) -> Iterator[str]:
    return map(amount, (of.gross, of.tax, of.fee, of.drivers, of.operator, of.suspense, of.payout))


def _balance(record: str, at: str, balance: Balance, currency: str) -> tuple[str, ...]:
    shares = map(amount, (balance.drivers, balance.operator, balance.suspense))
    return (record, at, "", "", "", "", "", *shares, "", amount(balance.owed), currency, "", "")


def _write(rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
