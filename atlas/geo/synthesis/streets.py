"""All streets as drawn on the plan, before they are cut where they meet."""
# ruff: noqa: PLR2004

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, hypot, sin

from atlas.geo.synthesis.districts import District, arterial_edges
from atlas.geo.synthesis.geometry import Point, Polyline, clip_line_to_convex, inside, sampled, spline
from atlas.geo.synthesis.names import StreetNames
from atlas.geo.synthesis.terrain import HOTEL, TERMINAL, Terrain

MOTORWAYS: dict[str, Polyline] = {
    "Airport Expressway": [
        (-13900, 2900), (-11600, 3150), (-9600, 2350), (-7000, 1500), (-3300, 900), (-500, -700), (2300, -2600),
        (5200, -4300), (7100, -5700), (8300, -6700),
    ],
    "Crosstown Expressway": [
        (-13900, 11200), (-10300, 10300), (-6600, 10250), (-2900, 9900), (900, 9100), (4300, 7000), (6700, 4400),
        (8600, 2400), (13900, 1500),
    ],
    "Western Parkway": [
        (-12300, 16000), (-12100, 12500), (-11700, 8500), (-11900, 5200), (-11500, 2900), (-10300, 300),
        (-10400, -3400), (-10900, -6600), (-13900, -7100),
    ],
    "Eastern Parkway": [
        (4900, 16000), (4700, 12800), (4100, 9600), (4300, 7000), (4500, 3900), (3700, 600), (2300, -2600),
        (1600, -5600), (1700, -8200), (3300, -10300),
    ],
    "Bay Parkway": [
        (-10400, -3400), (-8900, -5000), (-6900, -5350), (-4200, -6100), (-2300, -7700), (1700, -8200), (4900, -7600),
        (8300, -6700), (11000, -5900), (13900, -5600),
    ],
}  # fmt: skip
BRIDGES = {
    "Northgate Bridge": 12600.0, "Founders Bridge": 7900.0, "Queensway Bridge": 6300.0, "Exchange Bridge": 4700.0,
    "Lantern Bridge": 3000.0, "Millbank Bridge": -1100.0, "Orchard Bridge": -3000.0, "Harbour Bridge": -7300.0,
}  # fmt: skip
"""Name -> how far north (metres in the plan) it crosses the river."""


@dataclass
class Street:
    name: str
    street_class: str
    line: Polyline
    district: District | None = None


def _spacings(low: float, high: float, phase: float, pitch: float) -> Iterator[tuple[int, float]]:
    for k in range(ceil((low - phase) / pitch), floor((high - phase) / pitch) + 1):
        yield k, phase + k * pitch


@dataclass(frozen=True)
class Grid:
    """The street grid of one district in its own axes: u along the longest edge, v across it."""

    district: District
    u_lines: list[tuple[int, float]]
    v_lines: list[tuple[int, float]]

    @classmethod
    def of(cls, district: District) -> "Grid":
        uv = [cls._rotate(p, -district.axis) for p in district.ring]
        us, vs = [p[0] for p in uv], [p[1] for p in uv]
        along_pitch, across_pitch = district.block
        # The ring is counter-clockwise, so the longest edge has the lowest v: the grid starts from it.
        v_phase = min(vs)
        if inside(HOTEL, district.ring):
            v_phase = cls._rotate(HOTEL, -district.axis)[1] + 24
        return cls(
            district,
            [(k, u) for k, u in _spacings(min(us), max(us), min(us), across_pitch) if u - min(us) > 60],
            [(k, v) for k, v in _spacings(min(vs), max(vs), v_phase, along_pitch) if v - min(vs) > 60],
        )

    def point(self, u: float, v: float) -> Point:
        return self._rotate((u, v), self.district.axis)

    @staticmethod
    def _rotate(p: Point, angle: float) -> Point:
        return p[0] * cos(angle) - p[1] * sin(angle), p[0] * sin(angle) + p[1] * cos(angle)

    def lines(self) -> Iterator[tuple[str, Point, Point]]:
        """(class, from, to) of each grid line, clipped to the district and a metre longer so that it meets the rim."""
        far = 40_000.0
        for k, v in self.v_lines:
            yield from self._clipped(k, self.point(-far, v), self.point(far, v))
        for k, u in self.u_lines:
            yield from self._clipped(k, self.point(u, -far), self.point(u, far))

    def _clipped(self, k: int, a: Point, b: Point) -> Iterator[tuple[str, Point, Point]]:
        part = clip_line_to_convex(a, b, self.district.ring)
        if part is None:
            return
        (ax, ay), (bx, by) = part
        length = hypot(bx - ax, by - ay)
        if length < 120:
            return
        ex, ey = (bx - ax) / length, (by - ay) / length
        yield ("secondary" if k % 4 == 2 else "local"), (ax - ex, ay - ey), (bx + ex, by + ey)


