"""The numbers of receipts, invoices and credit notes: one series each per operator and year, from 1 without a gap.

`7K3M9Q-2026-000123` is the 123rd receipt that one operator gave in 2026, `7K3M9Q-2026-I000123` its 123rd invoice. The
first part stands for the operator whatever the company is called later; years are those of UTC.
"""

from enum import StrEnum

from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import TAKEN, PaymentStatus
from fleet.rules.operator_code import operator_code


class Paper(StrEnum):
    """What has a series of its own; the letter that its numbers bear."""

    RECEIPT = ""
    INVOICE = "I"
    CREDIT_NOTE = "C"


_RECEIPTED = frozenset({BookingStatus.COMPLETED, BookingStatus.PAID, BookingStatus.CANCELLED})


def is_receipted(status: BookingStatus, payment: PaymentStatus) -> bool:
    """Whether a booking that stands so has a receipt with a number: it is over, and money was taken for it."""
    return status in _RECEIPTED and payment in TAKEN


def series_of(operator_id: str, year: int, paper: Paper = Paper.RECEIPT) -> str:
    return "/".join(filter(None, (operator_id, str(year), str(paper))))


def receipt_number(operator_id: str, year: int, sequence: int, paper: Paper = Paper.RECEIPT) -> str:
    return f"{operator_code(operator_id)}-{year}-{paper}{sequence:06}"
