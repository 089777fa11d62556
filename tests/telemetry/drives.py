"""Drives to test with: what a device would send, second by second, made from a few words about each stretch."""

import math
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from telemetry.rules.point import METRE_PER_SECOND, Point

NOON = 1_780_315_200_000
"""Milliseconds since 1970 of 2026-06-01 12:00:00Z."""
Stretch = tuple[int, float]
"""Seconds, and the speed in m/s that is driven for so long."""


def drive(
    stretches: Iterable[Stretch], *, start: int = NOON, step: int = 1, odometer: int | None = None, seed: int = 7
) -> list[Point]:
    """One point every `step` seconds, gently winding north-east."""
    luck = Random(seed)
    lat, lng, heading, driven = 40.75, -73.98, 45.0, float(odometer or 0)
    points, at = [], start
    for seconds, speed in stretches:
        for _ in range(0, seconds, step):
            if speed:
                heading = (heading + luck.uniform(-2, 2)) % 360
            points.append(
                Point(
                    at,
                    round(lat * 1e6),
                    round(lng * 1e6),
                    round(speed * METRE_PER_SECOND),
                    round(heading * 10) % 3600,
                    None if odometer is None else round(driven),
                )
            )
            driven += speed * step
            lat += speed * step * math.cos(math.radians(heading)) / 111_320
            lng += speed * step * math.sin(math.radians(heading)) / 111_320 / math.cos(math.radians(lat))
            at += step * 1000
    return points


def sent(points: Sequence[Point], **more: Any) -> list[dict[str, Any]]:
    """As a device sends them to `telemetry/positions`."""
    return [
        {
            "timestamp": point.at,
            "lat": point.lat / 1e6,
            "lng": point.lng / 1e6,
            **({} if point.speed is None else {"speed": point.speed / 100}),
            **({} if point.heading is None else {"heading": point.heading / 10}),
            **({} if point.odometer is None else {"odometer": point.odometer}),
            **({} if point.battery is None else {"batteryLevel": point.battery / 10}),
            **({} if point.altitude is None else {"altitude": point.altitude}),
            **more,
        }
        for point in points
    ]
