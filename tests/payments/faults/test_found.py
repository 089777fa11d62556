"""What the machine has found, each by itself."""

import pytest

from atlas.local.square.testing import SandboxControl
from atlas.tables import OutboxRow
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus
from bookings.tables import Booking
from payments import services as payments
from tests.bookings.stage import ON_THE_ROAD, assigned, make_cast
from tests.payments.faults.world import wipe


@pytest.mark.slow
def test_a_completed_ride_whose_hold_is_gone_is_not_tried_for_ever(sandbox: SandboxControl) -> None:
    wipe()
    cast = make_cast()
    booking = assigned(cast)
    payments.void(transaction_id=booking.transaction_id)
    for status in ON_THE_ROAD:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    stored = Booking.fetch(booking.id)
    assert (stored.status, stored.payment_status) == (BookingStatus.COMPLETED, PaymentStatus.PENDING)
    assert [row.event for row in OutboxRow.scan()] == []
