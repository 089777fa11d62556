"""A driver's positions on their way: to the last-position store, to who watches, now and then to DynamoDB."""

import time
from datetime import datetime
from typing import Any

from django.conf import settings

import fleet.services
from atlas.api.fields import Instant
from atlas.live.authentication import in_thread
from atlas.live.changes import achanges
from atlas.live.last_position import aset_position
from atlas.live.publish import apublish
from bookings import tracking
from bookings.rules.lifecycle import LIVE
from bookings.tables import Booking
from bookings.topics import booking_topic, driver_topic, operator_topic
from fleet.tables import Driver

BOOKING_FRESH_SECONDS = 30.0
"""How old the reporter's view of the driver's booking may be, should a change of it not have been marked."""


class Reporter:
    """One driver's stream of positions. Holds the booking they are on, so that a position costs no read."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self._booking: Booking | None = None
        self._looked_at = float("-inf")
        self._seen: int | None = None
        """The changes of the driver's bookings that this view knows of."""
        self._written_at = float("-inf")

    async def report(self, *, lat: float, lng: float, heading: float, speed: float, at: datetime) -> bool:
        """Pass one position on. False for one that is older than what is known: it changes nothing."""
        location = {
            "lat": lat,
            "lng": lng,
            "heading": heading,
            "speed": speed,
            "timestamp": Instant().to_representation(at),
        }
        if not await aset_position(driver_topic(self.driver.id), location, at):
            return False
        booking = await self._current_booking()
        news: dict[str, Any] = {"type": "location", "driverId": self.driver.id, "location": location}
        if booking is not None:
            news |= {"bookingId": booking.id, **await _progress(booking, location)}
            await apublish(booking_topic(booking.id), news, kind="position")
        await apublish(operator_topic(self.driver.operator_id), news, kind="position", subject=self.driver.id)
        await self._keep(location, at)
        return True

    async def _current_booking(self) -> Booking | None:
        """As it is now: where a car is may be seen from the moment it sets out, and not a moment after the ride."""
        now, changes = time.monotonic(), await achanges(driver_topic(self.driver.id))
        if changes != self._seen or now - self._looked_at >= BOOKING_FRESH_SECONDS:
            self._booking = await in_thread(live_booking, self.driver.id)
            self._seen, self._looked_at = changes, now
        return self._booking

    async def _keep(self, location: dict[str, Any], at: datetime) -> None:
        """`Driver.currentLocation`, at most every `LOCATION_WRITE_SECONDS`."""
        now = time.monotonic()
        if now - self._written_at >= settings.LOCATION_WRITE_SECONDS:
            self._written_at = now
            await in_thread(
                fleet.services.save_location, driver_id=self.driver.id, location={**location, "timestamp": at}
            )


def live_booking(driver_id: str) -> Booking | None:
    """The booking that the driver is driving now."""
    driver = Driver.find(driver_id, consistent=True)
    if driver is None or driver.current_booking_id is None:
        return None
    booking = Booking.find(driver.current_booking_id, consistent=True)
    return booking if booking is not None and booking.status in LIVE else None


def progress_message(
    leg: str | None, progress: float | None, remaining_km: float | None, eta_seconds: int | None
) -> dict[str, Any]:
    return {"leg": leg, "progress": progress, "remainingKm": remaining_km, "etaSeconds": eta_seconds}


async def _progress(booking: Booking, location: dict[str, Any]) -> dict[str, Any]:
    found = await in_thread(tracking.tracked, booking, location)
    return progress_message(found.leg, found.progress, found.remaining_km, found.eta_seconds)
