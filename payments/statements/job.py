"""Writing a statement's file. A page of postings is in memory, and of a PDF what it shows."""

from datetime import date
from pathlib import Path

from atlas import jobs
from atlas.typesetting import CONTENT_TYPE, typeset
from fleet.tables import Operator
from payments.statements import csv_file
from payments.statements.asking import Format, asked
from payments.statements.document import Shown, words
from payments.statements.making import Statement

TEMPLATE = Path(__file__).parent / "template" / "statement.typ"


def write(run: jobs.Run) -> None:
    given = run.params
    wanted = asked(
        operator_id=given["operatorId"],
        first=date.fromisoformat(given["from"]),
        last=date.fromisoformat(given["to"]),
        currency=given["currency"],
    )
    operator = Operator.fetch(wanted.operator_id)
    if given["format"] == Format.PDF:
        _write_pdf(run, Statement(wanted), operator)
    else:
        _write_csv(run, Statement(wanted, run.state), operator)


def render(statement: Statement, operator: Operator, shown: Shown) -> bytes:
    """The same statement gives the same bytes: its date is that of its last day."""
    return typeset(TEMPLATE, words(statement, operator, shown), at=statement.asked.days.end)


def _write_csv(run: jobs.Run, statement: Statement, operator: Operator) -> None:
    """Page by page; another worker goes on after the last one that was stored."""
    with run.file(f"statement-{statement.asked.number}.csv", "text/csv; charset=utf-8") as out:
        if not run.state:
            out.write(csv_file.head(statement, operator.company_name))
        for lines in statement.pages():
            out.write(csv_file.body(lines, statement.asked.currency))
            run.checkpoint(statement.state)
            run.progress(statement.count, None)
        out.write(csv_file.foot(statement))
    run.progress(statement.count, statement.count)


def _write_pdf(run: jobs.Run, statement: Statement, operator: Operator) -> None:
    shown = Shown()
    for lines in statement.pages():
        shown.add(lines)
        run.progress(statement.count, None)
    with run.file(f"statement-{statement.asked.number}.pdf", CONTENT_TYPE) as out:
        out.write(render(statement, operator, shown))
    run.progress(statement.count, statement.count)
