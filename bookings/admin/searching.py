"""What a booking may be looked up by: each term is one or two gets, or a query."""

from django.utils.translation import gettext_lazy

from accounts.selectors import user_by_email
from atlas.errors import Invalid
from atlas.facade.admin.search import Way
from atlas.tables import Unique
from bookings.rules.reference import normalize_reference

EMAIL = r"[^@\s]+@[^@\s]+"
REFERENCE = r"(?i)(atl[\s-]*)?[0-9a-z]{6}"


def booking_id(reference: str) -> str:
    """Whose reference it is, typed in any case and with the letters that are misheard. Raises `ValueError`."""
    try:
        found = Unique.find(f"reference:{normalize_reference(reference)}")
    except Invalid as error:
        raise ValueError(reference) from error
    if found is None:
        raise ValueError(reference)
    return found.owner_id


def user_id(email: str) -> str:
    """Whose address it is. Raises `ValueError`."""
    user = user_by_email(email)
    if user is None:
        raise ValueError(email)
    return user.id


def by_booking_reference(lookup: str) -> Way:
    return Way(gettext_lazy("reference"), lookup, booking_id, REFERENCE)


def by_concierge_email(lookup: str) -> Way:
    return Way(gettext_lazy("the concierge's e-mail"), lookup, user_id, EMAIL)
