"""Sockets of the marketplace, opened as somebody."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator

from accounts.tables import User
from atlas.live.authentication import in_thread
from bookings.routing import websocket_urlpatterns
from tests.clients import access_token

SECONDS = 3.0
"""How long a message may take on a machine that has other work."""
application = CookieMiddleware(URLRouter(websocket_urlpatterns))


class Socket:
    """One open socket of a test."""

    def __init__(self, communicator: WebsocketCommunicator) -> None:
        self.communicator = communicator

    async def send(self, **message: Any) -> None:
        await self.communicator.send_json_to(message)

    async def hear(self, kind: str | None = None) -> Any:
        """The next message, or the next of this `kind`."""
        while True:
            message = await self.communicator.receive_json_from(SECONDS)
            if kind is None or message["type"] == kind:
                return message

    async def heard_so_far(self) -> list[str]:
        """The types of all that is on its way: what comes before the answer to a nonsensical question."""
        await self.send(type="what-else")
        heard = []
        while (message := await self.hear())["type"] != "error":
            heard.append(message["type"])
        return heard

    async def close_code(self) -> int:
        while True:
            message = await self.communicator.receive_output(SECONDS)
            if message["type"] == "websocket.close":
                return int(message["code"])


@asynccontextmanager
async def opened(path: str, user: User | None) -> AsyncIterator[Socket]:
    """A socket of this user, or of a forged token."""
    token = await in_thread(access_token, user) if user else "forged"
    communicator = WebsocketCommunicator(application, path)
    connected, _ = await communicator.connect()
    assert connected
    socket = Socket(communicator)
    await socket.send(type="authenticate", token=token)
    try:
        yield socket
    finally:
        await communicator.disconnect()
