"""Calls that go wrong on purpose, chosen through the control API and forgotten at a restart.

================== ==========================================================================
``timeout_before`` no answer, and the work is never done
``timeout_after``  the work is done, the answer never comes
``drop_before``    as ``timeout_before``, but the connection breaks at once
``drop_after``     as ``timeout_after``, but the connection breaks at once
``drop_late``      the connection breaks at once; the work is done when ``FaultPlan.arrive`` is told to
``error_before``   answers ``status`` (500) without doing the work
``error_after``    does the work, then answers ``status`` (500)
``slow``           waits ``delay_ms``, then does the work and answers
================== ==========================================================================

A time-out lasts until the client gives up, or ``hold_ms``, then 504.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .calls import LARGEST_BODY
from .errors import for_status
from .times import rfc3339

KINDS = frozenset(
    {"timeout_before", "timeout_after", "drop_before", "drop_after", "drop_late", "error_before", "error_after", "slow"}
)
_REMEMBERED_CALLS = 10_000


@dataclass(kw_only=True)
class Fault:
    """Befalls ``count`` calls that match, after letting ``skip`` of them pass. Empty ``method`` matches any."""

    kind: str
    count: int = 1
    skip: int = 0
    method: str = ""
    path: str = ""
    status: int = 500
    delay_ms: int = 0
    hold_ms: int = 90_000

    def matches(self, method: str, path: str) -> bool:
        """``path`` may be any part of the call's path: ``/complete`` or ``/v2/payments``."""
        return self.method in {"", method} and self.path in path


class FaultPlan:
    """Faults in the order they were asked for; one call meets at most one. Used from the event loop only."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._late: list[Callable[[], Awaitable[None]]] = []

    def add(self, fault: Fault) -> None:
        self._faults.append(fault)

    def clear(self) -> None:
        self._faults.clear()

    def forget(self) -> None:
        """The late ones too: they never arrive."""
        self.clear()
        self._late.clear()

    def delay(self, work: Callable[[], Awaitable[None]]) -> None:
        self._late.append(work)

    async def arrive(self) -> int:
        """Requests that were lost on their way reach Square after all, oldest first; says how many."""
        late, self._late = self._late, []
        for work in late:
            await work()
        return len(late)

    def waiting(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self._faults]

    def take(self, method: str, path: str) -> Fault | None:
        for fault in self._faults:
            if not fault.matches(method, path):
                continue
            if fault.skip:
                fault.skip -= 1
                continue
            fault.count -= 1
            if not fault.count:
                self._faults.remove(fault)
            return fault
        return None


@dataclass(kw_only=True)
class LoggedCall:
    """One call to Square's API. ``status`` is None while, or because, no answer was given."""

    at: str
    method: str
    path: str
    fault: str | None
    status: int | None = None


class FaultMiddleware:
    """Stands before Square's API (not before the control API), logs every call and applies the plan."""

    def __init__(self, app: ASGIApp, plan: FaultPlan, log: deque[LoggedCall]) -> None:
        self._app, self._plan, self._log = app, plan, log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v2/"):
            await self._app(scope, receive, send)
            return
        fault = self._plan.take(scope["method"], scope["path"])
        kind = fault.kind if fault else None
        entry = LoggedCall(at=rfc3339(datetime.now(UTC)), method=scope["method"], path=scope["path"], fault=kind)
        self._log.append(entry)

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                entry.status = message["status"]
            await send(message)

        if fault is None:
            await self._app(scope, receive, answer)
        else:
            await self._befall(fault, scope, receive, answer)

    async def _befall(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        receive = await _with_body(receive)
        await asyncio.sleep(fault.delay_ms / 1000)
        if fault.kind == "slow":
            await self._app(scope, receive, send)
            return
        how, _, moment = fault.kind.partition("_")
        if moment == "late":
            self._plan.delay(lambda: self._app(scope, receive, _swallow))
        elif moment == "after":
            await self._app(scope, receive, _swallow)
        if how == "drop":
            await _break_connection(send)
        elif how == "error":
            await _refuse(fault.status, scope, receive, send)
        elif await _hold(receive, fault.hold_ms / 1000) == "held":
            await _refuse(504, scope, receive, send)


def remembered_calls() -> deque[LoggedCall]:
    return deque(maxlen=_REMEMBERED_CALLS)


async def _with_body(receive: Receive) -> Receive:
    """Takes the request in first: afterwards the work can be done even when the client has gone meanwhile."""
    messages: deque[Message] = deque()
    size = 0
    while not messages or (messages[-1].get("more_body") and size <= LARGEST_BODY):
        messages.append(await receive())
        size += len(messages[-1].get("body", b""))

    async def replay() -> Message:
        return messages.popleft() if messages else await receive()

    return replay


async def _swallow(message: Message) -> None:
    """Where an answer goes that nobody gets."""


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    error = for_status(status, "This failure was asked for through the control API.")
    await JSONResponse(error.body(), error.status)(scope, receive, send)


async def _break_connection(send: Send) -> None:
    """Promises a body and sends none: the server then closes the connection without a complete answer."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1")]})


async def _hold(receive: Receive, seconds: float) -> Literal["gone", "held"]:
    async def until_gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    try:
        await asyncio.wait_for(until_gone(), seconds)
    except TimeoutError:
        return "held"
    return "gone"
