"""From one point to another by road.

`route()` is all that the rest of Atlas knows. Which router answers is the setting `ATLAS_ROUTER`, a dotted path to a
class with the `Router` interface; without it, the street graph of the demo city.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise
from math import cos, hypot, radians
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from atlas.geo.city import DEMO_CITY, StreetGraph, street_graph
from atlas.geo.distance import distance_m

Coordinates = tuple[float, float]
"""(lat, lng) in degrees."""

SPEED_MS = {"motorway": 80 / 3.6, "primary": 50 / 3.6, "secondary": 40 / 3.6, "local": 28 / 3.6}
"""Typical driving speeds in metres per second, stops at lights included."""
DETOUR_FACTOR = 1.3
"""Road distance over great-circle distance, where no street graph is known."""
DETOUR_SPEED_MS = 60 / 3.6


@dataclass(frozen=True, slots=True)
class Route:
    """`points` run from the start to the destination as (lat, lng), both included; at least two."""

    points: tuple[Coordinates, ...]
    distance_m: float
    duration_s: float


class Router(Protocol):
    def route(self, origin: Coordinates, destination: Coordinates) -> Route:
        """Deterministic: the same two points give the same route."""


def route(origin: Coordinates, destination: Coordinates) -> Route:
    """The way by road between two (lat, lng) points, by the router of the settings."""
    return _router().route(origin, destination)


@cache
def _router() -> Router:
    path = getattr(settings, "ATLAS_ROUTER", "atlas.geo.routing.DemoCityRouter")
    router: Router = import_string(path)()
    return router


class DetourRouter:
    """Knows no streets: the straight line, 1.3 times as long, at 60 km/h."""

    def route(self, origin: Coordinates, destination: Coordinates) -> Route:
        metres = distance_m(*origin, *destination) * DETOUR_FACTOR
        return Route((origin, destination), metres, metres / DETOUR_SPEED_MS)


class DemoCityRouter:
    """The fastest way over the demo city's streets; the straight line as soon as one end lies outside of it."""

    def __init__(self) -> None:
        self._streets = StreetRouter(street_graph())
        self._beyond = DetourRouter()
        self._inside = lru_cache(maxsize=1024)(self._streets.route)

    def route(self, origin: Coordinates, destination: Coordinates) -> Route:
        if DEMO_CITY.contains(*origin) and DEMO_CITY.contains(*destination):
            return self._inside(origin, destination)
        return self._beyond.route(origin, destination)


class _Edge(NamedTuple):
    a: int
    b: int
    metres: float
    speed: float


class _Snap(NamedTuple):
    """The point of an edge that is nearest to where somebody stands."""

    edge: int
    share: float
    point: Coordinates


