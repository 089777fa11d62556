"""The usual port of phone trackers: `http://<host>:5055/<token>/` is `/osmand/<token>/`, and nothing else is there.

An ASGI application of its own (`atlas.asgi:trackers`), so that the port shows no page and no API.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

App = Callable[[Any, Any, Any], Awaitable[None]]


class TrackerPort:
    """`TrackerPort(http)` in front of the HTTP application."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "http":
            await self.app({**scope, **_inside(scope["path"])}, receive, send)


def _inside(path: str) -> dict[str, Any]:
    """The address within Atlas; what has not the form of a token leads nowhere."""
    token = path.strip("/")
    found = f"/osmand/{'' if '/' in token else token}/"
    return {"path": found, "raw_path": found.encode()}
