"""Trips detected and said again from their archives: a second, and the memory it takes.

    python -m bench.trips [minutes of a trip ...]

Each archive is opened (gzip, JSON), its points run through the trip machine and the summary, as `manage.py telemetry
recompute` and an import do, without store or network. Beside it: the same with the standard library's `json`, and only
opening the archive. A reading a second, with a phone's jitter; memory is the peak of one trip beyond what was there.
"""

import calendar
import gzip
import json
import os
import sys
import time
import tracemalloc
from collections.abc import Callable

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "atlas.settings")

from bench.breadcrumbs import ride
from telemetry.rules.machine import Thresholds
from telemetry.rules.ordering import Track, absorb, flush
from telemetry.rules.point import Point
from telemetry.rules.safety import Limits
from telemetry.rules.summary import Summary, summarise
from telemetry.trips import archive

MINUTES = (5, 30, 180)
SECONDS = 4.0
"""Of each measurement."""
FOREVER = 10**12


def detect(points: list[Point]) -> list[Summary]:
    limits = Thresholds()
    track = flush(absorb(Track(), points, limits).track, FOREVER, limits)
    return [
        summarise(
            [point for point in track.points if span.start <= point.at <= span.end],
            thresholds=limits,
            limits=Limits(),
        )
        for span in track.ended
    ]


def plainly(packed: bytes) -> list[Point]:
    """As one would without msgspec; times are whole seconds here."""
    return [
        Point(
            calendar.timegm(time.strptime(each["timestamp"], "%Y-%m-%dT%H:%M:%SZ")) * 1000,
            round(each["lat"] * 1e6),
            round(each["lng"] * 1e6),
            round(each["speed"] * 100),
            round(each["heading"] * 10),
            each["odometer"],
            round(each["batteryLevel"] * 10),
        )
        for each in json.loads(gzip.decompress(packed))
    ]


def per_second(work: Callable[[], object]) -> float:
    """The best of a few slices: other programs only take time away."""
    best, end = 0.0, time.perf_counter() + SECONDS
    while (begun := time.perf_counter()) < end:
        done = 0
        while time.perf_counter() - begun < SECONDS / 8:
            work()
            done += 1
        best = max(best, done / (time.perf_counter() - begun))
    return best


def peak_of(work: Callable[[], object]) -> float:
    """Megabytes."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def main(lengths: list[int]) -> None:
    print(f"{'minutes':>8}{'bytes a point':>15}{'trips a second':>16}{'with json':>11}{'opened':>9}{'peak MB':>9}")
    for minutes in lengths:
        points = [point._replace(speed=max(point.speed or 0, 300)) for point in ride(minutes * 60)]
        packed = archive.pack(points)
        found = detect(archive.unpack(packed))
        assert [each.points for each in found] == [len(points)], "one trip, whole"
        full = per_second(lambda packed=packed: detect(archive.unpack(packed)))  # type: ignore[misc]
        plain = per_second(lambda packed=packed: detect(plainly(packed)))  # type: ignore[misc]
        opened = per_second(lambda packed=packed: archive.unpack(packed))  # type: ignore[misc]
        peak = peak_of(lambda packed=packed: detect(archive.unpack(packed)))  # type: ignore[misc]
        size = len(packed) / len(points)
        print(f"{minutes:>8}{size:>15.1f}{full:>16.1f}{plain:>11.1f}{opened:>9.1f}{peak:>9.1f}")


if __name__ == "__main__":
    main([int(each) for each in sys.argv[1:]] or list(MINUTES))
