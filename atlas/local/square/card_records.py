"""Cards on file in the store: the document, with the columns it is found by and what its bank does."""

import json
import sqlite3
from typing import Any

from .errors import not_found


def insert_card(db: sqlite3.Connection, document: dict[str, Any], *, decline: str | None, bank: str) -> None:
    """``decline`` is the code that payments with it are refused with, None while its bank approves."""
    db.execute(
        "INSERT INTO cards (id, created_at, customer_id, reference_id, enabled, decline, bank, body)"
        " VALUES (?, ?, ?, ?, 1, ?, ?, ?)",
        (
            document["id"],
            document["created_at"],
            document["customer_id"],
            document.get("reference_id"),
            decline,
            bank,
            json.dumps(document),
        ),
    )


def save_card(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute(
        "UPDATE cards SET enabled = ?, body = ? WHERE id = ?",
        (document["enabled"], json.dumps(document), document["id"]),
    )


def set_decline(db: sqlite3.Connection, card_id: str, decline: str | None) -> None:
    db.execute("UPDATE cards SET decline = ? WHERE id = ?", (decline, card_id))


def load_card(db: sqlite3.Connection, card_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM cards WHERE id = ?", (card_id,)).fetchone()
    if row is None:
        raise not_found("card", card_id)
    return dict(json.loads(row["body"]))


def load_behaviour(db: sqlite3.Connection, card_id: str) -> tuple[str | None, str]:
    """The code its bank declines with (None: it approves), and the bank's first six digits."""
    row = db.execute("SELECT decline, bank FROM cards WHERE id = ?", (card_id,)).fetchone()
    return row["decline"], row["bank"]


def cards_of(db: sqlite3.Connection, customer_id: str) -> list[dict[str, Any]]:
    rows = db.execute("SELECT body FROM cards WHERE customer_id = ? ORDER BY seq", (customer_id,))
    return [json.loads(row["body"]) for row in rows.fetchall()]
