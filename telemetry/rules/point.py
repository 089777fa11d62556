"""A place and a time: what trips are made of. Whole numbers of fixed units, so that what is packed comes back the same.

A position is rounded once, when it comes in. From there on two ways to the same answer give the same answer: live,
replayed, imported, or read back from an archive.
"""

from datetime import UTC, datetime
from itertools import starmap
from typing import Any, NamedTuple

DEGREE, METRE_PER_SECOND, HEADING, PERCENT = 1_000_000, 100, 10, 10
"""Units in one: a degree of latitude or longitude, a metre per second, a degree of heading, a percent."""


class Point(NamedTuple):
    """A reading that has a place. None: the device did not say."""

    at: int
    """Milliseconds since 1970, UTC."""
    lat: int
    """Millionths of a degree (11 cm); so is `lng`."""
    lng: int
    speed: int | None = None
    """Centimetres per second."""
    heading: int | None = None
    """Tenths of a degree from north, clockwise, 0 .. 3599."""
    odometer: int | None = None
    """Metres."""
    battery: int | None = None
    """Tenths of a percent."""
    energy: int | None = None
    """Watt-hours left."""
    altitude: int | None = None
    """Metres."""

    @property
    def degrees(self) -> tuple[float, float]:
        return self.lat / DEGREE, self.lng / DEGREE


def union(one: Point, other: Point) -> Point:
    """Two points of the same instant as one, whichever came first: what both say differently, the larger one says."""
    return Point(*starmap(_either, zip(one, other, strict=True)))


def _either(one: int | None, other: int | None) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return max(one, other)


def instant_of(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1000, UTC)


def milliseconds(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)
