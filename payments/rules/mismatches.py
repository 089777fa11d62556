"""What Square did beside what it was asked for. Never taken over silently (docs/payments.md). No I/O."""

from collections.abc import Set
from datetime import timedelta
from typing import Final

AMOUNT: Final = "AMOUNT_MISMATCH"
CURRENCY: Final = "CURRENCY_MISMATCH"
HELD: Final = timedelta(days=1)
"""How long a refund that differs is left to finance before Square is asked once more."""


def differs(*, amount: int, currency: str, asked: Set[int], asked_currency: str) -> str | None:
    """The code of what differs, None when nothing does. `amount` and `asked` in cents of their currencies."""
    if currency and currency != asked_currency:
        return CURRENCY
    return AMOUNT if amount not in asked else None
