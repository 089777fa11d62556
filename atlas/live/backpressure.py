"""Waiting until a socket has taken what was sent, so that what it cannot take waits in its mailbox.

Uvicorn's `send` waits by itself while the client does not read. Daphne's hands everything to Twisted, whose buffer
has no bound; this looks at it. `send` is then a `functools.partial` of Daphne's with the protocol as argument.
"""

import asyncio
from functools import partial
from typing import Any

HIGH_WATER_BYTES = 64 * 1024
LOOK_AGAIN_SECONDS = 0.05


def unsent_bytes(send: Any) -> int:
    """What Twisted still holds for this socket; 0 under every other server."""
    if not isinstance(send, partial) or not send.args:
        return 0
    transport = getattr(send.args[0], "transport", None)
    buffered = getattr(transport, "dataBuffer", None)
    if buffered is None:
        return 0
    return len(buffered) - int(getattr(transport, "offset", 0)) + int(getattr(transport, "_tempDataLen", 0))


async def drained(send: Any) -> None:
    """Returns at once unless the client is behind."""
    while unsent_bytes(send) > HIGH_WATER_BYTES:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
