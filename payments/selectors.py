"""Reads of payments, restricted to the asking user: an ADMIN sees all, payee and payer their own."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo import cursor as cursors
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.many import get_many
from atlas.errors import Forbidden, Invalid
from payments.permissions import check_party, party_of
from payments.tables import PaymentTransaction

PERIOD = timedelta(days=30)
"""What is listed when no dates are given: so many days up to today."""
LONGEST_PERIOD = timedelta(days=366)
MOST_DAYS = 31
"""Days read for one page at most, each one query; the cursor goes on from there."""


def transaction(*, user: CurrentUser, transaction_id: str) -> PaymentTransaction:
    """One payment. Raises `NotFound`, also for those it does not concern."""
    row = PaymentTransaction.fetch(transaction_id)
    check_party(user, row)
    return row


def list_transactions(
    *,
    user: CurrentUser,
    booking: str | None = None,
    from_: date | None = None,
    to: date | None = None,
    cursor: str | None,
    limit: int,
) -> Page[PaymentTransaction]:
    """Payments of a booking, or of a period (UTC days, both included) for an ADMIN; newest first.

    Without rights a booking's list is empty, a period is `Forbidden`.
    """
    if booking is not None:
        if from_ or to:
            raise Invalid(fields={"booking": ["Give a booking or a period, not both."]})
        return of_reference(user=user, reference=booking, cursor=cursor, limit=limit)
    if user.role is not Role.ADMIN:
        raise Forbidden("Name the booking whose payments you want to see.")
    return of_period(*_period(from_, to), cursor=cursor, limit=limit)


def of_reference(*, user: CurrentUser, reference: str, cursor: str | None, limit: int) -> Page[PaymentTransaction]:
    """The payments of one booking that the user may see. One query."""
    page = read_page(
        PaymentTransaction.booking_index.query,
        reference,
        scope=scope("payments of", reference, user.id),
        cursor=cursor,
        limit=limit,
        scan_index_forward=False,
    )
    return Page([row for row in page.items if party_of(user, row)], page.next)


def of_period(first: date, last: date, *, cursor: str | None, limit: int) -> Page[PaymentTransaction]:
    """Every payment made on these UTC days, newest first: the day index walked backwards, a query per day."""
    name = scope("payments", first, last)
    day, key = _position(cursors.decode(cursor, name), last)
    ids: list[str] = []
    for day in islice(_back(day, first), MOST_DAYS):  # noqa: B020 (goes on where the last page stopped)
        room = limit - len(ids)
        found = PaymentTransaction.day_index.query(
            day.isoformat(), scan_index_forward=False, limit=room, page_size=room, last_evaluated_key=key
        )
        ids += [each.id for each in found]
        key = found.last_evaluated_key
        if len(ids) == limit and key:
            return Page(_rows(ids), cursors.encode([day.isoformat(), key], name))
        if len(ids) == limit:
            break
    left = day > first
    return Page(_rows(ids), cursors.encode([(day - timedelta(days=1)).isoformat(), None], name) if left else None)


def _period(from_: date | None, to: date | None) -> tuple[date, date]:
    last = to or (from_ + PERIOD if from_ else utc_now().date())
    first = from_ or last - PERIOD
    if first > last:
        raise Invalid(fields={"from": ["Must not lie after `to`."]})
    if last - first > LONGEST_PERIOD:
        raise Invalid(fields={"from": [f"A period is at most {LONGEST_PERIOD.days} days long."]})
    return first, last


def _position(position: Any, last: date) -> tuple[date, dict[str, Any] | None]:
    """Where the page before stopped: a day, and DynamoDB's last key when the day was not finished."""
    if position is None:
        return last, None
    day, key = position
    return date.fromisoformat(day), key


def _back(day: date, first: date) -> Iterator[date]:
    while day >= first:
        yield day
        day -= timedelta(days=1)


def _rows(ids: list[str]) -> list[PaymentTransaction]:
    """The index has keys only; payments are never deleted, so all are found."""
    rows = get_many(*((PaymentTransaction, each) for each in ids)) if ids else []
    return [row for row in rows if row is not None]
