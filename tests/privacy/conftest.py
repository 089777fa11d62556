"""People who have left traces everywhere."""

from dataclasses import dataclass

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.registry import tables
from atlas.live.last_position import set_position
from atlas.objects.store import storage
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from tests.bookings.stage import Cast, driven, make_cast, quoted, requested
from tests.clients import access_token
from tests.factories import PASSWORD


@dataclass(frozen=True)
class Traces:
    """A concierge who asked for three rides: one is over, one was called off, one is still open."""

    cast: Cast
    person: User
    done: Booking
    cancelled: Booking
    open: Booking

    @property
    def rides(self) -> tuple[str, ...]:
        return self.done.id, self.cancelled.id, self.open.id


@pytest.fixture
def cast() -> Cast:
    return make_cast(PASSWORD)


@pytest.fixture
def traces(cast: Cast, sandbox: object) -> Traces:
    return leave_traces(cast)


def leave_traces(
    cast: Cast, *, passenger: str = "Ms. Abdi", notes: str = "Allergic to nuts", reason: str = ""
) -> Traces:
    person = cast.concierge
    wishes = {"special_instructions": notes, "beverages": ["Tea"]}
    named = {"passenger_name": passenger, "flight_number": "BA117", "preferences": wishes}
    done = driven(cast, BookingStatus.COMPLETED, **named)
    cancelled = requested(cast, hours_ahead=200, **named)
    quoted(cast, cancelled, notes=f"For {person.name}")
    services.cancel(
        user=person,
        booking_id=cancelled.id,
        code=CancellationCode.CLIENT_REQUEST,
        reason=reason or f"{person.name} is ill, call {person.phone}",
    )
    still_open = requested(cast, hours_ahead=300, **named)
    quoted(cast, still_open, notes=f"Dear {person.name}!")
    access_token(person)
    set_position(f"driver:{cast.driver.id}", {"lat": 40.7, "lng": -73.9}, utc_now())
    return Traces(cast, person, Booking.fetch(done.id), Booking.fetch(cancelled.id), Booking.fetch(still_open.id))


@pytest.fixture(autouse=True)
def own_store(store: None, objects: object) -> None:
    """What other tests of this process left is gone: a proof reads every row and every object that there is."""
    storage().bucket.objects.all().delete()
    for table in tables():
        with table.batch_write() as batch:
            for item in table.scan():
                batch.delete(item)
