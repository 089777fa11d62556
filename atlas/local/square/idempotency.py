"""Idempotency keys: one logical operation happens once, and its answer can be had again."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from .calls import Answer, Call
from .errors import SquareError

LONGEST_KEY = 45


def once(call: Call, *, scope: str, key: str, work: Callable[[], Answer]) -> Answer:
    """Runs ``work`` the first time and replays its stored answer, declines included, every time after.

    Raises ``IDEMPOTENCY_KEY_REUSED`` for another body. A request that ``work`` refuses with a ``SquareError`` leaves
    no trace (the transaction rolls back), so its key stays free.
    """
    digest = _digest(call.body)
    row = call.db.execute(
        "SELECT request_digest, status, body FROM idempotency WHERE scope = ? AND key = ?", (scope, key)
    ).fetchone()
    if row is None:
        answer = work()
        call.db.execute(
            "INSERT INTO idempotency (scope, key, request_digest, status, body) VALUES (?, ?, ?, ?, ?)",
            (scope, key, digest, answer.status, json.dumps(answer.body)),
        )
        return answer
    if row["request_digest"] != digest:
        raise SquareError(
            "IDEMPOTENCY_KEY_REUSED",
            "The idempotency key can only be retried with the same request data.",
            field="idempotency_key",
        )
    return Answer(json.loads(row["body"]), row["status"])


def stored_answer(db: sqlite3.Connection, *, scope: str, key: str) -> dict[str, Any] | None:
    """The body once answered for this key, if any."""
    row = db.execute("SELECT body FROM idempotency WHERE scope = ? AND key = ?", (scope, key)).fetchone()
    return None if row is None else dict(json.loads(row["body"]))


def _digest(body: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
