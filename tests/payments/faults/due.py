"""What waits for time or for a job: read from the tables themselves, past every index."""

from collections.abc import Callable, Iterator
from datetime import datetime

from atlas.dynamo.attributes import utc_now
from atlas.tables import OutboxRow
from bookings.tables import Booking
from payments import operations
from payments.cards.tables import SavedCard
from payments.tables import PaymentTransaction


def next_due(job: str) -> datetime | None:
    """When one of the periodic jobs (`machine.JOBS`) has something to do next."""
    tables: dict[str, Callable[[], Iterator[datetime | None]]] = {
        "expire": lambda: (each.due_at for each in Booking.scan()),
        "settle": lambda: (each.due_at for each in PaymentTransaction.scan()),
        "cards": lambda: (each.due_at for each in SavedCard.scan()),
    }
    return min((at for at in tables[job]() if at is not None), default=None)


def planned() -> datetime | None:
    """When something is asked again that nothing but time stands before."""
    rows = [row.due_at for row in PaymentTransaction.scan() if row.due_at and operations.pending(row)]
    return min(rows, default=None)


def waiting() -> list[str]:
    """Everything that still wants something to be done. An open invoice waits for its payer, a ride for its day."""
    now = utc_now()
    rows = [f"{row.event} {row.payload}: {row.last_error}" for row in OutboxRow.scan()]
    paid = [f"{row} {row.status} {row.operations}" for row in PaymentTransaction.scan() if _is_under_way(row, now)]
    rides = [f"{each} {each.status} {each.due_at}" for each in Booking.scan() if _is_waited_for(each, now)]
    cards = [f"{card} {card.status}" for card in SavedCard.scan() if card.due_at]
    return rows + paid + rides + cards


def _is_under_way(row: PaymentTransaction, now: datetime) -> bool:
    return bool(row.due_at and (operations.pending(row) or row.due_at <= now))


def _is_waited_for(booking: Booking, now: datetime) -> bool:
    trying = booking.hold is not None and booking.hold.transaction_id is not None
    return bool(booking.acceptance or booking.charging or trying or (booking.due_at and booking.due_at <= now))
