"""Shapes of geofences: GeoJSON in, checked; whether a place is inside, and how far outside it is.

A polygon's edges are straight lines of longitude and latitude, as RFC 7946 has them; a circle is a Point and a radius
in metres, along the ground. What lies on the edge is inside.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import cos, isfinite, radians
from typing import Any, Protocol

import shapely

from atlas.geo.distance import EARTH_RADIUS_M, distance_m

MOST_VERTICES = 500
"""Of all rings of a shape together: it is read again by every process when a fence changes."""
LEAST_POSITIONS = 4
"""Of a ring, the last being the first."""
SMALLEST_RADIUS, LARGEST_RADIUS = 20.0, 200_000.0
METRES_PER_DEGREE = EARTH_RADIUS_M * radians(1)
DECIMALS = 6
"""Of a degree that are kept: 11 cm."""

CODES = {
    "geometry_invalid": "Expected a Polygon, a MultiPolygon, or a Point with a radius.",
    "radius_invalid": f"A circle's radius is {SMALLEST_RADIUS:.0f} to {LARGEST_RADIUS:.0f} metres.",
    "radius_unexpected": "Only a Point has a radius.",
    "coordinates_invalid": "A position is an array of numbers: longitude, latitude.",
    "out_of_range": "Longitude (first) is -180 to 180, latitude -90 to 90.",
    "ring_too_short": "A ring has at least four positions.",
    "ring_open": "The last position of a ring is its first one.",
    "too_many_vertices": f"A fence has at most {MOST_VERTICES} vertices: simplify it.",
    "self_intersection": "Its edges cross each other.",
    "no_area": "It has no area.",
    "antimeridian": "It crosses the antimeridian: cut it in two there (RFC 7946, 3.1.9).",
}

Bounds = tuple[float, float, float, float]
"""West, south, east, north."""


class BadShape(ValueError):
    """This is no fence; `code` says why, the message where."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(f"{CODES[code]} {where}".strip())
        self.code = code


class Shape(Protocol):
    """An area on Earth."""

    @property
    def bounds(self) -> Bounds: ...

    def holds(self, lat: float, lng: float) -> bool: ...

    def metres_outside(self, lat: float, lng: float) -> float:
        """0 inside."""
        ...


class Circle:
    def __init__(self, lat: float, lng: float, radius: float) -> None:
        self.lat, self.lng, self.radius = lat, lng, radius

    @property
    def bounds(self) -> Bounds:
        return widened((self.lng, self.lat, self.lng, self.lat), self.radius)

    def holds(self, lat: float, lng: float) -> bool:
        return distance_m(self.lat, self.lng, lat, lng) <= self.radius

    def metres_outside(self, lat: float, lng: float) -> float:
        return max(0.0, distance_m(self.lat, self.lng, lat, lng) - self.radius)


class Area:
    """One polygon or several, with their holes."""

    def __init__(self, area: Any) -> None:
        self.area = area
        shapely.prepare(area)
        west, south, east, north = area.bounds
        self._across = cos(radians((south + north) / 2)) * METRES_PER_DEGREE
        self._plan = shapely.transform(area, lambda xy: xy * [self._across, METRES_PER_DEGREE])
        self.bounds: Bounds = (west, south, east, north)

    def holds(self, lat: float, lng: float) -> bool:
        return bool(shapely.intersects_xy(self.area, lng, lat))

    def metres_outside(self, lat: float, lng: float) -> float:
        """On a plan that is true at the fence's own latitude: near its edge, where it is asked, it is right."""
        if self.holds(lat, lng):
            return 0.0
        return float(shapely.distance(self._plan, shapely.Point(lng * self._across, lat * METRES_PER_DEGREE)))


def widened(bounds: Bounds, metres: float) -> Bounds:
    """A box that has all that is so near to it."""
    west, south, east, north = bounds
    up = metres / METRES_PER_DEGREE
    highest = min(89.0, max(abs(south - up), abs(north + up)))
    across = up / cos(radians(highest))
    return west - across, south - up, east + across, north + up


def shape_of(geometry: Mapping[str, Any], radius: float | None) -> Shape:
    """Of what `checked` gave."""
    if geometry["type"] == "Point":
        lng, lat = geometry["coordinates"]
        return Circle(lat, lng, radius or 0.0)
    return Area(shapely.geometry.shape(geometry))


def checked(geometry: object, radius: object = None) -> dict[str, Any]:
    """The geometry as it is kept: two numbers a position, six decimals. Raises `BadShape`."""
    if not isinstance(geometry, Mapping):
        raise BadShape("geometry_invalid")
    coordinates = geometry.get("coordinates")
    match geometry.get("type"):
        case "Point":
            _check_radius(radius)
            return {"type": "Point", "coordinates": _position(coordinates, "")}
        case "Polygon":
            polygons = [_rings(coordinates, "")]
            kept: Any = polygons[0]
        case "MultiPolygon":
            polygons = kept = [_rings(each, f"polygon {n}, ") for n, each in enumerate(_list(coordinates), 1)]
        case _:
            raise BadShape("geometry_invalid")
    if radius is not None:
        raise BadShape("radius_unexpected")
    if sum(len(ring) - 1 for rings in polygons for ring in rings) > MOST_VERTICES:
        raise BadShape("too_many_vertices")
    found = {"type": geometry["type"], "coordinates": kept}
    _check_area(shapely.geometry.shape(found))
    return found


def _check_radius(radius: object) -> None:
    if isinstance(radius, bool) or not isinstance(radius, int | float):
        raise BadShape("radius_invalid")
    if not SMALLEST_RADIUS <= radius <= LARGEST_RADIUS:  # not a number is neither
        raise BadShape("radius_invalid")


def _rings(rings: object, where: str) -> list[list[list[float]]]:
    return [_ring(ring, f"{where}ring {n}") for n, ring in enumerate(_list(rings), 1)]


def _ring(positions: object, where: str) -> list[list[float]]:
    if len(_list(positions)) > MOST_VERTICES + 1:
        raise BadShape("too_many_vertices", f"({where})")
    found = [_position(each, f"({where}, position {n})") for n, each in enumerate(_list(positions), 1)]
    if len(found) < LEAST_POSITIONS:
        raise BadShape("ring_too_short", f"({where})")
    if found[0] != found[-1]:
        raise BadShape("ring_open", f"({where})")
    if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(found)):  # noqa: PLR2004 (half of the Earth)
        raise BadShape("antimeridian", f"({where})")
    return found


def _position(position: object, where: str) -> list[float]:
    if not isinstance(position, Sequence) or isinstance(position, str) or not 2 <= len(position) <= 3:  # noqa: PLR2004
        raise BadShape("coordinates_invalid", where)
    lng, lat = position[:2]
    for number in (lng, lat):
        if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
            raise BadShape("coordinates_invalid", where)
    if not (-180 <= lng <= 180 and -90 <= lat <= 90):  # noqa: PLR2004
        raise BadShape("out_of_range", where)
    return [round(lng, DECIMALS) + 0.0, round(lat, DECIMALS) + 0.0]


def _list(value: object) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or not value:
        raise BadShape("coordinates_invalid")
    return value


def _check_area(area: Any) -> None:
    if area.convex_hull.area == 0:
        raise BadShape("no_area")
    if not area.is_valid:
        reason = shapely.is_valid_reason(area)
        raise BadShape("self_intersection" if "intersection" in reason else "geometry_invalid", f"({reason})")
