"""The report of a run: a file for finance, a line for everybody."""

import csv
import io
from collections import Counter
from collections.abc import Iterator

from atlas.dynamo.many import get_many
from atlas.facade.admin.export import cell
from atlas.templatetags.ui import format_money
from payments.reconciling.tables import PaymentDifference
from payments.reconciling.totals import Totals
from payments.rules.differences import DifferenceStatus

HEADER = (
    "record",
    "kind",
    "status",
    "proposed mend",
    "transaction",
    "booking",
    "Square payment",
    "Square refund",
    "Atlas",
    "Square",
    "count",
    "amount",
    "currency",
    "reason",
    "difference",
)
PAGE = 100


def differences(run_id: str) -> Iterator[PaymentDifference]:
    """Every difference that this run saw last, as it stands now, oldest first; one page in memory at a time."""
    position = None
    while True:
        found = PaymentDifference.run_index.query(run_id, limit=PAGE, page_size=PAGE, last_evaluated_key=position)
        keys = [key.id for key in found]
        yield from (row for row in get_many(*((PaymentDifference, id) for id in keys)) if row is not None)
        position = found.last_evaluated_key
        if position is None:
            return


def write_lines(run_id: str, totals: Totals, counts: Counter[str]) -> Iterator[str]:
    """The file, line by line; `counts` is filled on the way."""
    yield "\ufeff" + _line(HEADER)
    for row in differences(run_id):
        counts[row.status] += 1
        yield _line(
            (
                "difference",
                row.kind,
                row.status,
                row.mend,
                row.transaction_id,
                row.reference,
                row.payment_gateway_id,
                row.refund_gateway_id,
                row.ours,
                row.theirs,
                1,
                _amount(row.amount),
                row.currency,
                row.reason,
                row.id,
            )
        )
    for side, currency, what, count, cents in totals.lines():
        yield _line(("total", what, "", "", "", "", "", "", *_on(side, what), count, _amount(cents), currency, "", ""))


def summary(totals: Totals, counts: Counter[str]) -> str:
    """What the run came to, in a sentence or two."""
    found = sum(counts.values())
    said = "No differences." if not found else f"{found} differences: {_counted(counts)}."
    sums = "; ".join(
        f"{side} {count} {what} {format_money(cents, currency)}"
        for side, currency, what, count, cents in totals.lines()
    )
    return f"{said} {sums or 'There were no payments'}."


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[status]} {status.lower()}" for status in DifferenceStatus if counts[status])


def _on(side: str, what: str) -> tuple[str, str]:
    return (what, "") if side == "Atlas" else ("", what)


def _amount(cents: int) -> str:
    """In whole units with the sign, as spreadsheets read it: `-12.50`."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02}"


def _line(values: tuple[object, ...]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(
        [value if _is_number(value) else cell("" if value is None else str(value)) for value in values]
    )
    return out.getvalue()


def _is_number(value: object) -> bool:
    """Amounts begin with a minus at most: no formula, and no apostrophe is wanted before it."""
    return isinstance(value, int) or (isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdigit())
