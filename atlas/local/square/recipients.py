"""Whom an invoice is for: a customer, shown on it as their profile is at that moment."""

from typing import Any

from .calls import Call
from .customer_records import load_customer
from .errors import SquareError
from .fields import Fields

_SHOWN = ("given_name", "family_name", "email_address", "address", "phone_number", "company_name")


def recipient_of(call: Call, fields: Fields) -> dict[str, Any]:
    """Raises NOT_FOUND, or BAD_REQUEST for a customer without the address that an invoice by e-mail goes to."""
    place = "invoice.primary_recipient."
    given = Fields(fields.mapping("primary_recipient") or {}, known={"customer_id"}, prefix=place)
    customer = load_customer(call.db, given.required_text("customer_id", longest=255))
    by_mail = fields.choice("delivery_method", {"EMAIL", "SHARE_MANUALLY"}, default="EMAIL") == "EMAIL"
    if by_mail and not customer.get("email_address"):
        detail = "The customer has no e-mail address to send an invoice to."
        raise SquareError("BAD_REQUEST", detail, field=f"{place}customer_id")
    return {"customer_id": customer["id"], **{name: customer[name] for name in _SHOWN if name in customer}}
