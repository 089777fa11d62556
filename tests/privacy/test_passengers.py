"""A passenger has no account; what a ride knows of them is forgotten by staff, when it is over."""

import pytest

from accounts.access_log.tables import AccessEntry
from accounts.privacy.marks import FORGOTTEN
from accounts.rules.roles import Role, StaffRole
from atlas.errors import Conflict, Forbidden, Invalid
from bookings.rules.lifecycle import BookingStatus
from bookings.services.forgetting import NOWHERE, forget_passenger
from bookings.tables import Booking, BookingHistory, Quote
from tests.bookings.stage import Cast, assigned, driven
from tests.factories import UserFactory
from tests.privacy.conftest import Traces

WHY = "Wrote to us on 1 May."


def test_a_passenger_is_forgotten(traces: Traces) -> None:
    for booking in (traces.done, traces.cancelled):
        kept = Booking.fetch(booking.id)
        forget_passenger(user=traces.cast.admin, booking_id=booking.id, reason=WHY)
        left = Booking.fetch(booking.id)
        text = str(left.serialize())
        assert not any(secret in text for secret in ("Ms. Abdi", "BA117", "Allergic", "Grand Hotel"))
        assert left.details.pickup_location == NOWHERE
        assert left.details.pickup is None
        assert (left.status, left.final_price, left.reference) == (kept.status, kept.final_price, kept.reference)
        assert {row.note for row in BookingHistory.query(booking.id)} <= {None, FORGOTTEN}
        assert {quote.notes for quote in Quote.booking_index.query(booking.id)} <= {""}
        told = [entry for entry in AccessEntry.query(f"bookings:{booking.id}") if entry.actor_id]
        assert "Ms. Abdi" not in str([entry.personal for entry in told])
    again = Booking.fetch(traces.done.id).version
    forget_passenger(user=traces.cast.admin, booking_id=traces.done.id, reason=WHY)
    assert Booking.fetch(traces.done.id).version == again


def test_not_while_they_are_to_be_met(cast: Cast, sandbox: object) -> None:
    for booking in (assigned(cast), driven(cast, BookingStatus.DRIVER_EN_ROUTE, hours_ahead=100)):
        with pytest.raises(Conflict) as refused:
            forget_passenger(user=cast.admin, booking_id=booking.id, reason=WHY)
        assert refused.value.code == "wrong_state"
        assert Booking.fetch(booking.id).details.passenger_name == "Ms. Abdi"


def test_who_may(traces: Traces) -> None:
    finance = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    for user in (finance, traces.person, traces.cast.owner):
        with pytest.raises(Forbidden):
            forget_passenger(user=user, booking_id=traces.done.id, reason=WHY)
    with pytest.raises(Invalid):
        forget_passenger(user=traces.cast.admin, booking_id=traces.done.id, reason=" ")
