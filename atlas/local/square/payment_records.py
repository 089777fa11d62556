"""Payments in the store: the document, with the columns it is found by."""

import json
import sqlite3
from typing import Any

from .errors import not_found


def insert_payment(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute(
        "INSERT INTO payments (id, created_at, updated_at, status, delayed_until, location_id, reference_id,"
        " total, last_4, card_brand, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document["id"],
            document["created_at"],
            document["updated_at"],
            document["status"],
            document["delayed_until"],
            document["location_id"],
            document.get("reference_id"),
            document["total_money"]["amount"],
            document["card_details"]["card"]["last_4"],
            document["card_details"]["card"]["card_brand"],
            json.dumps(document),
        ),
    )


def save_payment(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    """Writes back what a transition can change."""
    db.execute(
        "UPDATE payments SET updated_at = ?, status = ?, total = ?, body = ? WHERE id = ?",
        (
            document["updated_at"],
            document["status"],
            document["total_money"]["amount"],
            json.dumps(document),
            document["id"],
        ),
    )


def load_payment(db: sqlite3.Connection, payment_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM payments WHERE id = ?", (payment_id,)).fetchone()
    if row is None:
        raise not_found("payment", payment_id)
    return dict(json.loads(row["body"]))


def lapsing_payments(db: sqlite3.Connection, until: str) -> list[dict[str, Any]]:
    """Open authorisations whose ``delayed_until`` (RFC 3339) has come, oldest first."""
    rows = db.execute(
        "SELECT body FROM payments WHERE status = 'APPROVED' AND delayed_until <= ? ORDER BY delayed_until, seq",
        (until,),
    )
    return [json.loads(row["body"]) for row in rows]
