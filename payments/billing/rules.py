"""When what is on account is due, what state an invoice is in, and when somebody is reminded of it. No I/O."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from payments.rules.types import PaymentMethod, TransactionStatus

ON_ACCOUNT = frozenset({PaymentMethod.INVOICE, PaymentMethod.WIRE})
"""Paid after the ride, by who has been given credit for it."""
LONGEST_TERMS = 90
"""Days."""
LARGEST_CREDIT = 100_000_000
"""Cents: a slip of the finger in a form must not lend a million."""
REMINDERS = (1, 7, 14, 30)
"""Days after the due date on which the payer is reminded; what is open after the last one is for finance."""
LOOK_EVERY = timedelta(hours=24)
"""How often Square is asked about an open invoice whose webhook may have been lost."""
MORNING = time(8)
"""Reminders are of the morning, by the clock of UTC."""


class BillingStatus(StrEnum):
    """REQUESTED by the concierge; the rest is decided by staff."""

    REQUESTED = "REQUESTED"
    APPROVED = "APPROVED"
    DECLINED = "DECLINED"
    SUSPENDED = "SUSPENDED"


class InvoiceState(StrEnum):
    OPEN = "OPEN"
    OVERDUE = "OVERDUE"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    REFUNDED = "REFUNDED"


class WireState(StrEnum):
    """RECORDED waits for a second person."""

    RECORDED = "RECORDED"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"


class WireWay(StrEnum):
    IN = "IN"
    """Paid by the customer."""
    OUT = "OUT"
    """Given back."""


def due_on(issued_at: datetime, terms_days: int) -> date:
    """The last day on which it is paid in time."""
    return issued_at.date() + timedelta(days=terms_days)


def invoice_state(status: TransactionStatus, due: date, today: date) -> InvoiceState:
    match status:
        case TransactionStatus.CAPTURED:
            return InvoiceState.PAID
        case TransactionStatus.REFUNDED:
            return InvoiceState.REFUNDED
        case TransactionStatus.PENDING:
            return InvoiceState.OVERDUE if today > due else InvoiceState.OPEN
        case _:
            return InvoiceState.CANCELLED


def reminders_due(due: date, today: date) -> int:
    """How many reminders should have gone out by today."""
    return sum(1 for days in REMINDERS if today >= due + timedelta(days=days))


def next_look(due: date, now: datetime) -> datetime:
    """When an open invoice is looked at again: tomorrow, and on the mornings of its reminders."""
    mornings = (datetime.combine(due + timedelta(days=days), MORNING, UTC) for days in REMINDERS)
    return min([now + LOOK_EVERY, *(each for each in mornings if each > now)])
