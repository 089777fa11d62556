"""Districts: Voronoi cells of scattered sites. Their edges become the arterials, their insides get a street grid."""
# ruff: noqa: PLR2004

from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, hypot
from random import Random

from atlas.geo.synthesis.frame import HALF_HEIGHT, HALF_WIDTH
from atlas.geo.synthesis.geometry import Point, Polyline, along, clip_half_plane
from atlas.geo.synthesis.terrain import HOTEL, Terrain

DOWNTOWN: Point = (HOTEL[0] + 500, HOTEL[1] - 300)
_MARGIN = 900.0
_PITCH = 2750.0


@dataclass(frozen=True)
class District:
    """`ring` is convex and counter-clockwise; `axis` is the direction of its grid in radians."""

    site: Point
    ring: Polyline
    axis: float
    block: tuple[float, float]
    """Spacing in metres of the streets along the axis, and of those across it."""

    @property
    def distance_to_downtown(self) -> float:
        return hypot(self.site[0] - DOWNTOWN[0], self.site[1] - DOWNTOWN[1])


def lay_out(terrain: Terrain, rng: Random) -> list[District]:
    sites = [p for p in _scattered(rng) if terrain.room(p) > -500]
    return [_district(site, ring) for site in sites if len(ring := _cell(site, sites)) > 2]


def _scattered(rng: Random) -> Iterator[Point]:
    """A jittered hexagonal lattice over the map and a margin."""
    row, y = 0, -HALF_HEIGHT - _MARGIN
    while y < HALF_HEIGHT + _MARGIN:
        x = -HALF_WIDTH - _MARGIN + (row % 2) * _PITCH / 2
        while x < HALF_WIDTH + _MARGIN:
            yield x + (rng.random() - 0.5) * 0.62 * _PITCH, y + (rng.random() - 0.5) * 0.62 * _PITCH
            x += _PITCH
        y += _PITCH * 0.866
        row += 1


def _cell(site: Point, sites: list[Point]) -> Polyline:
    w, h = HALF_WIDTH + _MARGIN, HALF_HEIGHT + _MARGIN
    ring: Polyline = [(-w, -h), (w, -h), (w, h), (-w, h)]
    for other in sites:
        if other != site:
            normal = (other[0] - site[0], other[1] - site[1])
            ring = clip_half_plane(ring, along(site, other, 0.5), normal)
    return ring


def _district(site: Point, ring: Polyline) -> District:
    """The grid follows the longest edge, as a city's does that grew from its avenues; blocks grow outwards."""
    a, b = max(edges(ring), key=lambda e: hypot(e[1][0] - e[0][0], e[1][1] - e[0][1]))
    out = hypot(site[0] - DOWNTOWN[0], site[1] - DOWNTOWN[1])
    block = (120.0, 230.0) if out < 3200 else (190.0, 330.0) if out < 6500 else (330.0, 560.0)
    return District(site, ring, atan2(b[1] - a[1], b[0] - a[0]), block)


def edges(ring: Polyline) -> Iterator[tuple[Point, Point]]:
    return zip(ring, [*ring[1:], ring[0]], strict=True)


def arterial_edges(districts: list[District]) -> list[tuple[Point, Point]]:
    """Every edge between two districts once, in a fixed order; the outer rim of the map is none."""
    w, h = HALF_WIDTH + _MARGIN - 1, HALF_HEIGHT + _MARGIN - 1
    seen: set[tuple[int, int]] = set()
    result = []
    for district in districts:
        for a, b in edges(district.ring):
            middle = along(a, b, 0.5)
            key = (round(middle[0] / 5), round(middle[1] / 5))
            near = {(key[0] + i, key[1] + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            if seen & near or abs(middle[0]) > w or abs(middle[1]) > h or hypot(b[0] - a[0], b[1] - a[1]) < 20:
                continue
            seen.add(key)
            result.append((a, b))
    return result
