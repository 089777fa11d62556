"""Payment sources: what the card behind a token does, and the card shown for it."""

import hashlib
import re
import sqlite3
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .card_records import load_behaviour, load_card
from .errors import SquareError, not_found

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_LOCAL_TOKEN = re.compile(rf"cnon:atlas-(?P<outcome>[a-z-]+)-{_UUID}")
_TEST_TOKEN = re.compile(r"cnon:card-nonce-(?P<outcome>[a-z-]+)")
_ANY_TOKEN = re.compile(r"cnon:[A-Za-z0-9_.-]{1,250}")

ON_FILE = "ccof:"
"""How the id of a card on file begins."""
_TEST_CARD = re.compile(r"ccof:customer-card-id-(?P<outcome>[a-z-]+)")

_APPROVED, _ALREADY_USED = "ok", "already-used"
DECLINES = MappingProxyType(
    {
        "declined": "GENERIC_DECLINE",
        "rejected-cvv": "CVV_FAILURE",
        "rejected-postalcode": "ADDRESS_VERIFICATION_FAILURE",
        "rejected-expiration": "INVALID_EXPIRATION",
        "insufficient-funds": "INSUFFICIENT_FUNDS",
    }
)
LATER = MappingProxyType(
    {
        "declined-later": "GENERIC_DECLINE",
        "insufficient-funds-later": "INSUFFICIENT_FUNDS",
        "expired-later": "CARD_EXPIRED",
    }
)
"""Good when they are given and saved; refused each time they are charged as a card on file."""
OUTCOMES = frozenset({_APPROVED, _ALREADY_USED, *DECLINES, *LATER})

_ON_PAYMENTS = (
    "card_brand",
    "last_4",
    "exp_month",
    "exp_year",
    "cardholder_name",
    "billing_address",
    "fingerprint",
    "card_type",
    "prepaid_type",
)
# Brand, first six and last four digits: of Square's published test cards, the only digits ever held here.
_CARDS = (
    ("VISA", "453275", "5858"),
    ("MASTERCARD", "510510", "5100"),
    ("AMERICAN_EXPRESS", "340000", "0009"),
    ("DISCOVER", "601100", "0004"),
)


@dataclass(frozen=True)
class Source:
    """A token that was understood. ``decline`` is the error code of the issuer, or None when it approves."""

    card: dict[str, Any]
    decline: str | None = None
    later: str | None = None
    """With what it declines once it is a card on file."""
    entry_method: str = "KEYED"


def resolve_source(source_id: str) -> Source:
    """Reads a token without using it up; raises NOT_FOUND for one nobody issued, CARD_TOKEN_USED for a used one."""
    match = _LOCAL_TOKEN.fullmatch(source_id) or _TEST_TOKEN.fullmatch(source_id)
    outcome = match["outcome"] if match else _APPROVED
    reserved = source_id.startswith(("cnon:atlas-", "cnon:card-nonce-"))
    if not _ANY_TOKEN.fullmatch(source_id) or outcome not in OUTCOMES or (reserved and match is None):
        raise SquareError(
            "NOT_FOUND", "Card nonce not found in this sandbox environment.", status=404, field="source_id"
        )
    if outcome == _ALREADY_USED:
        raise _used()
    return Source(card=_card(source_id), decline=DECLINES.get(outcome), later=LATER.get(outcome))


def resolve_card_on_file(db: sqlite3.Connection, source_id: str, customer_id: str | None) -> Source:
    """A ``ccof:`` id, with the customer whose card it is.

    Square documents no code for a card that is disabled or somebody else's: it is not found here, as an unknown one.
    """
    if customer_id is None:
        raise SquareError("MISSING_REQUIRED_PARAMETER", "A card on file needs its customer.", field="customer_id")
    if (match := _TEST_CARD.fullmatch(source_id)) is not None and match["outcome"] in {_APPROVED, *DECLINES}:
        return Source(card=_card(source_id), decline=DECLINES.get(match["outcome"]), entry_method="ON_FILE")
    card = load_card(db, source_id)
    if card["customer_id"] != customer_id or not card["enabled"]:
        raise not_found("card", source_id)
    decline, bank = load_behaviour(db, source_id)
    shown = {name: card[name] for name in _ON_PAYMENTS if name in card}
    return Source(card={**shown, "bin": bank}, decline=decline, entry_method="ON_FILE")


def use_up(db: sqlite3.Connection, source_id: str) -> None:
    """A token of the payment page works once; Square's fixed test tokens work for ever."""
    if not _LOCAL_TOKEN.fullmatch(source_id):
        return
    try:
        db.execute("INSERT INTO used_sources (source_id) VALUES (?)", (source_id,))
    except sqlite3.IntegrityError as error:
        raise _used() from error


def _used() -> SquareError:
    return SquareError("CARD_TOKEN_USED", "Card nonce already used; please request new nonce.", field="source_id")


def _card(source_id: str) -> dict[str, Any]:
    """Test tokens are one Visa, as in Square's sandbox; other tokens spread over the brands, always the same way."""
    digest = hashlib.sha256(source_id.encode()).digest()
    index = 0 if _TEST_TOKEN.fullmatch(source_id) else digest[0] % len(_CARDS)
    brand, bank, last_4 = _CARDS[index]
    return {
        "card_brand": brand,
        "last_4": last_4,
        "exp_month": 11,
        "exp_year": 2035,
        "fingerprint": f"sq-1-{digest.hex()}",
        "card_type": "CREDIT",
        "prepaid_type": "NOT_PREPAID",
        "bin": bank,
    }
