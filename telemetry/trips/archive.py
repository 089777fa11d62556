"""A trip's points in the object store: gzip of a JSON array of readings, under the key that names vehicle and trip.

    [{"timestamp": "2026-12-24T23:31:05Z", "lat": 40.7581, "lng": -73.985, "speed": 8.3, "heading": 90.0}, ...]

The form of `telemetry/positions`, so that anything that reads those reads these; and exact: what is read back are the
same points, and the same points are the same bytes.
"""

import gzip
from collections.abc import Sequence
from datetime import datetime

import msgspec

from atlas import objects
from telemetry.rules.point import DEGREE, HEADING, METRE_PER_SECOND, PERCENT, Point, instant_of, milliseconds

CONTENT_TYPE = "application/gzip"
LEVEL = 6


class ArchivedPoint(msgspec.Struct, omit_defaults=True, rename="camel"):
    """One point as it is written, in SI units."""

    timestamp: datetime
    lat: float
    lng: float
    speed: float | None = None
    heading: float | None = None
    odometer: int | None = None
    battery_level: float | None = None
    energy_remaining: int | None = None
    altitude: int | None = None


class Unreadable(ValueError):
    """Not an archive of a trip."""


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(list[ArchivedPoint])


def pack(points: Sequence[Point]) -> bytes:
    return gzip.compress(_encoder.encode([shown(point) for point in points]), LEVEL, mtime=0)


def unpack(packed: bytes) -> list[Point]:
    """What `pack` was given. Raises `Unreadable`."""
    try:
        return [_point(each) for each in _decoder.decode(gzip.decompress(packed))]
    except (OSError, EOFError, msgspec.DecodeError) as error:
        raise Unreadable("This is no archive of a trip.") from error


def write(key: str, points: Sequence[Point]) -> int:
    """Store the points; bytes. The same points again are the same object."""
    return objects.write(key, [pack(points)], CONTENT_TYPE)


def read(key: str) -> list[Point]:
    """Raises `NotFound`, `Unreadable`."""
    with objects.open(key) as body:
        return unpack(body.read())


def shown(point: Point) -> ArchivedPoint:
    """A point in the units of the wire."""
    lat, lng = point.degrees
    return ArchivedPoint(
        instant_of(point.at),
        lat,
        lng,
        None if point.speed is None else point.speed / METRE_PER_SECOND,
        None if point.heading is None else point.heading / HEADING,
        point.odometer,
        None if point.battery is None else point.battery / PERCENT,
        point.energy,
        point.altitude,
    )


def _point(each: ArchivedPoint) -> Point:
    return Point(
        milliseconds(each.timestamp),
        round(each.lat * DEGREE),
        round(each.lng * DEGREE),
        None if each.speed is None else round(each.speed * METRE_PER_SECOND),
        None if each.heading is None else round(each.heading * HEADING),
        each.odometer,
        None if each.battery_level is None else round(each.battery_level * PERCENT),
        each.energy_remaining,
        each.altitude,
    )
