"""A reader that stops reading, on each real server: old positions are lost, events are not."""

import base64
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest
import redis

from atlas.live.publish import encode
from atlas.local.ports import free_port
from atlas.local.redis import temporary_redis
from bench.live import SERVERS

POSITIONS = 20_000
PADDING = "x" * 1000
"""20 MB in all: far more than the kernel's buffers hold."""


@contextlib.contextmanager
def server(name: str, redis_url: str) -> Iterator[int]:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        *(part.format(port=port) for part in SERVERS[name]),
        "bench.live_server:application",
    ]
    environment = {**os.environ, "BENCH_WAY": "hub", "REDIS_URL": redis_url}
    process = subprocess.Popen(command, env=environment)  # noqa: S603 (our own command)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def position(number: int) -> dict[str, object]:
    return {"position": number, "padding": PADDING, "type": "location"}


def opened(port: int) -> socket.socket:
    """A socket that has shaken hands and authenticated."""
    deadline = time.monotonic() + 20
    while True:
        try:
            found = socket.socket()
            found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 32 * 1024)
            found.connect(("127.0.0.1", port))
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    key = base64.b64encode(os.urandom(16)).decode()
    found.sendall(
        f"GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
    )
    assert b" 101 " in found.recv(4096)
    token = b'{"type":"authenticate","token":"ada"}'
    found.sendall(bytes([0x81, 0x80 | len(token), 0, 0, 0, 0]) + token)
    assert b"{}" in found.recv(4096)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", SERVERS)
def test_a_reader_that_pauses_finds_every_event_and_only_late_positions(name: str) -> None:
    with temporary_redis() as service, server(name, f"{service.url}/0") as port:
        viewer, publisher = opened(port), redis.Redis.from_url(f"{service.url}/0")
        for number in range(POSITIONS):
            publisher.publish("bench-live:ride", encode(position(number), "position"))
            if number % 2000 == 0:
                publisher.publish("bench-live:ride", encode({"event": number, "type": "booking"}, "event"))
        publisher.publish("bench-live:ride", encode({"event": "last", "type": "booking"}, "event"))
        received, viewer_done = b"", b'{"event":"last"'
        viewer.settimeout(10)
        while viewer_done not in received:
            received += viewer.recv(1 << 20)
        viewer.close()
    assert received.count(b'{"event":') == POSITIONS // 2000 + 1
    assert received.count(b'{"position":') < POSITIONS * 0.8
    assert f'{{"position":{POSITIONS - 1},'.encode() in received
