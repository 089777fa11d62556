"""The payments of a booking, for those of its parties whom money concerns."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from bookings.rules.holding import hold_at, is_wanted, needs_card
from bookings.rules.lifecycle import Actor
from bookings.services.change import called_off_at, is_held
from bookings.services.dispatching import ride_of
from bookings.services.replacing import owes_fee
from bookings.tables import Booking
from payments import panel, selectors
from payments.cards.tables import SavedCard
from payments.cards.words import card_name
from payments.declines import Decline, explain
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction

MOST_SHOWN = 20


class Plan(NamedTuple):
    """How a ride that is sold now is paid by card."""

    needs_card: bool
    """A hold taken now would not outlast it: the card must be kept."""
    hold_at: datetime | None
    """When its price is reserved; None for at once."""


def plan_of(booking: Booking) -> Plan:
    ride, now = ride_of(booking), utc_now()
    return Plan(needs_card(ride, now=now), hold_at(ride, now=now))


_CAME_TO_NOTHING = frozenset({TransactionStatus.FAILED, TransactionStatus.VOIDED})


@dataclass(frozen=True, slots=True)
class CardState:
    """The card on file of a booking, for those who may see it."""

    name: str
    is_held: bool
    ask_at: datetime | None
    decline: Decline | None
    called_off_at: datetime | None
    """Unless a hold stands by then."""
    may_replace: bool
    fee_owed: int = 0
    """Cents of a cancellation fee that the card has refused."""


def card_state(booking: Booking, part: Actor = Actor.CONCIERGE) -> CardState | None:
    """None where no card on file pays, the ride is over, or it is none of the asker's business."""
    hold = booking.hold
    owing = owes_fee(booking)
    if hold is None or part not in (Actor.CONCIERGE, Actor.ADMIN) or not (is_wanted(booking.status) or owing):
        return None
    card = SavedCard.find(booking.card_id) if booking.card_id is not None else None
    return CardState(
        name=card_name(card) if card and card.last4 else "",
        is_held=is_held(booking),
        ask_at=hold.ask_at,
        decline=explain(hold.code) if hold.code else None,
        called_off_at=called_off_at(booking),
        may_replace=part is Actor.CONCIERGE and hold.transaction_id is None,
        fee_owed=(booking.cancellation_fee or 0) if owing else 0,
    )


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
