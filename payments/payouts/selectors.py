"""Payouts, for those whom they concern."""

from accounts import staff
from accounts.users import CurrentUser
from atlas.dynamo.cursor import Page, read_page, scope
from fleet.selectors import own_operator_id
from payments.payouts.services import TABLE
from payments.payouts.tables import Payout


def own_payouts(*, user: CurrentUser, cursor: str | None, limit: int) -> Page[Payout]:
    """Of the company that the user acts for, newest first; those that wait or were rejected too. One query."""
    return _of(own_operator_id(user), cursor, limit)


def payouts_of(*, user: CurrentUser, operator_id: str, cursor: str | None = None, limit: int = 50) -> Page[Payout]:
    staff.require(user, "view", TABLE)
    return _of(operator_id, cursor, limit)


def _of(operator_id: str, cursor: str | None, limit: int) -> Page[Payout]:
    return read_page(
        Payout.query,
        operator_id,
        scope=scope("payouts", operator_id),
        cursor=cursor,
        limit=limit,
        scan_index_forward=False,
    )
