"""What a ride costs beyond the agreed price, and whether it may be charged without asking. `now` is never looked at.

Amounts are integer cents. Time is billed by the started quarter of an hour, at the operator's hourly rate.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from bookings.rules.cancellation import POLICY, CancellationPolicy, waiting_ends_at
from bookings.rules.pricing import Line, cents
from bookings.rules.types import BookingType

QUARTER = timedelta(minutes=15)


class Charging(StrEnum):
    """What may be done about extras that come to some amount."""

    NOTHING = "nothing"
    CHARGE = "charge"
    """Within what the customer agreed to before."""
    ASK = "ask"


def waiting_line(
    *,
    type: BookingType,
    pickup_at: datetime,
    arrived_at: datetime,
    boarded_at: datetime,
    hourly_rate: int,
    policy: CancellationPolicy = POLICY,
) -> Line | None:
    """Waiting beyond the free minutes; None where there was none, or the ride is paid by the hour anyway."""
    if not type.is_transfer:
        return None
    free = waiting_ends_at(type=type, pickup_at=pickup_at, arrived_at=arrived_at, policy=policy)
    return _time_line("waiting", "Waiting, hours", boarded_at - free, hourly_rate)


def extra_hours_line(
    *, begins_at: datetime, completed_at: datetime, booked_hours: Decimal, hourly_rate: int
) -> Line | None:
    """Of an HOURLY ride of one day: the time after the hours that were bought, None within them."""
    bought = timedelta(seconds=int(booked_hours * 3600))
    return _time_line("hours", "Extra hours", completed_at - begins_at - bought, hourly_rate)


def charging(*, total: int, limit: int, charged: Sequence[int] = ()) -> Charging:
    """Extras of `total` cents, tax and fee included; `limit` was agreed to, `charged` was taken of it before."""
    if total <= 0:
        return Charging.NOTHING
    return Charging.CHARGE if total + sum(charged) <= limit else Charging.ASK


def _time_line(code: str, label: str, over: timedelta, hourly_rate: int) -> Line | None:
    quarters = -(-over // QUARTER)
    if quarters <= 0:
        return None
    hours = Decimal(quarters) / 4
    return Line(code, label, hours, hourly_rate, cents(hours * hourly_rate))
