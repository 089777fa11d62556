"""The way of a ride as a small picture in vectors (SVG): streets where they are known, the route, its two ends.

For the PDF and for the page. Deterministic, without text, and bounded: the longer the way, the fewer streets.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import cos, radians
from typing import NamedTuple

from atlas.geo.city import DEMO_CITY, street_graph
from atlas.geo.routing import Coordinates, route

WIDTH, HEIGHT = 1000, 320
"""Of the picture, in its own units."""
MARGIN = 40
LEAST_SPAN = 0.008
"""Degrees: a ride around the corner is not shown larger than this."""
MOST_POINTS = 1_500
STREETS = {"local": ("#ffffff", 2.0, 0.06), "secondary": ("#ffffff", 3.5, 0.16), "primary": ("#e2dacb", 4.0, 1.0)}
"""Class -> colour, width, and up to how many degrees across it is drawn."""
MOTORWAY = ("#d8ccb4", 5.5, 1.0)
GROUND, ROUTE, CASING, START, END = "#f0eadf", "#1a1712", "#ffffff", "#ffffff", "#a8823f"


class View(NamedTuple):
    """What part of the earth is shown, and how."""

    south: float
    west: float
    north: float
    east: float
    scale: float
    """Units per degree of latitude."""
    squeeze: float
    """Degrees of latitude that one of longitude is as long as."""

    def place(self, point: Coordinates) -> str:
        x = (point[1] - self.west) * self.squeeze * self.scale
        y = (self.north - point[0]) * self.scale
        return f"{x:.1f} {y:.1f}"


@lru_cache(maxsize=128)
def route_map(pickup: Coordinates, dropoff: Coordinates | None) -> str:
    """An SVG document of the road between the two; of the pick-up's surroundings where the drop-off is not known."""
    way = _thinned(route(pickup, dropoff).points) if dropoff and dropoff != pickup else (pickup,)
    view = _view(way)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{GROUND}"/>',
        *_streets(view),
    ]
    if len(way) > 1:
        line = _line(way, view)
        parts += [_stroke(line, CASING, 13), _stroke(line, ROUTE, 6)]
        parts.append(_dot(way[-1], view, END, ROUTE))
    parts += [_dot(way[0], view, START, ROUTE), "</svg>"]
    return "".join(parts)


def _thinned(way: tuple[Coordinates, ...]) -> tuple[Coordinates, ...]:
    step = len(way) // MOST_POINTS + 1
    return way if step == 1 else (*way[:-1:step], way[-1])


def _view(way: Sequence[Coordinates]) -> View:
    """All of the way with a margin, in the shape of the picture."""
    lats, lngs = [lat for lat, _ in way], [lng for _, lng in way]
    middle_lat, middle_lng = (min(lats) + max(lats)) / 2, (min(lngs) + max(lngs)) / 2
    squeeze = max(cos(radians(middle_lat)), 0.01)
    tall = max(max(lats) - min(lats), LEAST_SPAN)
    wide = max(max(lngs) - min(lngs), LEAST_SPAN) * squeeze
    scale = min((HEIGHT - 2 * MARGIN) / tall, (WIDTH - 2 * MARGIN) / wide)
    half_tall, half_wide = HEIGHT / scale / 2, WIDTH / scale / 2 / squeeze
    return View(
        middle_lat - half_tall, middle_lng - half_wide, middle_lat + half_tall, middle_lng + half_wide, scale, squeeze
    )


def _streets(view: View) -> Iterable[str]:
    """One path per class, minor ones below; none where no street of the demo city is in view."""
    if view.north < DEMO_CITY.south or view.south > DEMO_CITY.north:
        return
    if view.east < DEMO_CITY.west or view.west > DEMO_CITY.east:
        return
    graph = street_graph()
    lines: dict[str, list[str]] = {}
    for a, b, street in graph.edges:
        start, end = graph.nodes[a], graph.nodes[b]
        if _touches(view, start, end):
            lines.setdefault(graph.streets[street][1], []).append(f"M{view.place(start)}L{view.place(end)}")
    for kind, (colour, width, most) in {**STREETS, "motorway": MOTORWAY}.items():
        if kind in lines and view.north - view.south <= most:
            yield _stroke("".join(lines[kind]), colour, width)


def _touches(view: View, a: Coordinates, b: Coordinates) -> bool:
    return (
        max(a[0], b[0]) >= view.south
        and min(a[0], b[0]) <= view.north
        and max(a[1], b[1]) >= view.west
        and min(a[1], b[1]) <= view.east
    )


def _line(way: Sequence[Coordinates], view: View) -> str:
    return "M" + "L".join(view.place(point) for point in way)


def _stroke(path: str, colour: str, width: float) -> str:
    shape = 'fill="none" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{path}" {shape} stroke="{colour}" stroke-width="{width}"/>'


def _dot(point: Coordinates, view: View, fill: str, stroke: str) -> str:
    x, y = view.place(point).split()
    return f'<circle cx="{x}" cy="{y}" r="10" fill="{fill}" stroke="{stroke}" stroke-width="5"/>'
