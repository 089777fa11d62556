"""A statement in words: everything that its PDF says. Layout is the template's business.

Up to `MOST_LINES` postings it lists each; of more the sums of each day, and the CSV has each. Setting a line takes some
90 KB of memory, and nobody reads ten thousand.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import formats
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from atlas.templatetags.ui import format_money
from atlas.typesetting import printable
from fleet.tables import Operator
from payments.ledger.kinds import PostingKind
from payments.statements.lines import Amounts, Line
from payments.statements.making import Statement

MOST_LINES = 1_000
_LETTER = frozenset({"USD", "CAD", "MXN"})
KINDS = {
    PostingKind.CAPTURE: gettext_lazy("Ride"),
    PostingKind.PARTIAL_CAPTURE: gettext_lazy("Ride, in part"),
    PostingKind.CANCELLATION_FEE: gettext_lazy("Cancellation fee"),
    PostingKind.NO_SHOW: gettext_lazy("No-show"),
    PostingKind.TIP: gettext_lazy("Tip"),
    PostingKind.EXTRA: gettext_lazy("Extras"),
    PostingKind.INVOICE_ISSUED: gettext_lazy("Invoice issued"),
    PostingKind.INVOICE_PAID: gettext_lazy("Invoice paid"),
    PostingKind.INVOICE_CANCELED: gettext_lazy("Invoice cancelled"),
    PostingKind.WIRE_RECEIVED: gettext_lazy("Wire received"),
    PostingKind.REFUND: gettext_lazy("Refund"),
    PostingKind.DISPUTE_OPENED: gettext_lazy("Dispute opened"),
    PostingKind.DISPUTE_WON: gettext_lazy("Dispute won"),
    PostingKind.DISPUTE_LOST: gettext_lazy("Dispute lost"),
    PostingKind.CORRECTION: gettext_lazy("Correction"),
    PostingKind.ALLOCATION: gettext_lazy("Shared"),
    PostingKind.OPERATOR_PAYOUT: gettext_lazy("Payout"),
    PostingKind.DRIVER_PAYOUT: gettext_lazy("Payout to drivers"),
}


@dataclass(slots=True)
class Day:
    """Of a statement that is too long for its lines."""

    on: date
    count: int = 0
    amounts: Amounts = field(default_factory=Amounts)
    owed: int = 0


class Shown:
    """What of the lines is shown; `add` every page, in order."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.days: list[Day] = []
        self.is_whole = True

    def add(self, lines: Sequence[Line]) -> None:
        for line in lines:
            if not self.days or self.days[-1].on != line.at.date():
                self.days.append(Day(line.at.date()))
            day = self.days[-1]
            day.count, day.amounts, day.owed = day.count + 1, day.amounts + line.amounts, line.owed
        self.is_whole = self.is_whole and len(self.lines) + len(lines) <= MOST_LINES
        self.lines = [*self.lines, *lines] if self.is_whole else []


def words(statement: Statement, operator: Operator, shown: Shown) -> dict[str, object]:
    """What the template reads: texts and lists of texts."""
    asked, total = statement.asked, statement.total
    days = asked.days

    def money(cents: int) -> str:
        return format_money(cents, asked.currency)

    def amounts(of: Amounts) -> list[str]:
        return [money(each) for each in (of.gross, of.tax, of.fee, of.drivers, of.operator + of.suspense, of.payout)]

    licence = _("Licence %(number)s") % {"number": printable(operator.business_license)}
    return {
        "paper": "us-letter" if asked.currency in _LETTER else "a4",
        "language": (get_language() or "en").split("-")[0],
        "last_day": (days.last.year, days.last.month, days.last.day),
        "heading": _("Statement"),
        "number": asked.number,
        "party": [printable(operator.company_name), *([licence] if operator.business_license else [])],
        "period": f"{_date(days.first)} \u2013 {_date(days.last)}",
        "sums": [
            (_("Owed before"), money(statement.opening.owed), "sum"),
            (_("Billed to customers, less what was given back"), money(total.gross), ""),
            (_("Tax"), money(-total.tax), ""),
            (_("Platform fee"), money(-total.fee), ""),
            (_("Paid out"), money(total.payout), ""),
            (_("Owed after"), money(statement.closing.owed), "total"),
        ],
        "shares": [
            (_("Operator"), money(statement.opening.operator), money(statement.closing.operator)),
            (_("Drivers"), money(statement.opening.drivers), money(statement.closing.drivers)),
            (_("Not shared yet"), money(statement.opening.suspense), money(statement.closing.suspense)),
        ],
        "columns": _columns(is_whole=shown.is_whole),
        "rows": (
            [_row(line, amounts(line.amounts), money(line.owed)) for line in shown.lines]
            if shown.is_whole
            else [_day(day, amounts(day.amounts), money(day.owed)) for day in shown.days]
        ),
        "total": [_("Total"), _postings(statement.count), "", *amounts(total), money(statement.closing.owed)],
        "hint": "" if shown.is_whole else _("By day, as there are many. The CSV of the same number has every posting."),
        "foot": _("Days and times are UTC. Amounts are in %(currency)s.") % {"currency": asked.currency},
        "labels": {
            "summary": _("Summary"),
            "lines": _("Postings"),
            "page": _("Page"),
            "before": _("Before"),
            "after": _("After"),
            "whose": _("Whose"),
            "period": _("Period"),
            "operator": _("Operator"),
            "none": _("Nothing was posted in this period."),
        },
    }


def _columns(*, is_whole: bool) -> list[str]:
    names = (_("Day"), _("Booking"), _("What")) if is_whole else (_("Day"), _("Postings"), "")
    return [*names, _("Gross"), _("Tax"), _("Fee"), _("Drivers"), _("Operator"), _("Paid out"), _("Balance")]


def _row(line: Line, amounts: list[str], owed: str) -> list[str]:
    return [_date(line.at.date()), printable(line.name), str(KINDS[line.kind]), *amounts, owed]


def _day(day: Day, amounts: list[str], owed: str) -> list[str]:
    return [_date(day.on), _postings(day.count), "", *amounts, owed]


def _postings(count: int) -> str:
    return ngettext("%(count)d posting", "%(count)d postings", count) % {"count": count}


def _date(day: date) -> str:
    return formats.date_format(day, "j M Y")
