"""The points at which a process may stop: before and after everything that it says to Square or writes to the store.

    with watched():
        process = Process(deed, Fate(How.CRASH, 3))
        process.go()

Between two of these points nothing happens that anybody else could see, so a process that dies anywhere dies, for all
others, at one of them. What runs outside a `Process` passes them and is only counted.
"""

import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from types import FrameType
from typing import Any

import httpx
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError

WRITES = {
    "TransactWriteItems": "commit",
    "PutItem": "put",
    "UpdateItem": "update",
    "DeleteItem": "delete",
    "BatchWriteItem": "batch",
}
LONGEST_TURN_SECONDS = 90
_OURS = ("payments", "bookings", "fleet", "accounts", "atlas")
_PLUMBING = ("atlas.dynamo", "atlas.counters", "atlas.trail", "payments.gateway", "payments.services.asking")
NAMED = re.compile(r"[a-z_-]+|v\d")


class How(StrEnum):
    CRASH = "crash"
    """It dies; nobody hears of it."""
    STALL = "stall"
    """It stands still, for as long as others please, and goes on as if nothing had been."""
    BREAK = "break"
    """The one that it talks to does not answer; before it heard of it, or after it did it."""


@dataclass(frozen=True)
class Fate:
    """What befalls a process at the point before which it has passed `after` others."""

    how: How
    after: int


class Crash(BaseException):
    """The process ends here. No handler of `Exception` sees it, as none would see `kill -9`."""


passed: Counter[str] = Counter()
"""How often each point was come to."""
ended: dict[How, Counter[str]] = {how: Counter() for how in How}
"""How often each point was a process's end, or its pause."""
_process = threading.local()


class Process:
    """A deed in a thread of its own that runs only inside `go`: there is one running thread at any time."""

    def __init__(self, deed: Callable[[], Any], fate: Fate | None = None) -> None:
        self.done = self.crashed = False
        self.error: Exception | None = None
        self._deed, self._fate, self._points = deed, fate, 0
        self._doomed = False
        self._turn, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def go(self, fate: Fate | None = None) -> None:
        """On, until it is done, has crashed, or stalls again. `fate` counts from here."""
        if fate is not None:
            self._fate, self._points = fate, 0
        self._turn.release()
        if not self._back.acquire(timeout=LONGEST_TURN_SECONDS):
            raise TimeoutError("A process does not come back.")

    def kill(self) -> None:
        """One that stalls never wakes up."""
        self._doomed = True
        self.go()

    def pass_point(self, point: str, silence: Exception) -> None:
        """Called from its own thread. Raises `Crash`, or `silence` where the other side falls silent."""
        number, self._points = self._points, self._points + 1
        if self._fate is None or number != self._fate.after:
            return
        how, self._fate = self._fate.how, None
        ended[how][point] += 1
        if how is How.CRASH:
            raise Crash(point)
        if how is How.BREAK:
            raise silence
        self._back.release()
        self._turn.acquire()
        if self._doomed:
            ended[How.CRASH][point] += 1
            raise Crash(point)

    def _run(self) -> None:
        self._turn.acquire()
        _process.here = self
        try:
            self._deed()
        except Crash:
            self.crashed = True
        except Exception as error:  # whoever called `go` looks at it
            self.error = error
        finally:
            self.done = True
            self._back.release()


@contextmanager
def watched() -> Iterator[None]:
    """While this holds, every write to the store and every call to Square is between two points."""
    boto: Any = BaseClient
    client: Any = httpx.Client
    call, send = boto._make_api_call, client.send

    def watched_call(self: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation not in WRITES:
            return call(self, operation, arguments)
        silence = ReadTimeoutError(endpoint_url="the store")
        return between(f"{WRITES[operation]} in {_where()}", lambda: call(self, operation, arguments), silence)

    def watched_send(self: httpx.Client, request: httpx.Request, **options: Any) -> Any:
        if not request.url.path.startswith("/v2/"):
            return send(self, request, **options)
        path = "/".join(part if NAMED.fullmatch(part) else "*" for part in request.url.path.split("/")[2:])
        silence = httpx.ReadTimeout("lost", request=request)
        return between(f"{request.method} {path} in {_where()}", lambda: send(self, request, **options), silence)

    boto._make_api_call, client.send = watched_call, watched_send
    try:
        yield
    finally:
        boto._make_api_call, client.send = call, send


def between(step: str, take: Callable[[], Any], silence: Exception) -> Any:
    """Take a step between its two points."""
    _come_to(f"before {step}", silence)
    taken = take()
    _come_to(f"after {step}", silence)
    return taken


def _come_to(point: str, silence: Exception) -> None:
    passed[point] += 1
    process: Process | None = getattr(_process, "here", None)
    if process is not None:
        process.pass_point(point, silence)


def _where() -> str:
    """The use case that takes the step: the innermost function of ours above what they all share."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        module = str(frame.f_globals.get("__name__", ""))
        if module.partition(".")[0] in _OURS and not module.startswith(_PLUMBING):
            return f"{module}.{frame.f_code.co_qualname.split('.<')[0]}"
        frame = frame.f_back
    return "?"
