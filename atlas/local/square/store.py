"""The SQLite file: its tables and the one way to use them, a serialised transaction."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS payments (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, status TEXT NOT NULL, delayed_until TEXT NOT NULL,
    location_id TEXT NOT NULL, reference_id TEXT, total INTEGER NOT NULL, last_4 TEXT NOT NULL,
    card_brand TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS payments_due ON payments (status, delayed_until);
CREATE INDEX IF NOT EXISTS payments_created ON payments (created_at, seq);
CREATE INDEX IF NOT EXISTS payments_updated ON payments (updated_at, seq);
CREATE INDEX IF NOT EXISTS payments_reference ON payments (reference_id);
CREATE TABLE IF NOT EXISTS refunds (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, status TEXT NOT NULL, settle_at TEXT NOT NULL,
    location_id TEXT NOT NULL, payment_id TEXT NOT NULL REFERENCES payments (id), source_type TEXT NOT NULL,
    amount INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (status, settle_at);
CREATE INDEX IF NOT EXISTS refunds_created ON refunds (created_at, seq);
CREATE INDEX IF NOT EXISTS refunds_updated ON refunds (updated_at, seq);
CREATE INDEX IF NOT EXISTS refunds_payment ON refunds (payment_id);
CREATE TABLE IF NOT EXISTS disputes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL, state TEXT NOT NULL,
    payment_id TEXT NOT NULL REFERENCES payments (id), amount INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS disputes_payment ON disputes (payment_id);
CREATE TABLE IF NOT EXISTS customers (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, reference_id TEXT, email_address TEXT, phone_number TEXT,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS customers_reference ON customers (reference_id);
CREATE TABLE IF NOT EXISTS cards (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, created_at TEXT NOT NULL,
    customer_id TEXT NOT NULL, reference_id TEXT, enabled INTEGER NOT NULL, decline TEXT, bank TEXT NOT NULL,
    body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS cards_customer ON cards (customer_id);
CREATE TABLE IF NOT EXISTS orders (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS invoices (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, status TEXT NOT NULL, location_id TEXT NOT NULL,
    order_id TEXT NOT NULL UNIQUE REFERENCES orders (id), number TEXT, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS invoices_created ON invoices (created_at, seq);
CREATE INDEX IF NOT EXISTS invoices_number ON invoices (location_id, number);
CREATE TABLE IF NOT EXISTS idempotency (
    scope TEXT NOT NULL, key TEXT NOT NULL, request_digest TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (scope, key));
CREATE TABLE IF NOT EXISTS used_sources (source_id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
    created_at TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id TEXT NOT NULL REFERENCES events (event_id),
    state TEXT NOT NULL, due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    first_attempt_at TEXT, last_reason TEXT);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due_at, seq);
"""
# Children before parents, for the foreign keys.
_TABLES = (
    *("deliveries", "events", "used_sources", "idempotency", "disputes", "refunds", "payments"),
    *("invoices", "orders", "cards", "customers", "meta"),
)


class Store:
    """One connection behind one lock: transactions run one after the other, so no rule needs to fear a race.

    The throughput of a sandbox is bounded by the disk's fsync anyway, and serial execution is what makes "the same
    idempotency key at the same time gives exactly one payment" true by construction.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        self._db.row_factory = sqlite3.Row
        for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Commits (and reaches the disk) on leaving, rolls back on any exception."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def clear(self) -> None:
        """Forgets everything, the clock included."""
        with self.transaction() as db:
            for table in _TABLES:
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the list above

    def close(self) -> None:
        with self._lock:
            self._db.close()
