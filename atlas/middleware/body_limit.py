"""Bodies above `BODY_LIMIT_BYTES` are refused with 413 before they are read.

An ASGI wrapper, because Django's own ASGI handler spools a whole body to disk before any middleware sees it. A body
without `Content-Length` is cut off at the limit.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from atlas.api.exceptions import TooLarge
from atlas.api.renderers import dumps
from atlas.middleware.request_id import HEADER, request_id

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
"""Any ASGI application; Django, Daphne and Uvicorn each spell its types in their own way."""


class BodyLimit:
    """`BodyLimit(app, limit)` around the HTTP application."""

    def __init__(self, app: App, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.limit:
            await self._refuse(scope, send)
            return
        read = 0
        exceeded = answered = False

        async def counting_receive() -> Message:
            nonlocal read, exceeded
            message = await receive()
            read += len(message.get("body", b""))
            if read > self.limit:
                exceeded = True
                return {"type": "http.disconnect"}
            return message

        async def noting_send(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        await self.app(scope, counting_receive, noting_send)
        if exceeded and not answered:
            await self._refuse(scope, send)

    async def _refuse(self, scope: MutableMapping[str, Any], send: Send) -> None:
        given = dict(scope["headers"]).get(HEADER.lower().encode(), b"").decode("latin-1")
        identity = request_id(given)
        error = TooLarge(f"The body is larger than {self.limit} bytes.")
        body = dumps({"error": {"code": error.code, "message": error.message, "requestId": identity}})
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (HEADER.lower().encode(), identity.encode()),
            (b"connection", b"close"),
        ]
        await send({"type": "http.response.start", "status": error.status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
