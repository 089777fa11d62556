"""A card on file at Square: kept for a payer, charged by its id (`payments.gateway.authorize`), disabled for good.

Square keeps the number. Here are the brand, the last four digits and the expiry, which a person knows a card by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from square.core.unchecked_base_model import construct_type
from square.types.card import Card as SquareCard

from payments.gateway.calling import ONCE, OutcomeUnknown, Refused, ask, client, pages
from payments.gateway.payments import Declined

_OURS = frozenset({"CUSTOMER_NOT_FOUND", "MISSING_REQUIRED_PARAMETER", "BAD_REQUEST"})
"""Refusals that say nothing of the card."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card as Square has it; `exp_month` 1 to 12, `exp_year` with four digits."""

    gateway_id: str
    customer_id: str
    reference: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    enabled: bool
    version: int
    closed: bool = False
    """Its bank says that the account is closed: it will not pay again."""


def save_card(*, customer_id: str, source_id: str, key: str, reference: str) -> Card | Declined:
    """Keep the card behind a token for this customer; its bank is asked, nothing is charged.

    The same arguments and key give the first answer again. Raises `Refused` with `CUSTOMER_NOT_FOUND` when the
    customer was deleted at Square: the caller makes another one.
    """
    try:
        answer = ask(
            lambda: client().cards.create(
                idempotency_key=key,
                source_id=source_id,
                card={"customer_id": customer_id, "reference_id": reference},
                request_options=ONCE,
            )
        )
    except Refused as refusal:
        if refusal.code == "IDEMPOTENCY_KEY_REUSED":
            raise OutcomeUnknown("This key was sent before with other data.") from refusal
        if refusal.credentials or refusal.code in _OURS:
            raise
        return Declined(refusal.code, refusal.detail)
    return _card(answer.card)


def disable_card(card_id: str) -> Card:
    """Nothing is charged to it from now on, and it cannot be enabled again. Harmless when it was disabled before."""
    try:
        return _card(ask(lambda: client().cards.disable(card_id, request_options=ONCE)).card)
    except Refused:
        card = get_card(card_id)
        if card.enabled:
            raise
        return card


def get_card(card_id: str) -> Card:
    """The card as it is now, disabled or not."""
    return _card(ask(lambda: client().cards.get(card_id, request_options=ONCE)).card)


def cards_of(customer_id: str) -> Iterator[Card]:
    """What is kept for this customer and not disabled, oldest first; 25 are in memory at a time."""
    found = pages(lambda: client().cards.list(customer_id=customer_id, sort_order="ASC", request_options=ONCE))
    return (_card(each) for each in found)


def read_card(document: Mapping[str, Any]) -> Card:
    """The card in a webhook. Raises `ValueError` when it is not one."""
    return _card(construct_type(type_=SquareCard, object_=document))


def _card(found: SquareCard | None) -> Card:
    if not (found and found.id and found.last4 and found.exp_month and found.exp_year):
        raise ValueError("This is no card of Square's.")
    return Card(
        gateway_id=found.id,
        customer_id=found.customer_id or "",
        reference=found.reference_id or "",
        brand=str(found.card_brand or "OTHER_BRAND"),
        last4=found.last4,
        exp_month=found.exp_month,
        exp_year=found.exp_year,
        enabled=bool(found.enabled),
        version=found.version or 0,
        closed=found.issuer_alert is not None,
    )
