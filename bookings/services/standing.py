"""Where a booking stands with its money, from all of its payments. In memory; `follow_payment` saves it."""

from collections.abc import Sequence

from bookings.rules.final_price import PriceState
from bookings.rules.types import TAKEN, PaymentStatus, payment_status
from bookings.tables import Booking, Charge
from payments.rules.types import PaymentPurpose
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction


def stand(booking: Booking, ride: PaymentTransaction, others: Sequence[PaymentTransaction]) -> bool:
    """Whether something is news. `others` are the payments of `booking.charges`, in their order.

    The ride's payment alone makes it CAPTURED; it is REFUNDED once the extras are given back, too. A tip is the
    driver's, and no part of that.
    """
    before = (booking.payment_status, booking.paid, booking.refunded, _seen(booking.charges))
    booking.charges = [_charge(charge, row) for charge, row in zip(booking.charges, others, strict=True)]
    _drop_what_lapsed(booking, others)
    booking.payment_status = _status(ride, booking.charges)
    rows = [ride, *others]
    booking.paid = sum(row.amount for row in rows if payment_status(row.status) in TAKEN)
    booking.refunded = sum(row.refunded for row in rows)
    return before != (booking.payment_status, booking.paid, booking.refunded, _seen(booking.charges))


def _status(ride: PaymentTransaction, charges: Sequence[Charge]) -> PaymentStatus:
    stands = payment_status(ride.status)
    kept = any(each.purpose is PaymentPurpose.EXTRA and each.status is PaymentStatus.CAPTURED for each in charges)
    return PaymentStatus.CAPTURED if stands is PaymentStatus.REFUNDED and kept else stands


def _charge(charge: Charge, row: PaymentTransaction) -> Charge:
    return Charge(
        transaction_id=charge.transaction_id,
        purpose=charge.purpose,
        amount=row.amount,
        refunded=row.refunded,
        status=payment_status(row.status),
    )


def _drop_what_lapsed(booking: Booking, others: Sequence[PaymentTransaction]) -> None:
    """A hold that was lost before it could be taken is no charge: extras are asked for anew."""
    lost = {row.id: row for row in others if row.status in CLOSED}
    if not lost:
        return
    booking.charges = [each for each in booking.charges if each.transaction_id not in lost]
    extras = any(row.purpose is PaymentPurpose.EXTRA for row in lost.values())
    if extras and booking.final is not None and booking.final.state in (PriceState.CHARGED, PriceState.APPROVED):
        booking.final.state = PriceState.ASKED


def _seen(charges: Sequence[Charge]) -> list[tuple[object, ...]]:
    return [(each.transaction_id, each.amount, each.refunded, each.status) for each in charges]
