"""The numbers of receipts: one series per operator and year, counted from 1 without a gap.

`7K3M9Q-2026-000123` is the 123rd receipt that one operator gave in 2026. The first part stands for the operator
whatever the company is called later; years are those of UTC.
"""

from hashlib import sha256

from bookings.rules.lifecycle import BookingStatus
from bookings.rules.reference import ALPHABET
from bookings.rules.types import TAKEN, PaymentStatus

CODE_LENGTH = 6

_RECEIPTED = frozenset({BookingStatus.COMPLETED, BookingStatus.PAID, BookingStatus.CANCELLED})


def is_receipted(status: BookingStatus, payment: PaymentStatus) -> bool:
    """Whether a booking that stands so has a receipt with a number: it is over, and money was taken for it."""
    return status in _RECEIPTED and payment in TAKEN


def series_of(operator_id: str, year: int) -> str:
    return f"{operator_id}/{year}"


def receipt_number(operator_id: str, year: int, sequence: int) -> str:
    return f"{operator_code(operator_id)}-{year}-{sequence:06}"


def operator_code(operator_id: str) -> str:
    """Six signs of Crockford's base 32: one of 2**30, so that two companies of a platform hardly share one."""
    digest = sha256(operator_id.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:CODE_LENGTH])
