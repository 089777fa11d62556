"""Customers in the store: the document, with the columns it is found by."""

import json
import sqlite3
from typing import Any

from .errors import not_found

_COLUMNS = ("updated_at", "reference_id", "email_address", "phone_number")


def insert_customer(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute(
        "INSERT INTO customers (id, created_at, updated_at, reference_id, email_address, phone_number, body)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (document["id"], document["created_at"], *(document.get(name) for name in _COLUMNS), json.dumps(document)),
    )


def save_customer(db: sqlite3.Connection, document: dict[str, Any]) -> None:
    db.execute(
        "UPDATE customers SET updated_at = ?, reference_id = ?, email_address = ?, phone_number = ?, body = ?"
        " WHERE id = ?",
        (*(document.get(name) for name in _COLUMNS), json.dumps(document), document["id"]),
    )


def load_customer(db: sqlite3.Connection, customer_id: str) -> dict[str, Any]:
    """Raises NOT_FOUND (404)."""
    row = db.execute("SELECT body FROM customers WHERE id = ?", (customer_id,)).fetchone()
    if row is None:
        raise not_found("customer", customer_id)
    return dict(json.loads(row["body"]))


def delete_customer(db: sqlite3.Connection, customer_id: str) -> None:
    db.execute("DELETE FROM customers WHERE id = ?", (customer_id,))
