"""What a cancellation costs, and when a client counts as not having come."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from bookings.rules.lifecycle import EXPIRABLE, UPCOMING, Actor, BookingStatus
from bookings.rules.pricing import cents
from bookings.rules.types import BookingType, CancellationCode

_ON_THE_WAY = BookingStatus.DRIVER_EN_ROUTE


@dataclass(frozen=True, slots=True)
class CancellationPolicy:
    """Times before the pick-up, shares of the agreed price. The values are those of `docs/pricing.md`."""

    free_before_transfer: timedelta = timedelta(hours=1)
    free_before_long_ride: timedelta = timedelta(hours=24)
    """HOURLY, or a transfer longer than `long_ride_km`: somebody's whole day was kept free for it."""
    long_ride_km: Decimal = Decimal(200)
    late_share: Decimal = Decimal("0.5")
    arrived_share: Decimal = Decimal(1)
    """Once the driver has arrived, and for a no-show."""
    free_waiting: timedelta = timedelta(minutes=15)
    free_waiting_airport: timedelta = timedelta(minutes=60)


POLICY = CancellationPolicy()


def free_until(
    *,
    type: BookingType,
    distance_km: Decimal | None,
    pickup_at: datetime,
    policy: CancellationPolicy = POLICY,
) -> datetime:
    """The last instant at which the concierge cancels for nothing."""
    is_long = not type.is_transfer or (distance_km is not None and distance_km > policy.long_ride_km)
    return pickup_at - (policy.free_before_long_ride if is_long else policy.free_before_transfer)


def fee(
    *,
    type: BookingType,
    distance_km: Decimal | None,
    price: int,
    status: BookingStatus,
    actor: Actor,
    code: CancellationCode,
    pickup_at: datetime,
    now: datetime,
    policy: CancellationPolicy = POLICY,
) -> int:
    """Cents kept of the agreed `price` (0 to `price`), when `actor` cancels a booking in `status`.

    Whoever is to blame bears it: an operator or admin who cancels costs the client nothing, unless the
    client did not come. That this code may be given now is for `no_show_allowed` to say.
    """
    if status in EXPIRABLE:
        return 0
    if code is CancellationCode.NO_SHOW:
        return cents(price * policy.arrived_share)
    if actor is not Actor.CONCIERGE:
        return 0
    if status not in UPCOMING and status is not _ON_THE_WAY:
        return cents(price * policy.arrived_share)
    if now <= free_until(type=type, distance_km=distance_km, pickup_at=pickup_at, policy=policy):
        return 0
    return cents(price * policy.late_share)


def waiting_ends_at(
    *,
    type: BookingType,
    pickup_at: datetime,
    arrived_at: datetime,
    policy: CancellationPolicy = POLICY,
) -> datetime:
    """The end of the free waiting time, which starts at the pick-up time, or when the driver comes later."""
    waiting = policy.free_waiting_airport if type is BookingType.AIRPORT else policy.free_waiting
    return max(pickup_at, arrived_at) + waiting


def no_show_allowed(
    *,
    type: BookingType,
    status: BookingStatus,
    actor: Actor,
    pickup_at: datetime,
    arrived_at: datetime | None,
    now: datetime,
    policy: CancellationPolicy = POLICY,
) -> bool:
    """Only the operator or an admin says so, of a driver who stands there, after the free waiting time."""
    if status is not BookingStatus.ARRIVED or arrived_at is None:
        return False
    if actor not in (Actor.OPERATOR, Actor.ADMIN):
        return False
    return now >= waiting_ends_at(type=type, pickup_at=pickup_at, arrived_at=arrived_at, policy=policy)
