"""Identifiers that look like Square's: opaque, random, letters and digits."""

import secrets
import string
import uuid

_ALPHABET = string.ascii_letters + string.digits


def opaque(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def payment_id() -> str:
    return opaque(29)


def order_id() -> str:
    return opaque(29)


def refund_id(payment: str) -> str:
    """Square prefixes a refund's id with its payment's."""
    return f"{payment}_{opaque(43)}"


def dispute_id() -> str:
    return opaque(22)


def customer_id() -> str:
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(26))


def card_id() -> str:
    """Square's prefix of a card on file."""
    return f"ccof:{opaque(28)}"


def invoice_id() -> str:
    """Square's prefix of an invoice."""
    return f"inv:0-{opaque(28)}"


def version_token() -> str:
    return opaque(45)


def event_id() -> str:
    return str(uuid.uuid4())
