"""What a notice says of the money, by how the ride is paid: a card that is held, one that is kept, on account."""

from django.utils.translation import gettext as _

from bookings.tables import Booking
from payments.billing.rules import ON_ACCOUNT
from payments.tables import PaymentTransaction


def is_on_account(booking: Booking) -> bool:
    """One read, for a ride that is sold."""
    row = PaymentTransaction.find(booking.transaction_id) if booking.transaction_id else None
    return row is not None and row.method in ON_ACCOUNT


def confirmed(booking: Booking) -> str:
    if booking.transaction_id is None:
        return _("The operator is chosen. Your card is kept and charged nothing yet; we will tell you who drives.")
    if is_on_account(booking):
        return _("The operator is chosen. The invoice comes after the ride; we will tell you who drives.")
    return _("The operator is chosen and your card is authorised. We will tell you who drives once that is known.")


def cancelled(booking: Booking) -> str:
    fee = booking.cancellation_fee
    if booking.transaction_id and is_on_account(booking):
        return (
            _("The ride will not take place. You will be sent an invoice of the cancellation fee.")
            if fee
            else _("The ride will not take place. Nothing is owed for it.")
        )
    if booking.transaction_id:
        return _("The ride will not take place. What was held on your card beyond the fee is released.")
    if booking.hold is not None and fee:
        return _("The ride will not take place. The cancellation fee is charged to your card.")
    return _("The ride will not take place. Nothing was charged.")


def completed(booking: Booking) -> str:
    if is_on_account(booking):
        return _("Thank you for riding with us. The invoice is sent to the address of your account.")
    return _("Thank you for riding with us. Your receipt is ready.")
