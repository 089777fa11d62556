"""What the books ask bookings: whose a payment is, when it is posted after the sale, and what people call a booking."""

from collections.abc import Mapping, Sequence

from atlas import cached
from atlas.dynamo.many import get_many
from bookings.selling import sold, split
from bookings.tables import ArchivedBooking, Booking
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


def names_of(references: Sequence[str]) -> Mapping[str, str]:
    """The bookings' own references (`ATL-7K3M9Q`) by their ids, of those that are still kept, in the archive too."""
    names = {id: booking.reference for id, booking in cached.shown(Booking, references).items()}
    gone = [id for id in dict.fromkeys(references) if id not in names]
    archived = get_many(*((ArchivedBooking, id) for id in gone)) if gone else []
    return names | {row.id: row.reference for row in archived if row is not None}
