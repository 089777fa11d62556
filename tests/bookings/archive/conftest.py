"""Rides that are over, an object store for them to go to, and a clock that jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine

from atlas.dynamo.attributes import utc_now
from bookings import services
from bookings.archive.walking import Walk
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.retention import years_after
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from tests.bookings.stage import Cast, driven, make_cast, quoted, requested

WISHES = {
    "passenger_name": "Ms. Ottoline Quarrington",
    "flight_number": "BA117",
    "preferences": {"special_instructions": "Allergic to quinces"},
}


@pytest.fixture(autouse=True)
def with_stores(objects: object, sandbox: object) -> None:
    """Files have a place, and money too."""


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@dataclass(frozen=True)
class Ride:
    """A ride that was driven and paid, and its day of pick-up."""

    id: str
    reference: str
    day: date
    booking: Booking


_hours = iter(range(100, 100_000, 48))


def make_ride(cast: Cast, **changes: Any) -> Ride:
    """Each on a day of its own, years ahead of what other tests have, so that each test walks its own days."""
    with time_machine.travel(utc_now() + timedelta(hours=next(_hours)), tick=True):
        return as_ride(driven(cast, BookingStatus.COMPLETED, **{**WISHES, **changes}))


def make_cancelled(cast: Cast) -> Ride:
    """Called off, with an offer that nobody took."""
    booking = requested(cast, hours_ahead=next(_hours), **WISHES)
    quoted(cast, booking, notes="For Ms. Quarrington")
    services.cancel(
        user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Quarrington is ill"
    )
    return as_ride(Booking.fetch(booking.id))


def as_ride(booking: Booking) -> Ride:
    return Ride(booking.id, booking.reference, date.fromisoformat(booking.pickup_day), booking)


@contextmanager
def years_later(day: date, years: int, *, days: int = 0) -> Iterator[datetime]:
    """The noon of so many years (and days) after `day`."""
    at = datetime.combine(years_after(day, years), datetime.min.time(), UTC) + timedelta(hours=12, days=days)
    with time_machine.travel(at, tick=True):
        yield at


def walk(day: date, **options: Any) -> Any:
    """The nightly walk over one day of pick-ups; its counts."""
    return Walk(day, day, **options).go(saw=lambda _, __: None, tell=lambda: None)
