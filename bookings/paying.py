"""The payments of a booking, for those of its parties whom money concerns."""

from accounts.users import CurrentUser
from bookings.rules.lifecycle import Actor
from bookings.tables import Booking
from payments import panel, selectors
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction

MOST_SHOWN = 20
_CAME_TO_NOTHING = frozenset({TransactionStatus.FAILED, TransactionStatus.VOIDED})


def payments_of(user: CurrentUser, booking: Booking, part: Actor) -> list[panel.Shown]:
    """Newest first. Tries that failed are the payer's own matter (and staff's); a driver sees none."""
    if part is Actor.DRIVER:
        return []
    if part is Actor.OPERATOR and booking.transaction_id is None:
        return []
    page = selectors.of_reference(user=user, reference=booking.id, cursor=None, limit=MOST_SHOWN)
    rows = _with_the_sale(list(page.items), booking)
    if part is Actor.OPERATOR:
        rows = [row for row in rows if row.id == booking.transaction_id or row.status not in _CAME_TO_NOTHING]
    return panel.shown(rows)


def _with_the_sale(rows: list[PaymentTransaction], booking: Booking) -> list[PaymentTransaction]:
    """An index lags: right after the sale its payment may not be listed yet."""
    if booking.transaction_id is None or any(row.id == booking.transaction_id for row in rows):
        return rows
    return [PaymentTransaction.fetch(booking.transaction_id), *rows]
