"""Disputes on the page: what is disputed, and what the bank makes of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from atlas.local.square.disputes import OPEN

from .markup import Html, join, tag
from .parts import badge, button_form, money, table, when

_WAYS = (("PROCESSING", "Send evidence"), ("WON", "Win"), ("LOST", "Lose"), ("ACCEPTED", "Accept"))


def disputes_table(rows: Sequence[Mapping[str, Any]]) -> Html:
    return table(
        ("Dispute", "State", "Amount", "Of payment", "Why", "Evidence until", "Decide"),
        [
            (
                each["id"],
                badge(each["state"]),
                money(each["amount_money"]),
                _payment(each["disputed_payment"]["payment_id"]),
                each["reason"].replace("_", " ").lower(),
                when(each["due_at"]),
                _ways(each) if each["state"] in OPEN else None,
            )
            for each in rows
        ],
    )


def dispute_button(payment: Mapping[str, Any]) -> Html:
    """What the card's holder may do about a payment that was taken."""
    if payment["status"] != "COMPLETED":
        return join(())
    return button_form("dispute", "Dispute this payment", danger=True, payment_id=payment["id"])


def _ways(dispute: Mapping[str, Any]) -> Html:
    return join(
        button_form("decide", word, dispute_id=dispute["id"], state=state)
        for state, word in _WAYS
        if state != dispute["state"]
    )


def _payment(payment_id: str) -> Html:
    return tag("a", payment_id, href=f"/page/payments/{payment_id}")
