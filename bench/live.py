"""Live fan-out: deliveries per second of Atlas's hub beside stock Channels groups, in one run.

    python -m bench.live [viewers ...]

One server process each (Daphne and Uvicorn), a real Redis, viewers on the same machine that only count bytes.
Messages go out in bursts of 50, the next when every viewer has the last: nothing is dropped, so ratios are fair.
Printed are deliveries per second and the server's CPU time per delivery. Absolute figures depend on the machine;
what counts is the ratio to `memory` and `redis`, Channels' own layers.
"""

import asyncio
import base64
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from atlas.local.ports import free_port
from atlas.local.redis import temporary_redis

WAYS = ("memory", "redis", "hub")
SERVERS = {
    "daphne": ["daphne", "-b", "127.0.0.1", "-p", "{port}", "-v", "0"],
    "uvicorn": [
        "uvicorn",
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
        "--log-level",
        "error",
        "--ws",
        "websockets-sansio",
    ],
}
BURST = 50
SECONDS = 3.0
CPU_ANSWER = 2 + 16
SMALL_FRAME = 126
"""A server's frame below this many bytes has a header of two."""


class Viewer(asyncio.Protocol):
    """The least a WebSocket client can be: shakes hands, then counts bytes."""

    def __init__(self, path: str) -> None:
        loop = asyncio.get_running_loop()
        self.path = path
        self.open: asyncio.Future[None] = loop.create_future()
        self.reached: asyncio.Future[None] = loop.create_future()
        self.received = 0
        self.target = 0
        self.last = b""
        self.started = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        if not self.started:
            head, _, data = data.partition(b"\r\n\r\n")
            assert b" 101 " in head.split(b"\r\n")[0], head
            self.started = True
            self.open.set_result(None)
        self.received += len(data)
        self.last = data
        if self.received >= self.target and not self.reached.done():
            self.reached.set_result(None)

    def send(self, text: str) -> None:
        """One masked text frame (RFC 6455, section 5.2) with a mask of zeros."""
        raw = text.encode()
        assert len(raw) < SMALL_FRAME
        self.transport.write(bytes([0x81, 0x80 | len(raw), 0, 0, 0, 0]) + raw)

    async def bytes_more(self, count: int) -> None:
        self.target += count
        if self.received < self.target:
            self.reached = asyncio.get_running_loop().create_future()
            await asyncio.wait_for(self.reached, 60)


@dataclass(frozen=True)
class Result:
    deliveries_per_second: float
    cpu_microseconds: float
    """Of the server, per delivery: steadier than the rate while the machine does other things too."""


async def measure(port: int, viewers: int, frame: int) -> Result:
    loop = asyncio.get_running_loop()

    async def connect(path: str) -> Viewer:
        _, viewer = await loop.create_connection(lambda: Viewer(path), "127.0.0.1", port)
        await asyncio.wait_for(viewer.open, 10)
        return viewer

    watching = [await connect("/ws/") for _ in range(viewers)]
    for viewer in watching:
        viewer.send('{"type":"authenticate","token":"ada"}')
    await asyncio.gather(*(viewer.bytes_more(len(b"{}") + 2) for viewer in watching))
    control = await connect("/go/")

    async def burst() -> float:
        started = time.perf_counter()
        control.send(str(BURST))
        await asyncio.gather(*(viewer.bytes_more(frame * BURST) for viewer in watching))
        return time.perf_counter() - started

    await burst()
    times: list[float] = []
    cpu = await server_cpu(control)
    while sum(times) < SECONDS:
        times.append(await burst())
    deliveries = viewers * BURST * len(times)
    cpu = await server_cpu(control) - cpu
    for viewer in (*watching, control):
        viewer.transport.close()
    return Result(deliveries / sum(times), cpu / deliveries * 1e6)


async def server_cpu(control: Viewer) -> float:
    """Seconds of CPU that the server process has used."""
    control.send("cpu")
    await control.bytes_more(CPU_ANSWER)
    return float(control.last[2:])


@contextlib.contextmanager
def server(name: str, way: str, redis_url: str) -> Iterator[int]:
    port = free_port()
    command = [part.format(port=port) for part in SERVERS[name]] + ["bench.live_server:application"]
    environment = {**os.environ, "BENCH_WAY": way, "REDIS_URL": redis_url}
    process = subprocess.Popen([sys.executable, "-m", *command], env=environment)  # noqa: S603 (our own command)
    try:
        wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(10)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    async def reachable() -> None:
        while process.poll() is None:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.05)
        raise SystemExit("The server did not start.")

    asyncio.run(asyncio.wait_for(reachable(), 20))


def frame_bytes() -> int:
    """What one position is on the wire."""
    from msgspec.json import encode  # noqa: PLC0415

    position = {
        "type": "location",
        "lat": 40.7581,
        "lng": -73.985,
        "speed": 8.3,
        "heading": 90,
        "timestamp": "18:31:05",
    }
    size = len(encode(position))
    assert size < SMALL_FRAME
    return size + 2


def main(viewers: list[int]) -> None:
    frame = frame_bytes()
    print(f"{'server':8} {'viewers':>7}  " + "".join(f"{way:>18}" for way in WAYS) + "   CPU: memory/hub redis/hub")
    with temporary_redis() as redis:
        for name in SERVERS:
            for count in viewers:
                found: dict[str, Result] = {}
                for way in WAYS:
                    with server(name, way, f"{redis.url}/0") as port:
                        found[way] = asyncio.run(measure(port, count, frame))
                rates = {way: result.deliveries_per_second for way, result in found.items()}
                cpu = {way: result.cpu_microseconds for way, result in found.items()}
                print(
                    f"{name:8} {count:>7}  "
                    + "".join(f"{rates[way]:>9,.0f}/s{cpu[way]:>5.0f}us" for way in WAYS)
                    + f"  {cpu['memory'] / cpu['hub']:>13.1f}x {cpu['redis'] / cpu['hub']:>8.1f}x",
                    flush=True,
                )


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or [10, 100, 500])
