"""Consent to extras: the words that are agreed to when a quote is taken, and the proof that is kept of it.

Without it nothing is charged beyond the agreed price but what the concierge approves after the ride. The words are
versioned: whoever changes them gives them another version.
"""

from django.utils.translation import gettext_lazy as _

from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid
from bookings.tables import ExtrasConsent

VERSION = "2026-11"
TEXT = _(
    "Waiting beyond the free time and extra hours may be charged to the same card after the ride without asking me"
    " again, up to this amount, taxes and fees included."
)


def agreed(*, user: CurrentUser, limit: int, price: int) -> ExtrasConsent | None:
    """The proof of a consent to `limit` cents; None for 0, which is none. Raises `Invalid` for more than the price."""
    if not 0 <= limit <= price:
        raise Invalid(fields={"extrasLimit": [f"Give between 0 and the price, {price} cents."]})
    if limit == 0:
        return None
    return ExtrasConsent(limit=limit, version=VERSION, given_by=user.id, at=utc_now())
