"""Events: recorded in the transaction that causes them, signed and posted afterwards."""

import base64
import hashlib
import hmac
import json
import random
import sqlite3
import time
from dataclasses import asdict, dataclass
from typing import Any

from . import identifiers
from .calls import Call
from .errors import not_found
from .times import rfc3339

_POLICY_KEY = "webhook_policy"


@dataclass(frozen=True)
class Policy:
    """How deliveries misbehave on purpose: extra copies, a delay, held back until they are released, or lost."""

    duplicate: int = 0
    delay_ms: int = 0
    paused: bool = False
    dropped: bool = False


def sign(*, key: str, url: str, body: bytes) -> str:
    """Square's signature: base64 of HMAC-SHA256 over the notification URL followed by the raw body."""
    return base64.b64encode(hmac.digest(key.encode(), url.encode() + body, hashlib.sha256)).decode()


def record_event(call: Call, kind: str, resource: str, document: dict[str, Any]) -> None:
    """Stores an event and, when a URL is configured, what is to be delivered of it."""
    event_id, moment = identifiers.event_id(), rfc3339(call.now)
    event = {
        "merchant_id": call.config.merchant_id,
        "type": kind,
        "event_id": event_id,
        "created_at": moment,
        "data": {"type": resource, "id": document["id"], "object": {resource: document}},
    }
    call.db.execute(
        "INSERT INTO events (event_id, type, created_at, body) VALUES (?, ?, ?, ?)",
        (event_id, kind, moment, json.dumps(event, ensure_ascii=False, separators=(",", ":"))),
    )
    if call.config.webhook_url:
        policy = read_policy(call.db)
        for _ in range(1 + policy.duplicate):
            _enqueue(call.db, event_id, policy)


def read_policy(db: sqlite3.Connection) -> Policy:
    row = db.execute("SELECT value FROM meta WHERE name = ?", (_POLICY_KEY,)).fetchone()
    return Policy(**json.loads(row[0])) if row else Policy()


def write_policy(db: sqlite3.Connection, policy: Policy) -> None:
    """For events from now on; what waits already keeps its plan."""
    db.execute("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (_POLICY_KEY, json.dumps(asdict(policy))))


def release(db: sqlite3.Connection, *, order: str, seed: int) -> int:
    """Lets go of held deliveries, one after the other in this order; says how many."""
    held = [row["seq"] for row in db.execute("SELECT seq FROM deliveries WHERE state = 'held' ORDER BY seq")]
    if order == "reverse":
        held.reverse()
    elif order == "shuffle":
        random.Random(seed).shuffle(held)  # noqa: S311 - a repeatable disorder
    due = time.time()
    for place, seq in enumerate(held):
        # A microsecond apart: the order is kept, and nobody waits for it.
        db.execute("UPDATE deliveries SET state = 'pending', due_at = ? WHERE seq = ?", (due + place * 1e-6, seq))
    return len(held)


def resend(db: sqlite3.Connection, event_id: str) -> None:
    """Delivers an event once more, as Square's console does; raises NOT_FOUND."""
    if db.execute("SELECT 1 FROM events WHERE event_id = ?", (event_id,)).fetchone() is None:
        raise not_found("event", event_id)
    _enqueue(db, event_id, Policy())


def list_events(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Every event, oldest first, with the state of its deliveries."""
    events = []
    for row in db.execute("SELECT event_id, body FROM events ORDER BY seq").fetchall():
        deliveries = db.execute(
            "SELECT state, attempts, last_reason FROM deliveries WHERE event_id = ? ORDER BY seq", (row["event_id"],)
        )
        events.append({**json.loads(row["body"]), "deliveries": [dict(entry) for entry in deliveries]})
    return events


def _enqueue(db: sqlite3.Connection, event_id: str, policy: Policy) -> None:
    """A dropped one is never sent by itself, and can be resent."""
    state = "dropped" if policy.dropped else "held" if policy.paused else "pending"
    db.execute(
        "INSERT INTO deliveries (event_id, state, due_at) VALUES (?, ?, ?)",
        (event_id, state, time.time() + policy.delay_ms / 1000),
    )
