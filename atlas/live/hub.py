"""The process-local hub: topics to mailboxes, fed by ONE Redis subscription per process and topic.

Stock Channels groups copy and queue every message once per viewer; here it is decoded once per process, made into
one frame, and that frame is handed to each mailbox (several times the deliveries: `bench/live.py`). If Redis
drops, the hub reconnects and subscribes again; sockets stay, and are told that they may have missed something.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from atlas.live import redis
from atlas.live.close_codes import CloseCode
from atlas.live.loops import per_loop
from atlas.live.mailbox import Frame, Kind, Mailbox

log = structlog.get_logger(__name__)

KINDS: dict[bytes, Kind] = {b"e": "event", b"p": "position"}
SIGNED_OUT, LOOK_AGAIN = b"x", b"?"
"""First byte of a message on the wire: an event, a position, the end of a user's sockets, or other rights of theirs."""
END_OF_HEAD = b"\n"
"""Behind that byte and the subject, before the message, which is JSON on one line."""

CONFIRMATION_SECONDS = 2.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 2.0


@dataclass(slots=True)
class Topic:
    mailboxes: set[Mailbox] = field(default_factory=set)
    confirmed: asyncio.Event = field(default_factory=asyncio.Event)
    """Set while Redis has acknowledged the subscription: from here on nothing is missed."""
    interrupted: bool = False

    def confirm(self) -> None:
        self.confirmed.set()
        if self.interrupted:
            self.interrupted = False
            for mailbox in self.mailboxes:
                mailbox.mark_gap()


class Hub:
    """Everything that the sockets of one event loop watch. Its Redis connection exists while there are sockets."""

    def __init__(self) -> None:
        self._topics: dict[str, Topic] = {}
        self._watched: dict[Mailbox, set[str]] = {}
        self._unconfirmed: Counter[str] = Counter()
        """Subscriptions sent and not yet acknowledged, by channel."""
        self._pause = FIRST_PAUSE_SECONDS
        self._pubsub: PubSub | None = None
        self._reader: asyncio.Task[None] | None = None

    @property
    def sockets(self) -> int:
        """How many mailboxes are filled."""
        return len(self._watched)

    @property
    def topics(self) -> int:
        """How many subscriptions are kept at Redis."""
        return len(self._topics)

    async def subscribe(self, mailbox: Mailbox, topics: Iterable[str]) -> None:
        """Deliver `topics` to `mailbox`. Returns when Redis has confirmed, so a snapshot made now misses nothing.

        With Redis away it returns after a moment all the same: the subscription follows, and marks a gap.
        """
        channels = {redis.name(topic) for topic in topics}
        new = channels - self._topics.keys()
        for channel in channels:
            self._topics.setdefault(channel, Topic()).mailboxes.add(mailbox)
        self._watched.setdefault(mailbox, set()).update(channels)
        if self._reader is None or self._reader.done():
            self._reader = asyncio.create_task(self._read_forever(), name="live-hub")
        elif new and self._pubsub is not None:
            await self._command(self._subscribe_now(self._pubsub, new))
        joined = [self._topics[channel] for channel in channels & self._topics.keys()]
        try:
            await asyncio.wait_for(asyncio.gather(*(topic.confirmed.wait() for topic in joined)), CONFIRMATION_SECONDS)
        except TimeoutError:
            for topic in joined:
                topic.interrupted |= not topic.confirmed.is_set()

    async def unsubscribe(self, mailbox: Mailbox) -> None:
        """Deliver nothing more to `mailbox`."""
        left = []
        for channel in self._watched.pop(mailbox, ()):
            topic = self._topics[channel]
            topic.mailboxes.discard(mailbox)
            if not topic.mailboxes:
                del self._topics[channel]
                left.append(channel)
        if left and not self._topics:
            await self._stop()
        elif left and self._pubsub is not None:
            await self._command(self._pubsub.unsubscribe(*left))

    async def _read_forever(self) -> None:
        self._pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                async with redis.async_client().pubsub() as pubsub:
                    await self._read(pubsub)
            except (RedisError, OSError) as error:
                log.warning("live hub lost redis", reason=f"{type(error).__name__}: {error}", retry_in=self._pause)
            for topic in self._topics.values():
                topic.confirmed.clear()
                topic.interrupted = True
            await asyncio.sleep(self._pause * random.uniform(0.5, 1))  # noqa: S311  # jitter, not a secret
            self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)

    async def _read(self, pubsub: PubSub) -> None:
        """Subscribe to everything and deliver until the connection breaks.

        The time-out lets redis-py ping a connection on which nothing comes.
        """
        self._unconfirmed.clear()
        subscribed: set[str] = set()
        while missing := self._topics.keys() - subscribed:  # more may come while we wait
            await self._subscribe_now(pubsub, missing)
            subscribed |= missing
        self._pubsub = pubsub
        try:
            while True:
                message = await pubsub.get_message(timeout=redis.HEALTH_CHECK_SECONDS)
                if message is None:
                    continue
                self._pause = FIRST_PAUSE_SECONDS
                channel = message["channel"].decode()
                if message["type"] == "message":
                    self._deliver(channel, message["data"])
                elif message["type"] == "subscribe":
                    self._confirm(channel)
        finally:
            if self._pubsub is pubsub:  # or a new reader's already
                self._pubsub = None

    def _deliver(self, channel: str, data: bytes) -> None:
        topic = self._topics.get(channel)
        if topic is None:
            return
        head, _, text = data.partition(END_OF_HEAD)
        mark, subject = head[:1], head[1:].decode()
        if mark == SIGNED_OUT:
            for mailbox in signed_out(topic.mailboxes, text):
                mailbox.close(CloseCode.UNAUTHENTICATED)
            return
        if mark == LOOK_AGAIN:
            for mailbox in topic.mailboxes:
                mailbox.mark_gap()
            return
        frame: Frame = {"type": "websocket.send", "text": text.decode()}
        kind = KINDS.get(mark, "event")
        for mailbox in topic.mailboxes:
            mailbox.put(frame, kind, subject)

    def _confirm(self, channel: str) -> None:
        self._unconfirmed[channel] -= 1
        if self._unconfirmed[channel] <= 0:
            del self._unconfirmed[channel]
            if topic := self._topics.get(channel):
                topic.confirm()

    async def _subscribe_now(self, pubsub: PubSub, channels: Iterable[str]) -> None:
        channels = list(channels)
        self._unconfirmed.update(channels)
        await pubsub.subscribe(*channels)

    async def _command(self, command: Any) -> None:
        """A command to a connection that may just be breaking: the reader sees it too and starts over."""
        try:
            await command
        except (RedisError, OSError) as error:
            log.warning("live hub command failed", reason=type(error).__name__)

    async def _stop(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)


def signed_out(mailboxes: Iterable[Mailbox], text: bytes) -> list[Mailbox]:
    """Those whose sign-in has ended, by what `publish.sign_out` said."""
    message = json.loads(text)
    match message:
        case {"only": str(only)}:
            return [mailbox for mailbox in mailboxes if mailbox.session_id == only]
        case {"but": str(but)}:
            return [mailbox for mailbox in mailboxes if mailbox.session_id != but]
    return list(mailboxes)


hub = per_loop(Hub)
"""`hub()` is the running event loop's: a web process has one; each test's loop has its own."""
