"""What waits to be sent to one socket: bounded, old positions dropped first, events never.

A position is worth nothing once a newer one is there (of the same subject, where a topic is about several); an event
(a status, a notification) must arrive. A reader that cannot even keep up with events is hopeless: its mailbox closes
and it may connect again for a new snapshot.
"""

import asyncio
from collections import deque
from collections.abc import Container
from typing import Any, Literal

from atlas.live.close_codes import CloseCode

Kind = Literal["event", "position"]
Frame = dict[str, Any]
"""An ASGI `websocket.send` message: encoded once, shared by every socket, changed by none."""

MOST_POSITIONS = 32
MOST_SUBJECTS = 2_000
"""Vehicles whose last position waits: more than a map shows."""
MOST_EVENTS = 512


class Mailbox:
    """Filled by the hub, emptied by the one task that writes to the socket. Lives on one event loop."""

    def __init__(self, *, most_positions: int = MOST_POSITIONS, most_events: int = MOST_EVENTS) -> None:
        self.session_id: str | None = None
        """The sign-in that the socket stands on, where that is known: when it ends, so does the socket."""
        self.closing: CloseCode | None = None
        """Set once the socket is to be closed; nothing is delivered after that."""
        self.gap = False
        """Something may have been missed: the socket needs a new snapshot."""
        self.subjects: Container[str] | None = None
        """What this socket may hear of: a message about another subject passes it by. None: everything."""
        self._most_positions = most_positions
        self._most_events = most_events
        self._waiting: dict[int, Frame] = {}
        self._positions: deque[int] = deque()
        self._last_of: dict[str, int] = {}
        self._number = 0
        self._wake = asyncio.Event()

    def put(self, frame: Frame, kind: Kind = "event", subject: str = "") -> None:
        """Add `frame` behind those that wait. A position takes the place of the subject's last one; without a subject,
        and when there are too many, that of the oldest.
        """
        if self.closing is not None or (subject and self.subjects is not None and subject not in self.subjects):
            return
        self._number += 1
        self._waiting[self._number] = frame
        if kind == "position":
            self._drop_old(subject)
        elif len(self._waiting) - len(self._positions) - len(self._last_of) > self._most_events:
            self.close(CloseCode.TOO_FAST)
        self._wake.set()

    def _drop_old(self, subject: str) -> None:
        """What the position that has just been added makes worthless."""
        if not subject:
            self._positions.append(self._number)
            if len(self._positions) > self._most_positions:
                del self._waiting[self._positions.popleft()]
            return
        self._waiting.pop(self._last_of.pop(subject, 0), None)
        self._last_of[subject] = self._number
        if len(self._last_of) > MOST_SUBJECTS:
            del self._waiting[self._last_of.pop(next(iter(self._last_of)))]

    def close(self, code: CloseCode) -> None:
        """Have the socket closed; what waits is dropped."""
        self.closing = self.closing or code
        self._forget()
        self._wake.set()

    def mark_gap(self) -> None:
        self.gap = True
        self._wake.set()

    async def take(self) -> list[Frame]:
        """Everything that waits, oldest first; waits for something (also for `closing` or `gap`)."""
        await self._wake.wait()
        self._wake.clear()
        taken = list(self._waiting.values())
        self._forget()
        return taken

    def _forget(self) -> None:
        self._waiting.clear()
        self._positions.clear()
        self._last_of.clear()

    def __len__(self) -> int:
        return len(self._waiting)
