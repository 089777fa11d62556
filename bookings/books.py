"""Whose a payment is, for books that are written after the sale."""

from bookings.selling import sold, split
from bookings.tables import Booking
from fleet.tables import Operator
from payments.ledger.documents import Split
from payments.ledger.splits import in_proportion
from payments.rules.types import OperationKind
from payments.tables import PaymentTransaction


def split_of(row: PaymentTransaction) -> Split | None:
    """From what was sold; by today's rules where that was not kept. None when booking or company are gone.

    A payment of another amount than the price (extra hours) is shared as the ride is.
    """
    booking, operator = Booking.find(row.reference), Operator.find(row.payee_id)
    if booking is None or operator is None or not booking.final_price:
        return None
    found = split(booking, sold(booking, operator))
    asked = next((each.amount for each in row.operations if each.kind is OperationKind.AUTHORIZE), row.amount)
    return found if asked == found.total else in_proportion(found, asked)
