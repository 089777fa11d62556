"""Distances and bearings on a spherical Earth: pure, without dependencies, cheap enough for one call per reading.

Angles are degrees, WGS 84 latitude and longitude; lengths are metres. The sphere's error against the ellipsoid is at
most 0.5 %, far below that of a phone's position over the lengths we measure.
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import asin, atan2, cos, degrees, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius R1 of the IUGG."""


class Position(NamedTuple):
    """A place and the direction of travel there (0 = north, 90 = east)."""

    lat: float
    lng: float
    heading: float


def distance_m(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Great-circle distance in metres (haversine, stable for neighbours as well as antipodes)."""
    phi1, phi2 = radians(lat1), radians(lat2)
    half_dphi = sin((phi2 - phi1) / 2)
    half_dlambda = sin(radians(lng2 - lng1) / 2)
    h = half_dphi * half_dphi + cos(phi1) * cos(phi2) * half_dlambda * half_dlambda
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


def bearing_deg(lat1: float, lng1: float, lat2: float, lng2: float) -> float:
    """Initial bearing from the first point to the second, in [0, 360); 0 when they coincide."""
    phi1, phi2 = radians(lat1), radians(lat2)
    dlambda = radians(lng2 - lng1)
    east = sin(dlambda) * cos(phi2)
    north = cos(phi1) * sin(phi2) - sin(phi1) * cos(phi2) * cos(dlambda)
    # The second modulo turns 360.0, which a tiny negative angle rounds to, into 0.
    return degrees(atan2(east, north)) % 360 % 360


def cumulative_m(points: Sequence[tuple[float, float]]) -> list[float]:
    """Metres from the start to each of the `(lat, lng)` points; `[0.0]` for one point, empty for none."""
    if not points:
        return []
    return list(accumulate((distance_m(*a, *b) for a, b in pairwise(points)), initial=0.0))


def interpolate(
    points: Sequence[tuple[float, float]], metres: float, *, cumulative: Sequence[float] | None = None
) -> Position:
    """The position `metres` along the polyline of `(lat, lng)` points, with the heading of the leg it lies on.

    Clamped to the ends. `cumulative` (from `cumulative_m`) saves the measuring when one polyline is asked often.
    Within a leg, latitude and longitude are linear: exact to centimetres for the legs of a street network.

    Raises:
        ValueError: there is no point.
    """
    if not points:
        raise ValueError("a polyline needs at least one point")
    along = cumulative if cumulative is not None else cumulative_m(points)
    if along[-1] == 0:
        return Position(*points[0], 0.0)
    # Legs of no length have no heading: the clamp below and bisect_right step over them.
    metres = min(max(metres, 0.0), along[-1])
    leg = bisect_right(along, metres) - 1
    if metres >= along[-1]:
        leg = next(i for i in range(len(points) - 2, -1, -1) if along[i + 1] > along[i])
    (lat1, lng1), (lat2, lng2) = points[leg], points[leg + 1]
    share = (metres - along[leg]) / (along[leg + 1] - along[leg])
    return Position(lat1 + (lat2 - lat1) * share, lng1 + (lng2 - lng1) * share, bearing_deg(lat1, lng1, lat2, lng2))
