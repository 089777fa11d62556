"""The address of a receipt for an e-mail: whoever has it gets the PDF, as the person it was made for, for a month.

Not the file itself: it names people and places, which mail servers need not keep, and when the e-mail is sent the card
is about to be charged, so that the number comes after it.
"""

from datetime import timedelta

from django.conf import settings
from django.urls import reverse

from accounts.tables import User
from bookings.holders import holder, token_for
from bookings.receipts.reading import Receipt, receipt
from bookings.tables import Booking

SALT = "receipt"
LIFE = timedelta(days=30)


def address_of(booking: Booking, user: User) -> str:
    token = token_for(user, booking.id, salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse('bookings:receipt_by_link', args=[token])}"


def by_link(token: str) -> Receipt:
    """Raises `NotFound` once it has expired, or its user's password has changed; what `receipt` raises."""
    user, (booking_id,) = holder(token, salt=SALT, life=LIFE)
    return receipt(user=user, booking_id=booking_id)
