"""Reads of payments, restricted to the asking user: an ADMIN sees all, payee and payer their own."""

from datetime import date, timedelta

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.days import read_days
from atlas.errors import Forbidden, Invalid, NotFound
from payments.permissions import may_see
from payments.tables import PaymentTransaction

PERIOD = timedelta(days=30)
"""What is listed when no dates are given: so many days up to today."""
LONGEST_PERIOD = timedelta(days=366)


def transaction(*, user: CurrentUser, transaction_id: str) -> PaymentTransaction:
    """One payment. Raises `NotFound`, also for those it does not concern."""
    row = PaymentTransaction.fetch(transaction_id)
    if not may_see(user, row):
        raise NotFound
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
    return Page([row for row in page.items if may_see(user, row)], page.next)


def of_period(first: date, last: date, *, cursor: str | None, limit: int) -> Page[PaymentTransaction]:
    """Every payment made on these UTC days, newest first: the day index walked backwards, a query per day."""
    return read_days(
        PaymentTransaction,
        PaymentTransaction.day_index,
        first,
        last,
        scope=scope("payments", first, last),
        cursor=cursor,
        limit=limit,
    )


def _period(from_: date | None, to: date | None) -> tuple[date, date]:
    last = to or (from_ + PERIOD if from_ else utc_now().date())
    first = from_ or last - PERIOD
    if first > last:
        raise Invalid(fields={"from": ["Must not lie after `to`."]})
    if last - first > LONGEST_PERIOD:
        raise Invalid(fields={"from": [f"A period is at most {LONGEST_PERIOD.days} days long."]})
    return first, last
