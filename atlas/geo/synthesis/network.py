"""Streets cut where they meet: the planar graph that cars drive on."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import hypot

from atlas.geo.synthesis.geometry import Point, Polyline, along, crossing, sampled
from atlas.geo.synthesis.streets import Street

_SQUARE = 300.0
_MERGE_M = 1.5
_LONGEST_EDGE_M = 600.0
_MEETS_MOTORWAY = frozenset({"motorway", "primary"})
"""Everything smaller passes under or over a motorway."""


class Nodes:
    """Points that are one node when they are closer than 1.5 m."""

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._squares: dict[tuple[int, int], list[int]] = defaultdict(list)

    def at(self, p: Point) -> int:
        sx, sy = int(p[0] // 2), int(p[1] // 2)
        for square in ((sx + i, sy + j) for i in (-1, 0, 1) for j in (-1, 0, 1)):
            for node in self._squares.get(square, ()):
                q = self.points[node]
                if hypot(p[0] - q[0], p[1] - q[1]) < _MERGE_M:
                    return node
        self.points.append(p)
        self._squares[sx, sy].append(len(self.points) - 1)
        return len(self.points) - 1


Piece = tuple[Point, Point, int, float]
"""A stretch of at most 300 m: from, to, number of its street, metres from the street's start."""


def _pieces(streets: list[Street]) -> Iterator[Piece]:
    for number, street in enumerate(streets):
        metres = 0.0
        for a, b in pairwise(street.line):
            for p, q in pairwise(sampled(a, b, _SQUARE)):
                yield p, q, number, metres
                metres += hypot(q[0] - p[0], q[1] - p[1])


def _meet(a: Street, b: Street) -> bool:
    classes = {a.street_class, b.street_class}
    return "motorway" not in classes or classes <= _MEETS_MOTORWAY


def _cuts(streets: list[Street]) -> list[Polyline]:
    """For each street, in order: its vertices and all its crossings with others."""
    cuts: list[list[tuple[float, Point]]] = [[] for _ in streets]
    for number, street in enumerate(streets):
        metres = 0.0
        cuts[number].append((0.0, street.line[0]))
        for a, b in pairwise(street.line):
            metres += hypot(b[0] - a[0], b[1] - a[1])
            cuts[number].append((metres, b))
    pieces = list(_pieces(streets))
    squares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for i, (p, q, _, _) in enumerate(pieces):
        for sx in range(int(min(p[0], q[0]) // _SQUARE), int(max(p[0], q[0]) // _SQUARE) + 1):
            for sy in range(int(min(p[1], q[1]) // _SQUARE), int(max(p[1], q[1]) // _SQUARE) + 1):
                squares[sx, sy].append(i)
    for i, j in sorted({(i, j) for there in squares.values() for i in there for j in there if i < j}):
        (a, b, m, am), (c, d, n, cm) = pieces[i], pieces[j]
        if m == n or not _meet(streets[m], streets[n]):
            continue
        shares = crossing(a, b, c, d)
        if shares:
            point = along(a, b, shares[0])
            cuts[m].append((am + shares[0] * hypot(b[0] - a[0], b[1] - a[1]), point))
            cuts[n].append((cm + shares[1] * hypot(d[0] - c[0], d[1] - c[1]), point))
    return [list(_filled([point for _, point in sorted(c)])) for c in cuts]


def _filled(points: list[Point]) -> Iterator[Point]:
    """With points in between, at most 600 m apart: the plan is bent later, and edges stay straight."""
    yield points[0]
    for a, b in pairwise(points):
        yield from list(sampled(a, b, _LONGEST_EDGE_M))[1:]


class Network:
    """Nodes in the plan, and for each street the chains of nodes that are left of it once dead ends are gone."""

    def __init__(self, streets: list[Street]) -> None:
        nodes = Nodes()
        paths = []
        for cut in _cuts(streets):
            path = [nodes.at(p) for p in cut]
            paths.append([n for n, previous in zip(path, [-1, *path], strict=False) if n != previous])
        self.points = nodes.points
        self.streets = streets
        edges = {(min(a, b), max(a, b)) for path in paths for a, b in pairwise(path)}
        kept = _largest_component(_without_dead_ends(edges))
        self.chains = [list(_chains(path, kept)) for path in paths]

    def lines(self, number: int) -> list[Polyline]:
        return [[self.points[n] for n in chain] for chain in self.chains[number]]


def _without_dead_ends(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b in edges:
        neighbours[a].add(b)
        neighbours[b].add(a)
    ends = [n for n, others in neighbours.items() if len(others) == 1]
    while ends:
        n = ends.pop()
        for other in neighbours.pop(n, set()):
            neighbours[other].discard(n)
            if len(neighbours[other]) == 1:
                ends.append(other)
    return {(a, b) for a, b in edges if b in neighbours.get(a, ())}


def _largest_component(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    neighbours: dict[int, list[int]] = defaultdict(list)
    for a, b in edges:
        neighbours[a].append(b)
        neighbours[b].append(a)
    best: set[int] = set()
    left = set(neighbours)
    while left:
        reached, todo = set(), [next(iter(left))]
        while todo:
            n = todo.pop()
            if n not in reached:
                reached.add(n)
                todo += neighbours[n]
        left -= reached
        best = max(best, reached, key=len)
    return {(a, b) for a, b in edges if a in best}


def _chains(path: list[int], kept: set[tuple[int, int]]) -> Iterator[list[int]]:
    chain: list[int] = []
    for a, b in pairwise(path):
        if (min(a, b), max(a, b)) not in kept:
            if len(chain) > 1:
                yield chain
            chain = []
            continue
        chain = chain or [a]
        chain.append(b)
    if len(chain) > 1:
        yield chain
