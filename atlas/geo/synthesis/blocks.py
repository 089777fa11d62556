"""What stands between the streets: buildings around the centre, small squares, the airport's terminal and runways."""
# ruff: noqa: PLR2004

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, sin
from random import Random

from atlas.geo.synthesis.districts import DOWNTOWN
from atlas.geo.synthesis.frame import bend, unbend
from atlas.geo.synthesis.geometry import Point, Polyline, along, distance_to_polyline, inside
from atlas.geo.synthesis.streets import BRIDGES, Grid, Street
from atlas.geo.synthesis.terrain import TERMINAL, Terrain

BUILT_UP_M = 1550.0
SIDEWALK_M = 13.0
_SQUARE_SHARE = 0.03


@dataclass(frozen=True)
class Building:
    ring: Polyline
    height: int


Block = tuple[float, float, float, float]
"""u from, u to, v from, v to, in the axes of the grid."""


def _blocks(grid: Grid, terrain: Terrain) -> Iterator[Block]:
    for (_, u0), (_, u1) in pairwise(grid.u_lines):
        for (_, v0), (_, v1) in pairwise(grid.v_lines):
            corners = [grid.point(u, v) for u in (u0, u1) for v in (v0, v1)]
            if all(inside(c, grid.district.ring) and terrain.buildable(c, 70) for c in corners):
                yield u0, u1, v0, v1


class Blocks:
    def __init__(self, terrain: Terrain, grids: Sequence[Grid], streets: Sequence[Street], rng: Random) -> None:
        self.buildings: list[Building] = []
        self.squares: list[Polyline] = []
        through = [s.line for s in streets if s.street_class == "motorway" or s.name in BRIDGES]
        for grid in grids:
            for block in _blocks(grid, terrain):
                u0, u1, v0, v1 = block
                middle = grid.point((u0 + u1) / 2, (v0 + v1) / 2)
                out = hypot(middle[0] - DOWNTOWN[0], middle[1] - DOWNTOWN[1])
                if out > 9000 or any(distance_to_polyline(middle, line) < 150 for line in through):
                    continue
                if rng.random() < _SQUARE_SHARE:
                    self.squares.append(_rectangle(grid, u0 + 10, u1 - 10, v0 + 10, v1 - 10))
                elif out < BUILT_UP_M:
                    self.buildings += _lots(grid, block, out, rng)


def _rectangle(grid: Grid, u0: float, u1: float, v0: float, v1: float) -> Polyline:
    return [grid.point(u0, v0), grid.point(u1, v0), grid.point(u1, v1), grid.point(u0, v1)]


def _lots(grid: Grid, block: Block, out: float, rng: Random) -> Iterator[Building]:
    """Two rows of houses back to back; taller towards the centre, with a few towers."""
    u0, u1, v0, v1 = block[0] + SIDEWALK_M, block[1] - SIDEWALK_M, block[2] + SIDEWALK_M, block[3] - SIDEWALK_M
    centrality = max(0.0, 1 - out / BUILT_UP_M)
    yard = 9 + 6 * rng.random()
    middle = (v0 + v1) / 2
    for low, high in ((v0, middle - yard / 2), (middle + yard / 2, v1)):
        u = u0
        while u < u1 - 14:
            width = min(u1 - u, 30 + 44 * rng.random())
            if u1 - u - width < 22:
                width = u1 - u
            setback = 7 * rng.random()
            height = 12 + 20 * rng.random() + 70 * centrality * rng.random()
            if rng.random() < 0.16 * centrality:
                height += 70 + 120 * rng.random() * centrality
            if rng.random() > 0.06:
                deep = (low, high - setback) if low == v0 else (low + setback, high)
                yield Building(_rectangle(grid, u, u + width - 3, *deep), round(height))
            u += width


@dataclass(frozen=True)
class Airport:
    runways: list[Polyline]
    taxiways: list[Polyline]
    aprons: list[Polyline]
    terminals: list[Polyline]


def airport() -> Airport:
    """Laid out around the terminal on the straight, as runways do not follow the bend of the plan."""
    x, y = bend(TERMINAL)

    def bar(centre: Point, length: float, width: float, angle: float) -> Polyline:
        ux, uy = cos(angle) * length / 2, sin(angle) * length / 2
        vx, vy = -sin(angle) * width / 2, cos(angle) * width / 2
        cx, cy = centre
        return [
            (cx - ux - vx, cy - uy - vy), (cx + ux - vx, cy + uy - vy),
            (cx + ux + vx, cy + uy + vy), (cx - ux + vx, cy - uy + vy),
        ]  # fmt: skip

    tilt = -0.13
    north, south, cross = (x + 900, y - 1150), (x + 700, y - 2600), (x + 2950, y - 1500)
    runways = [bar(north, 4300, 70, tilt), bar(south, 4100, 70, tilt), bar(cross, 3100, 65, tilt + 1.15)]
    taxiways = []
    for (cx, cy), side in ((north, 210), (south, 210)):
        a = (cx - 2000 * cos(tilt), cy - 2000 * sin(tilt) + side)
        b = (cx + 2000 * cos(tilt), cy + 2000 * sin(tilt) + side)
        taxiways.append([a, b])
        for share in (0.0, 0.25, 0.5, 0.75, 1.0):
            p = along(a, b, share)
            taxiways.append([p, (p[0], p[1] - side)])
    for share in (0.3, 0.62):
        p = along((x - 1100, y - 700), (x + 2300, y - 1150), share)
        taxiways.append([p, (p[0] - 60, p[1] - 1450)])
    apron = [(x - 1250, y - 60), (x + 1500, y - 60), (x + 1700, y - 640), (x - 1300, y - 560)]
    terminals = [bar((x + 60, y - 110), 900, 90, 0.0)]
    terminals += [bar((x + dx, y - 300), 60, 330, -0.1) for dx in (-330, 60, 450)]
    terminals += [bar((x - 800, y - 130), 260, 110, 0.05), bar((x + 1050, y - 150), 360, 120, 0.0)]
    return Airport(
        *([[unbend(p) for p in shape] for shape in shapes] for shapes in (runways, taxiways, [apron], terminals))
    )
