"""How much of a driver's and a vehicle's time a booking takes, as `fleet.rules.calendar` reserves it."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from bookings.rules.types import BookingType

CITY_KM = Decimal(20)
"""The part of a transfer that goes through streets; the rest is a road between towns."""
CITY_SPEED_KMH = Decimal(30)
ROAD_SPEED_KMH = Decimal(80)
BUFFERS = {
    BookingType.P2P: timedelta(minutes=30),
    BookingType.HOURLY: timedelta(minutes=30),
    BookingType.AIRPORT: timedelta(minutes=60),
}
"""After every window: the client's free waiting time, traffic, the way to the next client."""

Window = tuple[datetime, datetime]


def transfer_duration(distance_km: Decimal) -> timedelta:
    """The estimated time at the wheel, to the second."""
    streets = min(distance_km, CITY_KM)
    hours = streets / CITY_SPEED_KMH + (distance_km - streets) / ROAD_SPEED_KMH
    return timedelta(seconds=round(hours * 3600))


def service_windows(
    *,
    type: BookingType,
    pickup_at: datetime,
    timezone: ZoneInfo,
    distance_km: Decimal = Decimal(0),
    duration_hours: Decimal = Decimal(0),
    duration_days: int = 1,
    itinerary: Sequence[tuple[datetime, Decimal]] = (),
) -> list[Window]:
    """The UTC windows [start, end) of a booking, in order of time, none touching another.

    A transfer takes its driving time from the pick-up on. HOURLY takes its hours on each of its days, at
    the same time by the clock of `timezone`, or what the `itinerary` says: (UTC start, hours) of each day.
    Hours are those asked for; a minimum that is billed on top keeps nobody's time.
    """
    if type.is_transfer:
        spans = [(pickup_at, transfer_duration(distance_km))]
    elif itinerary:
        spans = [(start, _hours(hours)) for start, hours in itinerary]
    else:
        spans = [(start, _hours(duration_hours)) for start in _same_time_each_day(pickup_at, timezone, duration_days)]
    buffer = BUFFERS[type]
    return _merged([(start.astimezone(UTC), start.astimezone(UTC) + span + buffer) for start, span in spans])


def ride_ends_at(windows: Sequence[Window], *, type: BookingType) -> datetime:
    """When the ride itself is over: the end of the last window without its buffer."""
    return windows[-1][1] - BUFFERS[type]


def _hours(hours: Decimal) -> timedelta:
    return timedelta(seconds=round(hours * 3600))


def _same_time_each_day(first: datetime, zone: ZoneInfo, days: int) -> list[datetime]:
    """A time that the clock skips on one of the days is read as if it had not: an hour later by the new
    clock.
    """
    local = first.astimezone(zone)
    wall = time(local.hour, local.minute, local.second)
    later = (
        datetime.combine(local.date() + timedelta(days=day), wall, tzinfo=zone).astimezone(UTC)
        for day in range(1, days)
    )
    return [first, *later]


def _merged(windows: list[Window]) -> list[Window]:
    merged: list[Window] = []
    for start, end in sorted(windows):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
