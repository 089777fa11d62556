"""A site of one rendered page, the real static files and a live feed, under the Content-Security-Policy of Atlas.

For tests of the front-end alone: the templates and modules are the shipped ones, only the data is the test's.
"""

import asyncio
import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

STATIC = Path(__file__).resolve().parents[2] / "static"
CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; font-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'"
)
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("application/geo+json", ".geojson")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass
class Site:
    """`pages` maps a path to its HTML or to a function that gives JSON; `feed` is sent to each socket that opens."""

    pages: dict[str, str | Callable[[], Any]] = field(default_factory=dict)
    feed: list[dict[str, Any]] = field(default_factory=list)
    close_code: int | None = None
    """When set, a socket is closed with it right after it opened."""
    opened: int = 0
    port: int = 0
    _sockets: set[ServerConnection] = field(default_factory=set)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def push(self, message: dict[str, Any]) -> None:
        """Sends a message to every open socket."""

        async def send() -> None:
            await asyncio.gather(*(socket.send(json.dumps(message)) for socket in self._sockets))

        asyncio.run_coroutine_threadsafe(send(), self._loop).result(5)

    def drop(self) -> None:
        """Breaks every open socket, as a restarting server does."""

        async def close() -> None:
            await asyncio.gather(*(socket.close(1012) for socket in list(self._sockets)))

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)

    def _answer(self, _: ServerConnection, request: Request) -> Response | None:
        path = urlsplit(request.path).path
        if path.startswith("/ws/"):
            return None
        page = self.pages.get(path)
        if isinstance(page, str):
            return self._response(200, "text/html; charset=utf-8", page.encode())
        if page is not None:
            return self._response(200, "application/json", json.dumps(page()).encode())
        file = STATIC / path.removeprefix("/static/")
        if path.startswith("/static/") and file.is_file():
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            return self._response(200, kind, file.read_bytes())
        return self._response(404, "text/plain", b"")

    @staticmethod
    def _response(status: int, kind: str, body: bytes) -> Response:
        headers = Headers(
            {
                "Content-Type": kind,
                "Content-Length": str(len(body)),
                "Content-Security-Policy": CSP,
                "Connection": "close",
            }
        )
        return Response(status, "", headers, body)

    async def _socket(self, socket: ServerConnection) -> None:
        self.opened += 1
        if self.close_code is not None:
            await socket.close(self.close_code)
            return
        for message in self.feed:
            await socket.send(json.dumps(message))
        self._sockets.add(socket)
        try:
            await socket.wait_closed()
        finally:
            self._sockets.discard(socket)

    async def _serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        async with serve(self._socket, "127.0.0.1", 0, process_request=self._answer) as server:
            self.port = next(iter(server.sockets)).getsockname()[1]
            ready.set()
            await stop.wait()


@contextmanager
def running(site: Site) -> Iterator[Site]:
    ready, stop = threading.Event(), asyncio.Event()
    thread = threading.Thread(
        target=site._loop.run_until_complete,
        args=(site._serve(ready, stop),),
        daemon=True,
    )
    thread.start()
    if not ready.wait(10):
        raise TimeoutError("the test site did not start")
    try:
        yield site
    finally:
        site._loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        site._loop.close()
