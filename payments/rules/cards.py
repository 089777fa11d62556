"""The life of a card that is kept, and how long it is good. No I/O."""

from datetime import datetime, timedelta
from enum import StrEnum


class CardStatus(StrEnum):
    """PENDING until Square's answer; REFUSED and REMOVED are for good."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    REFUSED = "REFUSED"
    REMOVED = "REMOVED"


SOMEWHERE = timedelta(hours=12)
"""A month ends last so much later than in UTC."""


def has_expired(*, exp_month: int, exp_year: int, at: datetime) -> bool:
    """Whether the month that is printed on the card is over everywhere. `exp_month` is 1 to 12, `at` aware."""
    months = exp_year * 12 + exp_month
    after = at.replace(year=months // 12, month=months % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)
    return at - SOMEWHERE >= after
