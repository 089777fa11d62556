"""Asking for a statement: by an operator for its own, by finance for anybody's. It is made in a job."""

from datetime import date
from enum import StrEnum

from accounts import staff
from accounts.users import CurrentUser
from atlas import jobs
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from fleet.selectors import own_operator_id
from fleet.tables import Operator
from payments.ledger import balances
from payments.statements.making import Asked
from payments.statements.period import Days

JOB = "payments.statement"
TABLE = "payments.ledgerposting"
DEFAULT_CURRENCY = "USD"


class Format(StrEnum):
    CSV = "csv"
    PDF = "pdf"


def start_own(*, user: CurrentUser, first: date, last: date, currency: str | None, format: Format) -> jobs.Job:
    """Of the company that the user acts for. Raises `Forbidden` without one, `Invalid` for days that are not over."""
    return _start(user, own_operator_id(user), first, last, currency, format)


def start_for(
    *, user: CurrentUser, operator_id: str, first: date, last: date, currency: str | None, format: Format
) -> jobs.Job:
    """Of any operator, by staff. Raises `Forbidden`, `NotFound`, `Invalid`."""
    staff.require(user, "export", TABLE)
    return _start(user, Operator.fetch(operator_id).id, first, last, currency, format)


def asked(*, operator_id: str, first: date, last: date, currency: str) -> Asked:
    return Asked(operator_id, Days(first, last, utc_now()), currency)


def _start(
    user: CurrentUser, operator_id: str, first: date, last: date, currency: str | None, format: Format
) -> jobs.Job:
    Days(first, last, utc_now())
    params = {
        "operatorId": operator_id,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "currency": currency or only_currency(operator_id),
        "format": str(format),
    }
    return jobs.start(JOB, params=params, owner_id=user.id, key=" ".join(params.values()))


def only_currency(operator_id: str) -> str:
    """The one that it has been paid in. Raises `Invalid` when there are several: name one."""
    found = {name.rpartition("|")[2] for month in balances.months_of(operator_id).values() for name in month}
    if len(found) > 1:
        raise Invalid(fields={"currency": [f"Name one of {', '.join(sorted(found))}."]})
    return found.pop() if found else DEFAULT_CURRENCY
