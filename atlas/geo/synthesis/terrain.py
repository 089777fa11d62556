"""What the streets have to go around: the river, the bay, parks and the airfield."""
# ruff: noqa: S311

from collections.abc import Callable
from dataclasses import dataclass, field
from math import cos, hypot, pi, sin
from random import Random

from atlas.geo.synthesis.frame import from_lat_lng
from atlas.geo.synthesis.geometry import Point, Polyline, distance_to_polyline, inside, offset, spline

HOTEL = from_lat_lng(40.7580, -73.9855)
TERMINAL = from_lat_lng(40.6413, -73.7781)

RIVER_COURSE: Polyline = [
    (2600, 17500), (1500, 14500), (-300, 12000), (-2600, 9300), (-4300, 6300), (-4300, 3600),
    (-3300, 1200), (-3500, -1400), (-5600, -4000), (-7600, -6400), (-8000, -8800), (-7900, -10600),
]  # fmt: skip
RIVER_HALF_WIDTHS = [150, 165, 180, 200, 230, 260, 270, 290, 320, 380, 520, 760]
COAST: Polyline = [
    (-24000, -6200), (-16000, -7000), (-13000, -7900), (-10800, -9500), (-8000, -10200), (-5400, -10300),
    (-2500, -11700), (300, -11300), (3000, -12500), (5400, -11300), (7600, -12300), (10200, -12900),
    (13000, -12300), (15200, -10700), (24000, -9800),
]  # fmt: skip
AIRFIELD: Polyline = [
    (7200, -8300), (8600, -7500), (10600, -7150), (12900, -7500), (14300, -8600), (14000, -10400),
    (12200, -11900), (9000, -11700), (7300, -10800),
]  # fmt: skip
BLOCK_MARGIN = 58.0
"""Metres that streets keep from the water's edge; the quays run at 60."""
_SQUARE = 250.0
_HALF_DIAGONAL = _SQUARE * 0.7072


@dataclass(frozen=True)
class Park:
    name: str
    ring: Polyline
    lake: Polyline | None = None


def _blob(rng: Random, centre: Point, rx: float, ry: float, turn: float, *, wobble: float = 0.16) -> Polyline:
    """A rounded, slightly irregular patch."""
    controls = []
    for i in range(10):
        a, r = 2 * pi * i / 10, 1 - wobble + 2 * wobble * rng.random()
        x, y = rx * r * cos(a), ry * r * sin(a)
        controls.append((centre[0] + x * cos(turn) - y * sin(turn), centre[1] + x * sin(turn) + y * cos(turn)))
    return spline(controls, 140, closed=True)[:-1]


def _parks(rng: Random) -> list[Park]:
    return [
        Park("Founders Park", _blob(rng, (-8300, 7300), 1350, 620, 0.9, wobble=0.07),
             _blob(rng, (-8050, 7600), 330, 190, 0.7)),
        Park("Heron Meadows", _blob(rng, (1500, 5400), 1500, 1050, 0.3), _blob(rng, (1700, 5500), 620, 330, 0.5)),
        Park("Fairmount Woods", _blob(rng, (8300, 10200), 2100, 1500, -0.4), _blob(rng, (8700, 10000), 480, 260, 2.4)),
        Park("Botanical Garden", _blob(rng, (-700, -4700), 900, 620, 0.2)),
        Park("Westcliff Common", _blob(rng, (-11200, 1200), 620, 1050, 0.1)),
        Park("Shoreline Park", _blob(rng, (-900, -10400), 1250, 430, 0.25)),
        Park("Saddle Hill", _blob(rng, (6900, 1300), 980, 760, 0.8)),
        Park("Orchard Green", _blob(rng, (-8900, -2700), 640, 470, 0.4)),
        Park("Northgate Reserve", _blob(rng, (-9800, 13200), 1500, 850, 0.2)),
        Park("Larkspur Park", _blob(rng, (10600, -2900), 560, 780, 0.3)),
    ]  # fmt: skip


