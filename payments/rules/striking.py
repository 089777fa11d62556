"""A webhook without the person: Square's events may carry the buyer's e-mail, name, addresses. Nobody needs them."""

from typing import Any

from atlas.card_numbers import struck

PERSONAL = frozenset(
    {
        "address",
        "billing_address",
        "bin",
        "birthday",
        "buyer_email_address",
        "buyer_phone_number",
        "buyer_tax_id",
        "cardholder_name",
        "company_name",
        "customer_id",
        "device_details",
        "email_address",
        "family_name",
        "fingerprint",
        "given_name",
        "nickname",
        "phone_number",
        "recipient",
        "shipping_address",
        "tax_ids",
    }
)
"""Members of Square's objects, wherever they stand."""


def fit_to_keep(event: Any) -> Any:
    """What of an event may be stored: neither the person nor anything like a card's number."""
    return struck(without_person(event))


def without_person(value: Any) -> Any:
    """The same event without those members."""
    if isinstance(value, dict):
        return {name: without_person(member) for name, member in value.items() if name not in PERSONAL}
    if isinstance(value, list):
        return [without_person(member) for member in value]
    return value
