"""When a card on file is asked for its hold, when again after a no, and when nobody asks any more. No I/O.

A hold at Square lives for seven days. So a ride further out keeps a card, and the hold is taken as early as it still
lasts to the end of the ride: a no then leaves days to mend it. What the bank says decides: no money today may be money
tomorrow, an expired card stays expired, and card schemes fine those who go on asking.

                 authorize_at        (again, by the code)        last_try_at   give_up_at   pick-up
    ───────────────┼──────────────────────┼───────────────────────────┼─────────────┼───────────┼──▶
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

HOLD = timedelta(days=7)
"""How long Square keeps money reserved on a card that was not present."""
MARGIN = timedelta(hours=12)
"""Between the end of a ride and the end of its hold: the ride runs late, and somebody has to capture."""
LATEST = timedelta(hours=24)
"""Before the pick-up there is a hold, even for a ride that no single hold outlasts."""
LAST_TRY = timedelta(hours=4)
GIVE_UP = timedelta(hours=2)
"""Before the pick-up. Without a hold by then the ride is not driven: the driver has not set out yet."""

_DAY = timedelta(days=1)
_BY_BANK = (_DAY, 2 * _DAY)
_UNREACHED = (timedelta(hours=1), timedelta(hours=6), _DAY)
PAUSES: Mapping[str, Sequence[timedelta]] = MappingProxyType(
    {
        "INSUFFICIENT_FUNDS": _BY_BANK,
        "GENERIC_DECLINE": _BY_BANK,
        "CARD_DECLINED": _BY_BANK,
        "CARD_DECLINED_CALL_ISSUER": _BY_BANK,
        "TRANSACTION_LIMIT": _BY_BANK,
        "PAYMENT_LIMIT_EXCEEDED": _BY_BANK,
        "TEMPORARY_ERROR": _UNREACHED,
        "RATE_LIMITED": _UNREACHED,
        "SERVICE_UNAVAILABLE": _UNREACHED,
        "ABANDONED": _UNREACHED,
    }
)
"""By Square's code, how long to wait after the first no, the second, and so on; the last one is repeated.

A code that is not here says that this card will not pay, or not without its holder: another one is asked for at once.
"""


class Remedy(StrEnum):
    """What helps after a no."""

    WAIT = "wait"
    """The same card is asked again by itself; another one may be given before."""
    ANOTHER_CARD = "another_card"


def authorize_at(*, pickup_at: datetime, ends_at: datetime) -> datetime:
    """When the hold is taken: from then on it outlasts the ride; of a ride too long for one hold, a day before."""
    return min(ends_at + MARGIN - HOLD, pickup_at - LATEST)


def keeps_card(*, pickup_at: datetime, ends_at: datetime, now: datetime) -> bool:
    """Whether the ride lies too far ahead to be held for now."""
    return now < authorize_at(pickup_at=pickup_at, ends_at=ends_at)


def renew_at(*, lapses_at: datetime, ends_at: datetime) -> datetime | None:
    """When a hold must be followed by another one; None when it outlasts the ride."""
    return None if lapses_at >= ends_at + MARGIN else lapses_at - MARGIN


def remedy(code: str) -> Remedy:
    """What the bank's code asks for."""
    return Remedy.WAIT if code in PAUSES else Remedy.ANOTHER_CARD


def last_try_at(pickup_at: datetime) -> datetime:
    return pickup_at - LAST_TRY


def give_up_at(pickup_at: datetime) -> datetime:
    """Until then another card may be given; after it the ride is called off."""
    return pickup_at - GIVE_UP


def next_try_at(*, code: str, refusals: int, tried_at: datetime, pickup_at: datetime) -> datetime | None:
    """When the same card is asked again, after its `refusals`-th no in a row (1 for the first); None for not at all.

    However long the pause would be, there is one last try, `LAST_TRY` before the pick-up, and none after it.
    """
    last = last_try_at(pickup_at)
    if remedy(code) is Remedy.ANOTHER_CARD or tried_at >= last:
        return None
    pauses = PAUSES[code]
    return min(tried_at + pauses[min(refusals, len(pauses)) - 1], last)
