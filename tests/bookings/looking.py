"""What a test looks at: the stored state, the story, the indexes, the money at Square, the code of a refusal."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError
from atlas.local.square.testing import SandboxControl
from atlas.shards import all_shards
from bookings.rules.types import QuoteStatus
from bookings.tables import Booking, BookingHistory, Quote
from fleet.services import commitments_of


@contextmanager
def refused(code: str) -> Iterator[dict[str, Any]]:
    """The block must raise an expected failure with this code; its details are given once it has."""
    details: dict[str, Any] = {}
    with pytest.raises(AtlasError) as error:
        yield details
    assert error.value.code == code, error.value
    details.update(error.value.details)


@contextmanager
def faulty(*fields: str) -> Iterator[None]:
    """The block must be refused for exactly these fields."""
    with pytest.raises(AtlasError) as error:
        yield
    assert set(error.value.fields) == set(fields), error.value.fields


def later(**time: float) -> Any:
    """`with later(minutes=31):` for the clock of Atlas; Square has its own."""
    return time_machine.travel(utc_now() + timedelta(**time), tick=True)


def now(booking: Booking) -> Booking:
    return Booking.fetch(booking.id)


def story(booking: Booking) -> list[tuple[str, str, str, str]]:
    """(action, from, to, actor) of each history row, in order."""
    rows = BookingHistory.query(booking.id, consistent_read=True)
    return [(str(row.action), str(row.from_status), str(row.to_status), str(row.actor)) for row in rows]


def open_ids() -> set[str]:
    return {each.id for shard in all_shards() for each in Booking.open_index.query(shard)}


def due_ids() -> set[str]:
    return {each.id for shard in all_shards() for each in Booking.due_index.query(shard)}


def quote_states(booking: Booking) -> dict[str, tuple[QuoteStatus, str | None]]:
    """Status and decline reason by quote id."""
    return {
        quote.id: (quote.status, quote.decline_reason and str(quote.decline_reason))
        for quote in Quote.booking_index.query(booking.id)
    }


def promised(*, driver_id: str | None = None, vehicle_id: str | None = None) -> set[str]:
    """Ids of the bookings in a calendar."""
    return {each.booking_id for each in commitments_of(driver_id=driver_id, vehicle_id=vehicle_id)}


def at_square(sandbox: SandboxControl, booking: Booking) -> list[tuple[str, int]]:
    """(status, cents) of each payment of the booking there, oldest first."""
    return [(each["status"], each["total_money"]["amount"]) for each in sandbox.payments(reference_id=booking.id)]
