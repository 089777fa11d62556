"""The base of every live view: who is there, what they may watch, and one orderly stream to each of them.

    class BookingConsumer(LiveConsumer):
        async def begin(self) -> None:
            self.booking = await in_thread(selectors.booking, user=self.user, booking_id=self.path["booking_id"])

        def topics(self) -> list[str]:
            return [f"booking:{self.booking.id}"]

        async def snapshot(self) -> dict[str, Any]:
            return {"type": "snapshot", ...}

        async def received(self, message: dict[str, Any]) -> None: ...

A socket is accepted, then authenticated: by its session cookie, or by `{"type": "authenticate", "token": ".."}`
within ten seconds. Subscriptions come before the snapshot, so nothing falls between the two. What `begin` raises
closes the socket with the code of the error; what `received` raises is answered with an `error` message.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Container
from typing import Any, ClassVar, Never

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import HttpRequest
from rest_framework.exceptions import ParseError

from atlas import trail
from atlas.api.exceptions import InternalError, translate
from atlas.api.parsers import loads
from atlas.api.renderers import dumps
from atlas.errors import AtlasError, Invalid, Unauthenticated, Unavailable
from atlas.live.authentication import session_of, user_again, user_of_scope, user_of_token
from atlas.live.backpressure import drained
from atlas.live.close_codes import CloseCode, close_code
from atlas.live.hub import hub
from atlas.live.mailbox import Frame, Kind, Mailbox
from atlas.live.publish import user_topic
from atlas.live.token_bucket import TokenBucket
from atlas.origin import origin_of

log = structlog.get_logger(__name__)

LONGEST_FRAME = 16 * 1024
"""Bytes or characters of an incoming message."""
LONGEST_TOKEN = 4096


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """One socket. Subclasses say who may watch (`begin`), what (`topics`, `snapshot`) and hear (`received`)."""

    authenticate_within: ClassVar[float] = 10.0
    """Seconds."""
    heartbeat_every: ClassVar[float] = 25.0
    """Seconds of silence after which `{"type": "heartbeat"}` shows both ends that the line is open."""
    check_every: float = 300.0
    """Seconds after which the right to watch is looked at again, should a `signed_out` have been lost."""
    incoming_rate: ClassVar[float] = 5.0
    incoming_burst: ClassVar[int] = 30

    user: Any = None

    async def begin(self) -> None:
        """Load and authorise what is watched; also called again later. Raises an `AtlasError`."""

    def topics(self) -> list[str]:
        """What is watched, known after `begin`; `user:{id}` comes by itself."""
        return []

    async def snapshot(self) -> dict[str, Any] | None:
        """The state as it is now, the first message out; sent again after an interruption."""
        return None

    async def received(self, message: dict[str, Any]) -> None:
        """One message of the client, an object with a `type`."""
        raise Invalid(f"This socket takes no {str(message['type'])[:40]!r} message.", code="unknown_type")

    def tell(self, message: dict[str, Any], kind: Kind = "event") -> None:
        """Send `message` to this socket alone, in its turn."""
        self._mailbox.put(_frame(message), kind)

    def hear_only_of(self, subjects: Container[str] | None) -> None:
        """From now on, of what topics say about several subjects, these only; None: everything. For `begin`."""
        self._mailbox.subjects = subjects

    @property
    def path(self) -> dict[str, Any]:
        """The arguments of the URL."""
        found: dict[str, Any] = self.scope["url_route"]["kwargs"]
        return found

    # The socket's life

    async def dispatch(self, message: Any) -> None:
        """As Channels', without its hop to a thread per message that closes database connections: we have none."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message: Any) -> None:
        self._mailbox = Mailbox()
        self._bucket = TokenBucket(self.incoming_rate, self.incoming_burst)
        self._tasks: list[asyncio.Task[None]] = []
        self._sent_at = time.monotonic()
        self._closed = False
        await self.accept()
        async with self._closing_on_failure():
            user = await user_of_scope(self.scope)
            if user is not None:
                await self._enter(user)
            else:
                self._start(self._await_authentication())

    async def websocket_receive(self, message: Any) -> None:
        if self._closed or self._mailbox.closing is not None:
            return
        if not self._bucket.take():
            await self._leave(CloseCode.TOO_FAST)
            return
        text = message.get("text")
        if len(text or message.get("bytes") or b"") > LONGEST_FRAME:
            await self._leave(CloseCode.TOO_LARGE)
            return
        if self.user is None:
            async with self._closing_on_failure():
                await self._authenticate(text)
            return
        try:
            await self._receive(_parse(text))
        except Exception as exception:
            await self._answer_failure(exception)

    async def websocket_disconnect(self, message: Any) -> Never:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await hub().unsubscribe(self._mailbox)
        await self.disconnect(message["code"])
        raise StopConsumer

    # Coming in

    async def _await_authentication(self) -> None:
        await asyncio.sleep(self.authenticate_within)
        if self.user is None:
            await self._leave(CloseCode.UNAUTHENTICATED)

    async def _authenticate(self, text: str | None) -> None:
        """The first message, when no cookie said who it is. Raises `Unauthenticated` for anything else."""
        try:
            message = _parse(text)
        except (Invalid, ParseError) as error:
            raise Unauthenticated from error
        token = message.get("token")
        if message["type"] != "authenticate" or not isinstance(token, str) or len(token) > LONGEST_TOKEN:
            raise Unauthenticated
        await self._enter(await user_of_token(token))

    async def _enter(self, user: Any) -> None:
        self.user = user
        trail.begin(self._work())
        self._mailbox.session_id = session_of(user)
        await self.begin()
        await hub().subscribe(self._mailbox, [user_topic(str(user.pk)), *self.topics()])
        await self._send_snapshot()
        self._start(self._write())
        self._start(self._tend())

    def _work(self) -> trail.Work:
        """Whatever happens on this socket from now on is its user's doing."""
        request = HttpRequest()
        request.META = {"REMOTE_ADDR": (self.scope.get("client") or [""])[0]}
        for name, value in self.scope.get("headers", ()):
            request.META[f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"] = value.decode("latin-1")
        return trail.Work(f"socket {self.scope['path']}"[:200], origin_of(request), user=lambda: self.user)

    async def _receive(self, message: dict[str, Any]) -> None:
        if message["type"] == "authenticate":  # a client that always says who it is, cookie or not
            return
        await self.received(message)

    # Going out

    async def _write(self) -> None:
        """The only task that writes once the socket is entered: everything else goes through the mailbox."""
        async with self._closing_on_failure():
            while True:
                frames = await self._mailbox.take()
                if self._mailbox.closing is not None:
                    await self._leave(self._mailbox.closing)
                    return
                if self._mailbox.gap:
                    self._mailbox.gap = False
                    await self._check()
                    await self._send_snapshot()
                for frame in frames:
                    await self._send(frame)
                await drained(self.base_send)

    async def _tend(self) -> None:
        """Heartbeats when nothing else is said, and now and then a look at whether one may still be here."""
        checked_at = time.monotonic()
        while True:
            await asyncio.sleep(min(self.heartbeat_every, self.check_every))
            now = time.monotonic()
            if now - self._sent_at >= self.heartbeat_every:
                self._mailbox.put(HEARTBEAT)
            if now - checked_at >= self.check_every:
                checked_at = now
                async with self._closing_on_failure():
                    await self._check()

    async def _check(self) -> None:
        """Raises what `begin` raises, or `Unauthenticated`. A store that is away changes nobody's rights."""
        try:
            self.user = await user_again(self.user)
            await self.begin()
        except Exception as exception:
            if not isinstance(translate(exception), Unavailable):
                raise

    async def _send_snapshot(self) -> None:
        snapshot = await self.snapshot()
        if snapshot is not None:
            await self._send(_frame(snapshot))

    async def _send(self, frame: Any) -> None:
        await self.base_send(frame)
        self._sent_at = time.monotonic()

    # Failing

    @contextlib.asynccontextmanager
    async def _closing_on_failure(self) -> AsyncIterator[None]:
        try:
            yield
        except Exception as exception:
            error = self._error(exception)
            await self._leave(close_code(error), error.code)

    async def _answer_failure(self, exception: Exception) -> None:
        error = self._error(exception)
        if isinstance(error, Unauthenticated):
            await self._leave(CloseCode.UNAUTHENTICATED)
            return
        self.tell({"type": "error", "code": error.code, "message": error.message, "fields": error.fields})

    def _error(self, exception: Exception) -> AtlasError:
        error = translate(exception)
        if isinstance(error, InternalError):
            log.error("live view failed", consumer=type(self).__name__, exc_info=exception)
        return error

    async def _leave(self, code: CloseCode, reason: str | None = None) -> None:
        if not self._closed:
            self._closed = True
            await self.close(code=int(code), reason=reason)

    def _start(self, work: Any) -> None:
        self._tasks.append(asyncio.create_task(work))


def _frame(message: dict[str, Any]) -> Frame:
    return {"type": "websocket.send", "text": dumps(message).decode()}


def _parse(text: str | None) -> dict[str, Any]:
    """Raises `Invalid` or DRF's `ParseError`."""
    if text is None:
        raise Invalid("Messages are JSON text.", code="malformed")
    message = loads(text.encode())
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise Invalid("A message is an object with a `type`.", code="malformed")
    return message


HEARTBEAT = _frame({"type": "heartbeat"})
