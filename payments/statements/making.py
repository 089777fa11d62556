"""A statement's figures: what was owed before, line after line, what is owed after. One page of postings in memory."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from atlas.errors import Conflict
from fleet.rules.operator_code import operator_code
from payments.ledger import balances
from payments.ledger.kinds import Account
from payments.ledger.reading import of_operator, pages_of_operator
from payments.ledger.tables import LedgerPosting
from payments.references import References
from payments.statements.lines import Amounts, Balance, Line
from payments.statements.period import Days

Keep = Callable[[Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """Which statement."""

    operator_id: str
    days: Days
    currency: str

    @property
    def number(self) -> str:
        """The same for the same period: `7K3M9Q-2026-12-USD`."""
        return f"{operator_code(self.operator_id)}-{self.days.name}-{self.currency}"


class Statement:
    """One walk. `state` is where another one stopped ({} at the beginning): `lines` goes on from there."""

    def __init__(self, asked: Asked, state: Mapping[str, Any] | None = None) -> None:
        given = dict(state or {})
        self.asked = asked
        self.count = int(given.get("count", 0))
        self.total = Amounts(**given.get("total", {}))
        self.opening = Balance(*given["opening"]) if "opening" in given else opening_of(asked)
        self._after = given.get("after")
        self._is_done = bool(given.get("done"))

    @property
    def closing(self) -> Balance:
        """As of the last line so far."""
        return self.opening.after(self.total)

    @property
    def state(self) -> dict[str, Any]:
        """To go on from; only between pages."""
        opening = [self.opening.drivers, self.opening.operator, self.opening.suspense]
        return {
            "count": self.count,
            "total": self.total.state,
            "opening": opening,
            "after": self._after,
            "done": self._is_done,
        }

    def pages(self) -> Iterator[list[Line]]:
        """Every posting, oldest first; after each page `state` is where another walk would go on.

        Raises `Conflict` `books_differ` when the lines do not lead to the balance that is kept.
        """
        if self._is_done:
            return
        asked = self.asked
        for page, after in pages_of_operator(asked.operator_id, asked.days.first, asked.days.last, after=self._after):
            wanted = [posting for posting in page if posting.currency == asked.currency]
            lines = list(self._lines(wanted))
            self._after, self._is_done = after, after is None
            yield lines
        self._check()

    def _lines(self, postings: list[LedgerPosting]) -> Iterator[Line]:
        names = _names(postings)
        for posting in postings:
            amounts = Amounts.of(posting)
            self.total += amounts
            self.count += 1
            yield Line(
                at=posting.created_at,
                kind=posting.kind,
                name=names.get(posting.reference, posting.reference),
                payment=posting.transaction_id or posting.id,
                amounts=amounts,
                owed=self.closing.owed,
                note=posting.note or "",
            )

    def _check(self) -> None:
        """The sums are kept apart from the postings: where both are known they must agree."""
        days = self.asked.days
        if days.ends_month and self.closing != _kept(self.asked, before=f"{days.last + timedelta(days=1):%Y-%m}"):
            raise Conflict("The postings do not lead to the balance that is kept.", code="books_differ")


def opening_of(asked: Asked) -> Balance:
    """What was owed before the first day: the months before it, and the days of its own month before it."""
    days = asked.days
    found = _kept(asked, before=days.month)
    if days.first.day > 1:
        for posting in of_operator(asked.operator_id, days.first.replace(day=1), days.first - timedelta(days=1)):
            if posting.currency == asked.currency:
                found = found.after(Amounts.of(posting))
    return found


def _kept(asked: Asked, *, before: str) -> Balance:
    found = balances.of_operator(asked.operator_id, before=before).get(asked.currency, {})
    return Balance(*(-found.get(account, 0) for account in (Account.DRIVER, Account.OPERATOR, Account.SUSPENSE)))


def _names(postings: list[LedgerPosting]) -> Mapping[str, str]:
    """Payouts have a name already: the bank's."""
    return References.names_of(list(dict.fromkeys(each.reference for each in postings if each.transaction_id)))
