"""Tax by jurisdiction and rate, of a period: what was collected, what was given back, what is owed to whom."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from payments.ledger import balances
from payments.reconciling.period import Period
from payments.statements.csv_file import amount

TABLE = "payments.ledgerposting"
HEADER = ("jurisdiction", "rate", "currency", "taxed", "collected", "taxed and given back", "given back", "net")


@dataclass(frozen=True, slots=True)
class Tax:
    """Cents, of one place at one rate in one currency."""

    jurisdiction: str
    """ISO 3166, `US-NY`; `ZZ` where the booking named no place."""
    rate: str
    """`0.08875`."""
    currency: str
    taxable: int
    collected: int
    taxable_back: int
    back: int

    @property
    def net(self) -> int:
        """Owed to the jurisdiction."""
        return self.collected - self.back


def summary(*, user: CurrentUser, first: date, last: date) -> list[Tax]:
    """Of these UTC days, both included. A query per month. Raises `Forbidden`, and `Invalid` for days that are none."""
    staff.require(user, "view", TABLE)
    Period(first, last, utc_now().date())
    found: dict[tuple[str, str, str], dict[str, int]] = defaultdict(dict)
    for name, cents in balances.of_platform(first, last).items():
        what, _, currency = name.rpartition("|")
        kind, *rest = what.split("/")
        if kind == balances.TAXED:
            jurisdiction, rate, way = rest
            found[jurisdiction, rate, currency][way] = cents
    return [
        Tax(
            *key,
            taxable=ways.get(f"{balances.COLLECTED} on", 0),
            collected=ways.get(balances.COLLECTED, 0),
            taxable_back=ways.get(f"{balances.GIVEN_BACK} on", 0),
            back=ways.get(balances.GIVEN_BACK, 0),
        )
        for key, ways in sorted(found.items())
    ]


def as_csv(taxes: list[Tax]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for tax in taxes:
        cents = (tax.taxable, tax.collected, tax.taxable_back, tax.back, tax.net)
        writer.writerow((tax.jurisdiction, tax.rate, tax.currency, *map(amount, cents)))
    return "\ufeff" + out.getvalue()
