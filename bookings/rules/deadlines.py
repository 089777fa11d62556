"""When a booking must be looked at again, and what for. The due index is sorted by it; nothing is found by scanning."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from bookings.rules.lifecycle import EXPIRABLE, SERVED, UPCOMING, BookingStatus

MISSED_DEPARTURE = timedelta(minutes=60)
"""Before the pick-up: a driver who has not set out by then is an alert to the operator (facts, section 3)."""


class Task(StrEnum):
    SETTLE_ACCEPTANCE = "settle_acceptance"
    EXPIRE = "expire"
    ALERT_DEPARTURE = "alert_departure"
    SETTLE_CHARGE = "settle_charge"
    TAKE_ANNOUNCED = "take_announced"
    CLOSE_EXTRAS = "close_extras"
    AUTHORIZE_CARD = "authorize_card"
    CALL_OFF_UNPAID = "call_off_unpaid"


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
    charge_due_at: datetime | None = None,
    capture_at: datetime | None = None,
    answer_until: datetime | None = None,
    ask_at: datetime | None = None,
    call_off_at: datetime | None = None,
) -> Due | None:
    """The next thing that time itself does to a booking; None when only people can move it.

    `acceptance_due_at` is when an accept that is under way should have been answered, `charge_due_at` a charge of
    extras or a tip; until `capture_at` another price is waited for, after `answer_until` extras count as refused.
    At `ask_at` the card on file is asked for its hold, at `call_off_at` a ride without one is called off.
    """
    if acceptance_due_at is not None:
        return Due(acceptance_due_at, Task.SETTLE_ACCEPTANCE)
    if status in EXPIRABLE:
        return Due(deadline, Task.EXPIRE)
    if charge_due_at is not None:
        return Due(charge_due_at, Task.SETTLE_CHARGE)
    coming = [
        (pickup_at - MISSED_DEPARTURE if status in UPCOMING and not departure_alerted else None, Task.ALERT_DEPARTURE),
        (capture_at if status in SERVED else None, Task.TAKE_ANNOUNCED),
        (answer_until if status in SERVED else None, Task.CLOSE_EXTRAS),
        (ask_at, Task.AUTHORIZE_CARD),
        (call_off_at, Task.CALL_OFF_UNPAID),
    ]
    return min((Due(at, task) for at, task in coming if at is not None), default=None)