@dataclass
class Terrain:
    """The lie of the land, and one question about it: how much room is there at a point?"""

    seed: int
    river: Polyline = field(init=False)
    river_half_width: list[float] = field(init=False)
    coast: Polyline = field(init=False)
    parks: list[Park] = field(init=False)
    airfield: Polyline = field(init=False)
    island: Polyline = field(init=False)
    _bay: Polyline = field(init=False)
    _water_rooms: dict[tuple[int, int], float] = field(init=False, default_factory=dict)
    _green_rooms: dict[tuple[int, int], float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        rng = Random(self.seed)
        self.river = spline(RIVER_COURSE, 220)
        widths = spline([(float(i) * 1000, float(w)) for i, w in enumerate(RIVER_HALF_WIDTHS)], 20)
        scale = (len(widths) - 1) / (len(self.river) - 1)
        self.river_half_width = [widths[round(i * scale)][1] for i in range(len(self.river))]
        self.coast = [
            (x + 60 * sin(i * 1.7), y + 75 * sin(i * 0.9) + 45 * sin(i * 2.3))
            for i, (x, y) in enumerate(spline(COAST, 320))
        ]
        self._bay = self.bay_ring()
        self.parks = _parks(rng)
        self.airfield = spline(AIRFIELD, 300, closed=True)[:-1]
        self.island = _blob(rng, (2600, -14700), 3300, 330, 0.06, wobble=0.1)

    def river_banks(self, margin: float) -> tuple[Polyline, Polyline]:
        """Lines along the right (west) and left (east) bank, `margin` metres from the water, going downstream."""
        right = offset(self.river, [-(w + margin) for w in self.river_half_width])
        left = offset(self.river, [w + margin for w in self.river_half_width])
        return right, left

    def river_ring(self) -> Polyline:
        right, left = self.river_banks(0)
        return [*right, *reversed(left)]

    def bay_ring(self) -> Polyline:
        return [*self.coast, (24000, -26000), (-24000, -26000)]

    def room(self, p: Point) -> float:
        """Metres to the nearest water; negative on water."""
        nearest = min(range(len(self.river)), key=lambda i: hypot(p[0] - self.river[i][0], p[1] - self.river[i][1]))
        near = self.river[max(0, nearest - 1) : nearest + 2]
        to_river = distance_to_polyline(p, near) - self.river_half_width[nearest]
        to_coast = distance_to_polyline(p, self.coast)
        return min(to_river, -to_coast if inside(p, self._bay) else to_coast)

    def dry(self, p: Point, margin: float = BLOCK_MARGIN) -> bool:
        """Whether p lies on land, at least `margin` from the water.

        Asked a hundred thousand times, so the room at the middle of each square of 250 m is kept: where that is more
        than the square's half diagonal plus the margin, nothing needs to be measured.
        """
        room = self._at_square(p, self._water_rooms, self.room)
        return room > 0 if abs(room) > _HALF_DIAGONAL + margin else self.room(p) >= margin

    def buildable(self, p: Point, margin: float = BLOCK_MARGIN) -> bool:
        """Whether blocks may lie here: dry, not in a park, not on the airfield."""
        room = self._at_square(p, self._green_rooms, self._room_to_green)
        if abs(room) <= _HALF_DIAGONAL:
            room = self._room_to_green(p)
        return room > 0 and self.dry(p, margin)

    def off_airfield(self, p: Point) -> bool:
        return not inside(p, self.airfield)

    def _room_to_green(self, p: Point) -> float:
        """Metres to the nearest park or airfield; negative on one."""
        best = float("inf")
        for ring in (*(park.ring for park in self.parks), self.airfield):
            distance = distance_to_polyline(p, [*ring, ring[0]])
            best = min(best, -distance if inside(p, ring) else distance)
        return best

    @staticmethod
    def _at_square(p: Point, known: dict[tuple[int, int], float], measure: Callable[[Point], float]) -> float:
        square = (int(p[0] // _SQUARE), int(p[1] // _SQUARE))
        if square not in known:
            known[square] = measure(((square[0] + 0.5) * _SQUARE, (square[1] + 0.5) * _SQUARE))
        return known[square]
