"""What answers a socket at an address that is none."""

from channels.generic.websocket import AsyncWebsocketConsumer

from atlas.live.close_codes import CloseCode


class NowhereConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels ships no types
    """Accepts, as only an open socket can say why it closes, and closes with 4404."""

    async def connect(self) -> None:
        await self.accept()
        await self.close(CloseCode.NOT_FOUND)