def _runs(line: Iterable[Point], allowed: Callable[[Point], bool], shortest: float) -> Iterator[Polyline]:
    """The stretches of a finely sampled line that lie where they may."""
    run: Polyline = []
    for p in line:
        if allowed(p):
            run.append(p)
            continue
        if len(run) > 1:
            yield from _long_enough(run, shortest)
        run = []
    if len(run) > 1:
        yield from _long_enough(run, shortest)


def _long_enough(run: Polyline, shortest: float) -> Iterator[Polyline]:
    if sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(run)) >= shortest:
        yield run


def _straight_runs(a: Point, b: Point, allowed: Callable[[Point], bool], shortest: float = 120) -> Iterator[Polyline]:
    for run in _runs(sampled(a, b, 25), allowed, shortest):
        yield [run[0], run[-1]]


def lay_streets(terrain: Terrain, districts: list[District], grids: Sequence[Grid], names: StreetNames) -> list[Street]:
    streets = [Street(name, "motorway", spline(controls, 220)) for name, controls in MOTORWAYS.items()]
    streets += _bridges(terrain)
    streets.append(Street("Terminal Drive", "primary", terminal_loop()))
    for a, b in arterial_edges(districts):
        name = names.next("primary")
        streets += [
            Street(name, "primary", run)
            for run in _straight_runs(a, b, lambda p: terrain.dry(p) and terrain.off_airfield(p))
        ]
    streets += _waterfront(terrain)
    for park in terrain.parks:
        streets.append(Street(f"{park.name} Drive", "secondary", [*park.ring, park.ring[0]]))
    for grid in grids:
        for street_class, a, b in grid.lines():
            name = names.next(street_class)
            streets += [
                Street(name, street_class, run, grid.district) for run in _straight_runs(a, b, terrain.buildable)
            ]
    return streets


def _bridges(terrain: Terrain) -> Iterator[Street]:
    for name, y in BRIDGES.items():
        i = min(range(1, len(terrain.river) - 1), key=lambda n: abs(terrain.river[n][1] - y))
        (ax, ay), (bx, by) = terrain.river[i - 1], terrain.river[i + 1]
        length = hypot(bx - ax, by - ay)
        nx, ny = -(by - ay) / length, (bx - ax) / length
        reach = terrain.river_half_width[i] + 900
        x, y0 = terrain.river[i]
        yield Street(name, "primary", [(x - nx * reach, y0 - ny * reach), (x + nx * reach, y0 + ny * reach)])


def _waterfront(terrain: Terrain) -> Iterator[Street]:
    """Quays on both banks down to the mouth, and the road along the shore."""
    west, east = terrain.river_banks(60)
    up_to_mouth = sum(1 for p in terrain.river if p[1] > -9200)
    for name, bank in (("Quay Street", west), ("Riverside Drive", east)):
        for run in _runs(bank[:up_to_mouth], lambda p: terrain.room(p) > 50, 400):
            yield Street(name, "secondary", run)
    shore = [(x, y + 105) for x, y in terrain.coast]
    for run in _runs(shore, lambda p: terrain.room(p) > 55 and terrain.off_airfield(p), 400):
        yield Street("Shore Road", "secondary", run)


def terminal_loop() -> Polyline:
    """From the expressway past the terminal's kerb and back."""
    x, y = TERMINAL
    return spline(
        [(8300, -6700), (8700, -7150), (x - 900, y + 560), (x - 250, y + 60), (x + 250, y + 40), (x + 620, y + 330),
         (x + 380, y + 760), (x - 500, y + 900), (8950, -6900)],
        120, closed=True,
    )  # fmt: skip
