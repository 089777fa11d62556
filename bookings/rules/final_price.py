"""The price of a ride once it is driven: until when it may be stated, asked for and answered, and what a tip may be.

Pure; `now` is an argument, amounts are integer cents. What extras are worth is in `bookings.rules.extras`.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from payments.rules.retrying import HOLD, MARGIN


class PriceState(StrEnum):
    """How a stated price stands with who pays it."""

    SETTLED = "SETTLED"
    """Not above what was agreed: nothing is to be asked."""
    CHARGING = "CHARGING"
    """Within the consent given before: the card on file is being asked."""
    CHARGED = "CHARGED"
    """Within that consent, and on the card."""
    ASKED = "ASKED"
    """The concierge has to approve it, and pays, or refuses."""
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"


STATE_WITHIN = timedelta(hours=24)
"""Of the end of the ride: until then its operator may state another price than was agreed."""
ANSWER_WITHIN = timedelta(days=7)
"""Extras that nobody has approved by then count as refused."""
TIP_WITHIN = timedelta(days=30)
LARGEST_TIP = 10_000
"""Cents that may always be given, however short the ride was; beyond it half of the ride's price."""
LARGEST_PRICE = 100_000_000


def capture_at(*, completed_at: datetime, held_at: datetime) -> datetime:
    """Until when an announced price is waited for: the hold must still stand then."""
    return min(completed_at + STATE_WITHIN, max(completed_at, held_at + HOLD - MARGIN))


def may_state(*, completed_at: datetime | None, state: PriceState | None, now: datetime) -> bool:
    """Once, and once more after the extras were refused."""
    if completed_at is None or now > completed_at + STATE_WITHIN:
        return False
    return state is None or state is PriceState.REFUSED


def may_tip(*, completed_at: datetime | None, tipped: bool, now: datetime) -> bool:
    """One tip for a ride."""
    return completed_at is not None and now <= completed_at + TIP_WITHIN and not tipped


def largest_tip(price: int) -> int:
    return max(LARGEST_TIP, price // 2)
