"""The ASGI application that `bench.live` measures: one way of live fan-out, named by `BENCH_WAY`.

Every viewer opens `/ws/` and gets what is published; a control socket at `/go/` says `<n>` and n messages go out.
"""

import json
import os
import time
from types import SimpleNamespace
from typing import Any

import django
from django.conf import settings

WAY = os.environ["BENCH_WAY"]
REDIS_URL = os.environ["REDIS_URL"]
LAYERS = {
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 1000}},
    "redis": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [{"address": REDIS_URL, "max_connections": 5000}], "capacity": 1000},
    },
}
POSITION = {"type": "location", "lat": 40.7581, "lng": -73.985, "speed": 8.3, "heading": 90, "timestamp": "18:31:05"}

settings.configure(
    SECRET_KEY="signs nothing",  # noqa: S106
    REDIS_URL=REDIS_URL,
    TABLE_PREFIX="bench-",
    ATLAS_LIVE_AUTHENTICATE="bench.live_server.user_for_token",
    BODY_LIMIT_BYTES=0,
    REST_FRAMEWORK={},
    CHANNEL_LAYERS={"default": LAYERS[WAY]} if WAY in LAYERS else {},
)
django.setup()

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 (settings first)
from channels.layers import get_channel_layer  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402

from atlas.live.consumer import LiveConsumer  # noqa: E402
from atlas.live.publish import apublish  # noqa: E402


async def user_for_token(token: str) -> Any:
    return SimpleNamespace(pk=token, is_authenticated=True)


class StockViewer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """As Channels' own tutorial has it."""

    async def connect(self) -> None:
        await self.channel_layer.group_add("ride", self.channel_name)
        await self.accept()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        await self.send(text_data="{}")  # the answer to `authenticate`: from here on everything arrives

    async def location(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(event["position"], separators=(",", ":")))


class Control(AsyncWebsocketConsumer):  # type: ignore[misc]
    """`<n>`: publish n messages. `cpu`: how many seconds of CPU this process has used, in 16 characters."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data == "cpu":
            await self.send(text_data=f"{time.process_time():016.6f}")
            return
        for _ in range(int(text_data or 0)):
            await self.publish()

    async def publish(self) -> None:
        raise NotImplementedError


class StockControl(Control):
    async def publish(self) -> None:
        await get_channel_layer().group_send("ride", {"type": "location", "position": POSITION})


class HubViewer(LiveConsumer):
    def topics(self) -> list[str]:
        return ["ride"]

    async def snapshot(self) -> dict[str, Any]:
        return {}


class HubControl(Control):
    async def publish(self) -> None:
        await apublish("ride", POSITION)  # an event: every one is to arrive, so that they can be counted


viewer, control = (HubViewer, HubControl) if WAY == "hub" else (StockViewer, StockControl)
application = ProtocolTypeRouter(
    {"websocket": URLRouter([path("ws/", viewer.as_asgi()), path("go/", control.as_asgi())])}
)
