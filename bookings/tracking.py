"""Where the car of a booking is: last position, route, progress, ETA. The same for REST, sockets and the simulator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.core.cache import cache
from redis.exceptions import RedisError

from accounts.users import CurrentUser
from atlas.api.fields import Instant
from atlas.errors import Conflict, NotFound
from atlas.geo.routing import route
from atlas.live.last_position import get_position
from bookings.looking import saw_location
from bookings.permissions import party
from bookings.rules.lifecycle import LIVE, ON_BOARD, BookingStatus
from bookings.rules.tracking import Leg, Point, Progress
from bookings.rules.tracking import track as progress_along
from bookings.tables import Booking
from bookings.topics import driver_topic
from fleet.tables import Driver

APPROACH_LIFE = 24 * 3600
"""Seconds that the way to the pick-up is remembered."""


@dataclass(frozen=True, slots=True)
class Track:
    """`route` holds [longitude, latitude] pairs; `location` is the driver's last one."""

    booking_id: str
    status: BookingStatus
    location: dict[str, Any] | None
    leg: Leg | None
    progress: float | None
    remaining_km: float | None
    eta_seconds: int | None
    route: list[list[float]]


def track(*, user: CurrentUser, booking_id: str) -> Track:
    """For the booking's parties, from the driver's departure to the arrival; `Conflict` `not_live` otherwise."""
    booking = Booking.find(booking_id)
    if booking is None:
        raise NotFound
    party(user, booking)
    if booking.status not in LIVE:
        raise Conflict(
            "A ride can be watched while it takes place.", code="not_live", details={"status": booking.status}
        )
    saw_location(user, booking.driver_id)
    return tracked(booking, last_location(str(booking.driver_id)))


def tracked(booking: Booking, location: dict[str, Any] | None) -> Track:
    """The booking as it is being driven; what its places do not allow to say is None."""
    way = way_of(booking)
    found = progress_of(booking, location, way)
    return Track(
        booking_id=booking.id,
        status=booking.status,
        location=location,
        leg=found.leg if found else None,
        progress=round(found.progress, 4) if found else None,
        remaining_km=round(found.remaining_m / 1000, 2) if found else None,
        eta_seconds=found.eta_s if found else None,
        route=[[lng, lat] for lat, lng in way],
    )


def progress_of(booking: Booking, location: dict[str, Any] | None, way: Sequence[Point]) -> Progress | None:
    """Along the way to the pick-up, then along the ride; None when it leads to no known place (by the hour)."""
    nowhere = booking.details.dropoff is None and booking.status in ON_BOARD
    if location is None or not way or nowhere:
        return None
    position = (location["lat"], location["lng"])
    return progress_along(
        status=booking.status,
        approach=_approach(booking, position),
        route=way,
        position=position,
        speed_kmh=location["speed"],
    )


def way_of(booking: Booking) -> Sequence[Point]:
    """The road from pick-up to drop-off as (lat, lng); only the pick-up where the drop-off is not known."""
    details = booking.details
    if details.pickup is None:
        return []
    start = (details.pickup.lat, details.pickup.lng)
    if details.dropoff is None:
        return [start]
    return route(start, (details.dropoff.lat, details.dropoff.lng)).points


def last_location(driver_id: str) -> dict[str, Any] | None:
    """From Redis, or as DynamoDB keeps it."""
    found = get_position(driver_topic(driver_id))
    if found is not None:
        return found
    driver = Driver.find(driver_id)
    return stored_location(driver) if driver else None


def stored_location(driver: Driver) -> dict[str, Any] | None:
    kept = driver.current_location
    if kept is None:
        return None
    return {
        "lat": kept.lat,
        "lng": kept.lng,
        "heading": kept.heading,
        "speed": kept.speed,
        "timestamp": Instant().to_representation(kept.timestamp),
    }


def _approach(booking: Booking, position: Point) -> Sequence[Point]:
    """The road to the pick-up from where the driver set out, remembered from their first position."""
    if booking.status is not BookingStatus.DRIVER_EN_ROUTE:
        return [position]
    pickup = (booking.details.pickup.lat, booking.details.pickup.lng)
    key = f"approach:{booking.id}:{booking.driver_id}"

    def way() -> Sequence[Point]:
        return route(position, pickup).points

    try:
        return cast(Sequence[Point], cache.get_or_set(key, way, APPROACH_LIFE))
    except RedisError:  # then progress is counted from here, and the ETA is right all the same
        return way()
