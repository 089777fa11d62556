"""Papers get their numbers: a receipt in the transaction that makes the booking one of those that have a receipt."""

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction, retried, transact
from bookings.rules.receipt_number import Paper, is_receipted, receipt_number, series_of
from bookings.services import change
from bookings.tables import Booking
from bookings.tables.receipts import ReceiptNumber


def is_due(booking: Booking) -> bool:
    """Whether the booking, as it is in memory, should have a number and has none."""
    return booking.receipt_number is None and is_receipted(booking.status, booking.payment_status)


def give_number(tx: Transaction, booking: Booking) -> None:
    """The receipt's, on the booking, which the caller saves in `tx`."""
    booking.receipt_number = take_number(tx, Paper.RECEIPT, operator_id=str(booking.operator_id), booking_id=booking.id)
    booking.receipted_at = utc_now()


def take_number(tx: Transaction, paper: Paper, *, operator_id: str, booking_id: str) -> str:
    """Put the next number of the operator's year into `tx`, which writes the paper that bears it.

    Both or neither are written, so no number is lost; who comes second finds the row there, is `Lost`, and by
    `@retried` takes the next one.
    """
    year = utc_now().year
    series = series_of(operator_id, year, paper)
    newest = ReceiptNumber.query(series, consistent_read=True, scan_index_forward=False, limit=1)
    sequence = next((row.sequence for row in newest), 0) + 1
    number = receipt_number(operator_id, year, sequence, paper)
    tx.create(ReceiptNumber(series=series, sequence=sequence, number=number, booking_id=booking_id))
    return number


@retried
def catch_up(*, booking_id: str) -> Booking:
    """A booking that was paid before receipts had numbers gets its own when it is first asked for."""
    booking = Booking.fetch(booking_id)
    if is_due(booking):
        with transact() as tx:
            give_number(tx, booking)
            change.save(tx, booking)
    return booking