class StreetRouter:
    """A* over a street graph, by driving time. Both ends join the nearest street wherever along it they stand."""

    _SQUARE_DEG = 0.005

    def __init__(self, graph: StreetGraph) -> None:
        self._nodes = graph.nodes
        self._edges = [
            _Edge(a, b, distance_m(*graph.nodes[a], *graph.nodes[b]), SPEED_MS[graph.streets[street][1]])
            for a, b, street in graph.edges
        ]
        self._neighbours: dict[int, list[tuple[int, float]]] = defaultdict(list)
        self._squares: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, edge in enumerate(self._edges):
            self._neighbours[edge.a].append((edge.b, edge.metres / edge.speed))
            self._neighbours[edge.b].append((edge.a, edge.metres / edge.speed))
            for square in self._touched(graph.nodes[edge.a], graph.nodes[edge.b]):
                self._squares[square].append(number)
        self._lng_scale = cos(radians(graph.nodes[0][0]))
        self._top_speed = max(edge.speed for edge in self._edges)

    def route(self, origin: Coordinates, destination: Coordinates) -> Route:
        start, end = self._snap(origin), self._snap(destination)
        path = self._fastest_path(start, end)
        line = [origin, start.point, *(self._nodes[n] for n in path), end.point, destination]
        points = [p for p, previous in zip(line, [None, *line], strict=False) if p != previous]
        metres = sum(distance_m(*a, *b) for a, b in pairwise(line))
        seconds = self._seconds(origin, start, path, end, destination)
        return Route(tuple(points) if len(points) > 1 else (origin, destination), metres, seconds)

    def _seconds(
        self, origin: Coordinates, start: _Snap, path: list[int], end: _Snap, destination: Coordinates
    ) -> float:
        on_foot_of_street = distance_m(*origin, *start.point) + distance_m(*end.point, *destination)
        seconds = on_foot_of_street / SPEED_MS["local"]
        if not path:
            edge = self._edges[start.edge]
            return seconds + abs(end.share - start.share) * edge.metres / edge.speed
        seconds += self._to_node(start, path[0]) + self._to_node(end, path[-1])
        return seconds + sum(min(s for n, s in self._neighbours[a] if n == b) for a, b in pairwise(path))

    def _to_node(self, snap: _Snap, node: int) -> float:
        """Seconds along the snapped edge to one of its two ends."""
        edge = self._edges[snap.edge]
        return (snap.share if node == edge.a else 1 - snap.share) * edge.metres / edge.speed

    def _fastest_path(self, start: _Snap, end: _Snap) -> list[int]:
        """Nodes from the start's edge to the end's; none when both lie on one edge.

        The heuristic is the straight line at the speed of the fastest street: it never overestimates.
        """
        if start.edge == end.edge:
            return []
        goal_edge = self._edges[end.edge]
        goals = {node: self._to_node(end, node) for node in (goal_edge.a, goal_edge.b)}
        # A hair below the true scale, so that rounding cannot make the estimate too high.
        to_seconds = 111_190 / self._top_speed
        goal_lat, goal_lng, scale = *end.point, self._lng_scale * 0.995

        def estimate(node: int) -> float:
            lat, lng = self._nodes[node]
            return hypot(lat - goal_lat, (lng - goal_lng) * scale) * to_seconds

        first = self._edges[start.edge]
        cost = {node: self._to_node(start, node) for node in (first.a, first.b)}
        came_from: dict[int, int] = {}
        queue = [(seconds + estimate(node), node) for node, seconds in cost.items()]
        heapq.heapify(queue)
        done: set[int] = set()
        best, best_node = float("inf"), -1
        while queue:
            reached, node = heapq.heappop(queue)
            if reached >= best:
                break
            if node in done:
                continue
            done.add(node)
            if node in goals and cost[node] + goals[node] < best:
                best, best_node = cost[node] + goals[node], node
            for neighbour, seconds in self._neighbours[node]:
                total = cost[node] + seconds
                if total < cost.get(neighbour, float("inf")):
                    cost[neighbour] = total
                    came_from[neighbour] = node
                    heapq.heappush(queue, (total + estimate(neighbour), neighbour))
        path = [best_node]
        while path[-1] in came_from:
            path.append(came_from[path[-1]])
        return path[::-1]

    def _touched(self, a: Coordinates, b: Coordinates) -> Iterator[tuple[int, int]]:
        size = self._SQUARE_DEG
        for row in range(int(min(a[0], b[0]) // size), int(max(a[0], b[0]) // size) + 1):
            for column in range(int(min(a[1], b[1]) // size), int(max(a[1], b[1]) // size) + 1):
                yield row, column

    def _snap(self, p: Coordinates) -> _Snap:
        """Looks in growing rings of squares, one ring on after the first hit: a nearer edge may be there."""
        row, column = int(p[0] // self._SQUARE_DEG), int(p[1] // self._SQUARE_DEG)
        ring, found = 0, False
        best, best_distance = _Snap(0, 0.0, self._nodes[0]), float("inf")
        while True:
            for number in self._ring_edges(row, column, ring):
                snap, distance = self._project(p, number)
                if distance < best_distance:
                    best, best_distance = snap, distance
            if found:
                return best
            found = best_distance < float("inf")
            ring += 1

    def _ring_edges(self, row: int, column: int, ring: int) -> Iterator[int]:
        for i in range(-ring, ring + 1):
            for j in range(-ring, ring + 1):
                if max(abs(i), abs(j)) == ring:
                    yield from self._squares.get((row + i, column + j), ())

    def _project(self, p: Coordinates, number: int) -> tuple[_Snap, float]:
        (lat1, lng1), (lat2, lng2) = self._nodes[self._edges[number].a], self._nodes[self._edges[number].b]
        scale = self._lng_scale
        dy, dx = lat2 - lat1, (lng2 - lng1) * scale
        py, px = p[0] - lat1, (p[1] - lng1) * scale
        length2 = dx * dx + dy * dy
        share = min(1.0, max(0.0, (px * dx + py * dy) / length2)) if length2 else 0.0
        snap = _Snap(number, share, (lat1 + (lat2 - lat1) * share, lng1 + (lng2 - lng1) * share))
        return snap, hypot(px - dx * share, py - dy * share)
