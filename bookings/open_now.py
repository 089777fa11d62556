"""What a party of a booking may do with it now: the lifecycle's table, less what this booking has no occasion for."""

from atlas.dynamo.attributes import utc_now
from bookings.rules.final_price import PriceState, may_state, may_tip
from bookings.rules.lifecycle import Action, Actor, open_actions
from bookings.tables import Booking


def actions_of(booking: Booking, part: Actor) -> tuple[Action, ...]:
    """In the order of the lifecycle."""
    return tuple(action for action in open_actions(booking.status, part) if _has_occasion(booking, action))


def _has_occasion(booking: Booking, action: Action) -> bool:
    state = booking.final.state if booking.final is not None else None
    match action:
        case Action.ANNOUNCE_PRICE:
            return booking.price_announced_at is None
        case Action.STATE_PRICE:
            charged = booking.charging is not None
            return not charged and may_state(completed_at=booking.completed_at, state=state, now=utc_now())
        case Action.APPROVE_EXTRAS | Action.REFUSE_EXTRAS:
            return state is PriceState.ASKED and booking.charging is None
        case Action.TIP:
            tipped = booking.tip is not None or booking.charging is not None
            return may_tip(completed_at=booking.completed_at, tipped=tipped, now=utc_now())
        case _:
            return True
