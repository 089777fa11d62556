"""Posts due events to the webhook URL, in order, and again with growing pauses until they are taken."""

import asyncio
import contextlib
import logging
import sqlite3
import time
from datetime import UTC, datetime

import httpx
from starlette.concurrency import run_in_threadpool

from .config import Config
from .store import Store
from .times import rfc3339
from .webhooks import sign

_TIMEOUT_SECONDS = 10.0
_MOST_ATTEMPTS = 11
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.5, 60.0
_IDLE_SECONDS = 5.0
_log = logging.getLogger(__name__)


class Deliverer:
    """One delivery at a time, so that order is repeatable. Pauses are in machine time, not the sandbox clock."""

    def __init__(self, store: Store, config: Config) -> None:
        self._store, self._config = store, config
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something may be due now."""
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Does nothing without a URL."""
        if not self._config.webhook_url:
            return
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False) as http:
            while True:
                try:
                    await self._step(http)
                except Exception:
                    _log.exception("A delivery could not be recorded; it is tried again.")
                    await asyncio.sleep(_IDLE_SECONDS)

    async def _step(self, http: httpx.AsyncClient) -> None:
        """Delivers what is due, or waits until something may be."""
        self._wake.clear()
        row = await run_in_threadpool(self._next)
        pause = _IDLE_SECONDS if row is None else row["due_at"] - time.time()
        if row is not None and pause <= 0:
            await self._deliver(http, row)
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), timeout=min(pause, _IDLE_SECONDS))

    async def _deliver(self, http: httpx.AsyncClient, row: sqlite3.Row) -> None:
        body = row["body"].encode()
        url, key = self._config.webhook_url, self._config.webhook_signature_key
        headers = {
            "content-type": "application/json",
            "user-agent": "Square Connect v2",
            "x-square-hmacsha256-signature": sign(key=key, url=url, body=body),
            "square-environment": "Sandbox",
            "square-initial-delivery-timestamp": row["first_attempt_at"] or rfc3339(datetime.now(UTC)),
        }
        if row["attempts"]:
            headers |= {"square-retry-number": str(row["attempts"]), "square-retry-reason": row["last_reason"]}
        try:
            response = await http.post(url, content=body, headers=headers)
            reason = None if response.is_success else "http_error"
        except httpx.TimeoutException:
            reason = "http_timeout"
        except (httpx.HTTPError, httpx.InvalidURL):
            reason = "other_error"
        await run_in_threadpool(self._settle, row, reason, headers["square-initial-delivery-timestamp"])

    def _next(self) -> sqlite3.Row | None:
        with self._store.transaction() as db:
            row: sqlite3.Row | None = db.execute(
                "SELECT d.seq, d.due_at, d.attempts, d.first_attempt_at, d.last_reason, e.body"
                " FROM deliveries d JOIN events e USING (event_id)"
                " WHERE d.state = 'pending' ORDER BY d.due_at, d.seq LIMIT 1"
            ).fetchone()
            return row

    def _settle(self, row: sqlite3.Row, reason: str | None, first_attempt_at: str) -> None:
        attempts = row["attempts"] + 1
        undelivered = "abandoned" if attempts >= _MOST_ATTEMPTS else "pending"
        state = "delivered" if reason is None else undelivered
        pause = min(_FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), _LONGEST_PAUSE_SECONDS)
        with self._store.transaction() as db:
            db.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, first_attempt_at = ?, last_reason = ?"
                " WHERE seq = ?",
                (state, attempts, time.time() + pause, first_attempt_at, reason, row["seq"]),
            )
