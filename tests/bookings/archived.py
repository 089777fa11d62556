"""A booking in the archive, without a file: for what is asked of its index row alone."""

from bookings.tables import ArchivedBooking
from tests.bookings.stage import Cast, assigned


def archived(cast: Cast) -> ArchivedBooking:
    """As the archive's row of it says; its file is asked for nowhere before it is restored."""
    booking = assigned(cast)
    row = ArchivedBooking(
        **{name: getattr(booking, name) for name in SHARED},
        requested_at=booking.created_at,
        part="sample",
        object_key="archive/bookings/sample.jsonl.gz",
        offset=0,
        length=0,
    )
    row.save()
    return row


SHARED = (
    "id",
    "reference",
    "status",
    "type_",
    "payment_status",
    "concierge_id",
    "operator_id",
    "driver_id",
    "pickup_at",
    "pickup_day",
)
"""What a booking and its row in the archive have in common."""
