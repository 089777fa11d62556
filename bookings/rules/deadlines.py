"""When a booking must be looked at again, and what for. The due index is sorted by it; nothing is found by scanning."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bookings.rules.lifecycle import EXPIRABLE, UPCOMING, BookingStatus

MISSED_DEPARTURE = timedelta(minutes=60)
"""Before the pick-up: a driver who has not set out by then is an alert to the operator (facts, section 3)."""


class Task(StrEnum):
    SETTLE_ACCEPTANCE = "settle_acceptance"
    EXPIRE = "expire"
    ALERT_DEPARTURE = "alert_departure"


class Due(NamedTuple):
    at: datetime
    task: Task


def due(
    *,
    status: BookingStatus,
    deadline: datetime,
    pickup_at: datetime,
    acceptance_due_at: datetime | None,
    departure_alerted: bool,
) -> Due | None:
    """The next thing that time itself does to a booking; None when only people can move it.

    `acceptance_due_at` is when an accept that is under way should have been answered.
    """
    if acceptance_due_at is not None:
        return Due(acceptance_due_at, Task.SETTLE_ACCEPTANCE)
    if status in EXPIRABLE:
        return Due(deadline, Task.EXPIRE)
    if status in UPCOMING and not departure_alerted:
        return Due(pickup_at - MISSED_DEPARTURE, Task.ALERT_DEPARTURE)
    return None
