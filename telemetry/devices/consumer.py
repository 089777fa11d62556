"""`/ws/telemetry/`: a device that stays connected sends batches and hears, in order, what became of each.

    -> {"type": "authenticate", "token": ".."}          within ten seconds; not needed with `Authorization: Bearer ..`
    <- {"type": "ready", "pvin": ".."}
    -> {"type": "positions", "id": 7, "readings": [..]}  as in `POST telemetry/positions`; `id` is the device's own
    <- {"type": "receipt", "id": 7, "accepted": 10, "duplicate": 0, "rejected": []}

A receipt means stored. A batch without one (the line broke, an `error` with the code `unavailable`) is sent again.
"""

import asyncio
import contextlib
import time
from typing import Any, Never

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from atlas.api.exceptions import InternalError, translate
from atlas.api.parsers import loads
from atlas.api.renderers import dumps
from atlas.dynamo.attributes import utc_now
from atlas.errors import Invalid, Unauthenticated
from atlas.live.authentication import in_thread
from atlas.live.close_codes import CloseCode, close_code
from atlas.live.token_bucket import TokenBucket
from telemetry.devices.authentication import bearer_of
from telemetry.devices.serializers import MOST_READINGS, BatchReceiptSerializer
from telemetry.devices.services import device_of
from telemetry.ingest.pipeline import ingest
from telemetry.tables import Device

log = structlog.get_logger(__name__)

LONGEST_FRAME = 512 * 1024
"""Bytes of a message: a thousand readings with all they may say."""
AUTHENTICATE_WITHIN, HEARTBEAT_EVERY = 10.0, 30.0
ASK_AGAIN_SECONDS = 15.0
"""For so long a token that was good is taken to be; a revoked device is out with its next batch after that."""
BATCHES_A_SECOND, BURST = 5.0, 60


class DeviceConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """One connected device. Batches are taken in one after the other, as they come."""

    device: Device | None = None

    async def dispatch(self, message: Any) -> None:
        """As Channels', without its hop to a thread per message that closes database connections: we have none."""
        await getattr(self, get_handler_name(message))(message)

    async def websocket_connect(self, message: Any) -> None:
        self._bucket = TokenBucket(BATCHES_A_SECOND, BURST)
        self._token, self._asked_at, self._closed = "", 0.0, False
        self._known = asyncio.Event()
        await self.accept()
        self._tending = asyncio.create_task(self._tend())
        headers = dict(self.scope.get("headers", []))
        if token := bearer_of(headers.get(b"authorization", b"").decode("latin-1")):
            await self._guarded(self._enter(token), None)

    async def websocket_receive(self, message: Any) -> None:
        text = message.get("text")
        if self._closed:
            return
        if not self._bucket.take():
            await self._leave(CloseCode.TOO_FAST)
        elif len(text or message.get("bytes") or b"") > LONGEST_FRAME:
            await self._leave(CloseCode.TOO_LARGE)
        else:
            await self._guarded(*self._meant_by(text))

    async def websocket_disconnect(self, message: Any) -> Never:
        self._closed = True
        self._tending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._tending
        raise StopConsumer

    def _meant_by(self, text: str | None) -> tuple[Any, Any]:
        """What a message asks for, and under which id it is answered."""
        try:
            if text is None:
                raise Invalid("Messages are JSON text.", code="malformed")
            message = loads(text.encode())
            if not isinstance(message, dict):
                raise Invalid("A message is an object with a `type`.", code="malformed")
        except Exception as error:
            return _raising(error), None
        match message:
            case {"type": "authenticate", "token": str(token)}:
                return self._enter(token), None
            case {"type": "positions", "readings": list(readings)}:
                return self._take(readings, message.get("id")), message.get("id")
        return _raising(Invalid("Send `authenticate` or `positions`.", code="unknown_type")), message.get("id")

    async def _enter(self, token: str) -> None:
        self._token = token
        await self._ask()
        assert self.device is not None
        await self._tell(type="ready", pvin=self.device.pvin)

    async def _take(self, readings: list[Any], number: Any) -> None:
        if time.monotonic() - self._asked_at > ASK_AGAIN_SECONDS:
            await self._ask()
        if self.device is None:
            raise Unauthenticated
        if not 0 < len(readings) <= MOST_READINGS:
            raise Invalid(f"Send 1 to {MOST_READINGS} readings at a time.")
        receipt = await in_thread(ingest, device=self.device, raws=readings, now=utc_now())
        await self._tell(type="receipt", id=number, **BatchReceiptSerializer(receipt).data)

    async def _ask(self) -> None:
        """Whose token it is now. Raises `Unauthenticated`."""
        self.device = await in_thread(device_of, self._token)
        self._asked_at = time.monotonic()
        self._known.set()

    async def _tend(self) -> None:
        """Out with who does not say who they are; a word now and then, so that both ends know of a dead line."""
        try:
            await asyncio.wait_for(self._known.wait(), AUTHENTICATE_WITHIN)
        except TimeoutError:
            await self._leave(CloseCode.UNAUTHENTICATED)
        while not self._closed:
            await asyncio.sleep(HEARTBEAT_EVERY)
            await self._tell(type="heartbeat")

    async def _guarded(self, work: Any, number: Any) -> None:
        """What fails is answered, and a token that is none ends the connection."""
        try:
            await work
        except Exception as exception:
            error = translate(exception)
            if isinstance(error, InternalError):
                log.error("device_socket_failed", exc_info=exception)
            if isinstance(error, Unauthenticated):
                await self._leave(close_code(error))
            else:
                await self._tell(type="error", id=number, code=error.code, message=error.message)

    async def _tell(self, **message: Any) -> None:
        if not self._closed:
            await self.send(dumps(message).decode())

    async def _leave(self, code: CloseCode) -> None:
        if not self._closed:
            self._closed = True
            await self.close(code=int(code))


async def _raising(error: Exception) -> None:
    raise error
