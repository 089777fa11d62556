"""Levers on cards on file: what their bank does from now on, and what it reports by itself."""

import json
from typing import Any

from .calls import Answer, Call, Operation
from .card_records import load_card, set_decline
from .cards import change_card
from .fields import Fields

_FIELDS = frozenset({"decline", "exp_month", "exp_year", "last_4", "issuer_alert"})
_ALERT = "ISSUER_ALERT_CARD_CLOSED"


def show_customers(call: Call) -> Answer:
    """Every customer, oldest first."""
    rows = call.db.execute("SELECT body FROM customers ORDER BY seq").fetchall()
    return Answer({"customers": [json.loads(row["body"]) for row in rows], "count": len(rows)})


def show_cards(call: Call) -> Answer:
    """Every card, disabled ones too, oldest first, each with the code it ``declines_with``."""
    rows = call.db.execute("SELECT body, decline FROM cards ORDER BY seq").fetchall()
    cards = [{**json.loads(row["body"]), "declines_with": row["decline"]} for row in rows]
    wanted = call.query.get("customer_id")
    found = [card for card in cards if wanted is None or card["customer_id"] == wanted]
    return Answer({"cards": found, "count": len(found)})


def steer_card(call: Call) -> Answer:
    """``{"decline": "INSUFFICIENT_FUNDS"}`` from now on, ``{"decline": "APPROVE"}`` to approve again.

    ``exp_month``, ``exp_year``, ``last_4`` are changed by the bank, ``issuer_alert`` says that it closed the account:
    both are told by ``card.automatically_updated``.
    """
    card = load_card(call.db, call.path["card_id"])
    fields = Fields(call.body, known=_FIELDS)
    decline = fields.text("decline", longest=100)
    if decline is not None:
        set_decline(call.db, card["id"], None if decline == "APPROVE" else decline)
    changes = _changes(fields, card)
    if changes:
        card = change_card(call, {**card, **changes}, kind="card.automatically_updated")
    return Answer({"card": card})


def _changes(fields: Fields, card: dict[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "exp_month": fields.integer("exp_month", default=card["exp_month"], lowest=1, highest=12),
        "exp_year": fields.integer("exp_year", default=card["exp_year"], lowest=2000, highest=9999),
        "last_4": fields.text("last_4", longest=4, shortest=4) or card["last_4"],
    }
    if fields.boolean("issuer_alert", default=False):
        wanted["issuer_alert"] = _ALERT
    return {name: value for name, value in wanted.items() if card.get(name) != value}


OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("GET", "customers", show_customers),
    ("GET", "cards", show_cards),
    ("POST", "cards/{card_id}", steer_card),
)
