"""A live view without a domain, and a way to talk to it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from channels.testing import WebsocketCommunicator
from django.urls import path

from atlas.errors import Forbidden, NotFound, Unavailable
from atlas.live.consumer import LiveConsumer

USERS = {"ada": SimpleNamespace(pk="ada", is_authenticated=True, is_active=True)}
refusals = {"theirs": Forbidden(), "nowhere": NotFound(), "away": Unavailable(), "broken": RuntimeError("secret")}


async def user_for_token(token: str) -> Any:
    return USERS.get(token)


class Backend:
    """Django's backend of these tests."""

    def get_user(self, pk: str) -> Any:
        return USERS.get(pk)


class TopicConsumer(LiveConsumer):
    """Watches the topic of its path; answers `add` with a sum."""

    snapshots = 0

    async def begin(self) -> None:
        if failure := refusals.get(self.path["topic"]):
            raise failure

    def topics(self) -> list[str]:
        topic: str = self.path["topic"]
        return [topic]

    async def snapshot(self) -> dict[str, Any]:
        self.snapshots += 1
        return {"type": "snapshot", "number": self.snapshots}

    async def received(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": "add", "terms": [*terms]}:
                self.tell({"type": "sum", "sum": sum(terms)})
            case {"type": "refused"}:
                raise Forbidden
            case _:
                await super().received(message)


class HastyConsumer(TopicConsumer):
    authenticate_within = 0.05
    heartbeat_every = 0.05
    check_every = 0.1
    incoming_rate = 1.0
    incoming_burst = 5


application = CookieMiddleware(
    URLRouter(
        [path("ws/hasty/<str:topic>/", HastyConsumer.as_asgi()), path("ws/<str:topic>/", TopicConsumer.as_asgi())]
    )
)


@asynccontextmanager
async def opened(topic: str, *, user: str | None = "ada", headers: dict[str, str] | None = None) -> AsyncIterator[Any]:
    """A connected socket; with a `user` it is authenticated and its snapshot read."""
    sent = [(name.encode(), value.encode()) for name, value in (headers or {}).items()]
    socket = WebsocketCommunicator(application, f"/ws/{topic}/", headers=sent)
    connected, _ = await socket.connect()
    assert connected
    if user:
        await socket.send_json_to({"type": "authenticate", "token": user})
        assert (await socket.receive_json_from(3))["type"] == "snapshot"
    try:
        yield socket
    finally:
        await socket.disconnect()


async def closed_with(socket: WebsocketCommunicator, timeout: float = 3) -> int:
    """The close code, skipping what is said before."""
    async with asyncio.timeout(timeout):
        while True:
            message = await socket.receive_output(timeout)
            if message["type"] == "websocket.close":
                return int(message["code"])
