"""Between the plane the city is laid out in and the globe it lies on."""

from math import cos, pi, radians, sin

from atlas.geo.distance import EARTH_RADIUS_M
from atlas.geo.synthesis.geometry import Point

SOUTH, WEST, NORTH, EAST = 40.58, -74.05, 40.85, -73.74
LAT0, LNG0 = (SOUTH + NORTH) / 2, (WEST + EAST) / 2
_M_PER_DEG = EARTH_RADIUS_M * pi / 180
_M_PER_DEG_LNG = _M_PER_DEG * cos(radians(LAT0))

HALF_WIDTH = (EAST - WEST) / 2 * _M_PER_DEG_LNG
HALF_HEIGHT = (NORTH - SOUTH) / 2 * _M_PER_DEG


def bend(p: Point) -> Point:
    """A gentle distortion (at most about 250 m over several kilometres): no street stays ruler-straight."""
    x, y = p
    return (
        x + 150 * sin(2 * pi * y / 8_300 + 1.1) + 70 * sin(2 * pi * (x + y) / 5_100 + 0.3),
        y + 140 * sin(2 * pi * x / 7_700 + 2.4) + 70 * sin(2 * pi * (x - y) / 5_900 + 4.0),
    )


def unbend(p: Point) -> Point:
    """Inverse of `bend`, by fixed-point iteration (it contracts, as the distortion is gentle)."""
    q = p
    for _ in range(40):
        bx, by = bend(q)
        q = (q[0] + p[0] - bx, q[1] + p[1] - by)
    return q


def to_lat_lng(p: Point) -> tuple[float, float]:
    """Layout plane -> degrees, rounded to 5 decimals (about a metre)."""
    x, y = bend(p)
    return round(LAT0 + y / _M_PER_DEG, 5), round(LNG0 + x / _M_PER_DEG_LNG, 5)


def from_lat_lng(lat: float, lng: float) -> Point:
    return unbend(((lng - LNG0) * _M_PER_DEG_LNG, (lat - LAT0) * _M_PER_DEG))
