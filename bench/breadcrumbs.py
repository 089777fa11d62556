"""Breadcrumbs: bytes and microseconds a point, beside JSON and deflated JSON.

    python -m bench.breadcrumbs [points per chunk ...]

One reading a second of a car with a phone's jitter: position, speed (0.1 m/s), heading (1 degree), odometer, battery.
Units are DynamoDB's for 1,000 points: a started kilobyte each, a chunk's other attributes included.
"""

import json
import math
import os
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from random import Random

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

from telemetry.breadcrumbs.codec import pack, unpack
from telemetry.rules.point import Point

SIZES = (10, 60, 300)
OTHER_ATTRIBUTES = 210
"""Bytes of a chunk beside its points: keys, times, TTL, version."""
ROUNDS = 300


def ride(count: int) -> list[Point]:
    luck = Random(1)
    lat, lng, heading, speed, driven = 40.75, -73.98, 45.0, 10.0, 22_683_600.0
    points = []
    for second in range(count):
        speed = min(30.0, max(0.0, speed + luck.gauss(0, 0.5)))
        heading = (heading + luck.gauss(0, 2)) % 360
        lat += speed * math.cos(math.radians(heading)) / 111_320
        lng += speed * math.sin(math.radians(heading)) / 111_320 / math.cos(math.radians(lat))
        driven += speed
        jitter = (round(luck.gauss(0, 3)), round(luck.gauss(0, 3)))
        points.append(
            Point(
                1_780_315_200_000 + second * 1000,
                round(lat * 1e6) + jitter[0],
                round(lng * 1e6) + jitter[1],
                round(speed * 10) * 10,
                round(heading) % 360 * 10,
                round(driven),
                750 - second // 120,
            )
        )
    return points


def as_json(points: list[Point]) -> bytes:
    return json.dumps([point._asdict() for point in points], separators=(",", ":")).encode()


def main(sizes: list[int]) -> None:
    ways: dict[str, Callable[[list[Point]], bytes]] = {
        "JSON": as_json,
        "deflated JSON": lambda points: zlib.compress(as_json(points)),
        "columns of deltas": pack,
    }
    print(f"{'points':>7}  {'way':<18}{'bytes/point':>12}{'units/1,000':>12}{'us/point':>10}")
    for size in sizes:
        points = ride(size)
        for name, way in ways.items():
            packed, seconds = way(points), timed(partial(way, points))
            units = math.ceil((len(packed) + OTHER_ATTRIBUTES) / 1024) * 1000 / size
            print(f"{size:>7}  {name:<18}{len(packed) / size:>12.1f}{units:>12.1f}{seconds / size * 1e6:>10.1f}")
        again = timed(partial(unpack, pack(points))) / size * 1e6
        print(f"{size:>7}  {'... read again':<18}{'':>24}{again:>10.1f}")


def timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - started) / ROUNDS


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(SIZES))
