"""Invoices in the store: the document, with the columns it is found by."""

import json
import sqlite3
from typing import Any

from .errors import not_found


def insert_invoice(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute(
        "INSERT INTO invoices (id, created_at, updated_at, status, location_id, order_id, number, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document["id"],
            document["created_at"],
            document["updated_at"],
            document["status"],
            document["location_id"],
            document["order_id"],
            document.get("invoice_number"),
            json.dumps(document),
        ),
    )


def save_invoice(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    """Writes back what a transition can change."""
    db.execute(
        "UPDATE invoices SET updated_at = ?, status = ?, body = ? WHERE id = ?",
        (document["updated_at"], document["status"], json.dumps(document), document["id"]),
    )


def delete_invoice(db: sqlite3.Connection, invoice_id: str) -> None:
    db.execute("DELETE FROM invoices WHERE id = ?", (invoice_id,))


def load_invoice(db: sqlite3.Connection, invoice_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM invoices WHERE id = ?", (invoice_id,)).fetchone()
    if row is None:
        raise not_found("invoice", invoice_id)
    return dict(json.loads(row["body"]))


def invoice_of_order(db: sqlite3.Connection, order_id: str | None) -> dict[str, Any] | None:
    row = db.execute("SELECT body FROM invoices WHERE order_id = ?", (order_id,)).fetchone()
    return None if row is None else dict(json.loads(row["body"]))


def is_number_taken(db: sqlite3.Connection, location_id: str, number: str) -> bool:
    found = db.execute("SELECT 1 FROM invoices WHERE location_id = ? AND number = ?", (location_id, number))
    return found.fetchone() is not None
