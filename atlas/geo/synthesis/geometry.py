"""Plane geometry in metres, as much as laying out a city needs."""
# ruff: noqa: PLR2004

from collections.abc import Iterator, Sequence
from math import ceil, hypot, sqrt

Point = tuple[float, float]
Polyline = list[Point]


def spline(controls: Sequence[Point], step: float, *, closed: bool = False) -> Polyline:
    """A Catmull-Rom curve through the control points, sampled about every `step` metres."""
    first, last = (controls[-1:], controls[:2]) if closed else (controls[:1], controls[-1:])
    padded = [*first, *controls, *last]
    curve: Polyline = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        count = max(1, ceil(hypot(p2[0] - p1[0], p2[1] - p1[1]) / step))
        for i in range(count):
            t = i / count
            curve.append((_catmull(p0[0], p1[0], p2[0], p3[0], t), _catmull(p0[1], p1[1], p2[1], p3[1], t)))
    curve.append(curve[0] if closed else controls[-1])
    return curve


def _catmull(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def inside(point: Point, ring: Sequence[Point]) -> bool:
    """Even-odd rule; the ring need not repeat its first point."""
    x, y = point
    odd = False
    x1, y1 = ring[-1]
    for x2, y2 in ring:
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            odd = not odd
        x1, y1 = x2, y2
    return odd


def nearest_on_segment(p: Point, a: Point, b: Point) -> tuple[float, Point]:
    """Share of the way from a to b, and the point there, that lies nearest to p."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length2 = dx * dx + dy * dy
    t = 0.0 if length2 == 0 else min(1.0, max(0.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length2))
    return t, (a[0] + dx * t, a[1] + dy * t)


def distance_to_polyline(p: Point, line: Sequence[Point]) -> float:
    """The inner loop of laying out the city, hence written out flat."""
    px, py = p
    ax, ay = line[0]
    best = float("inf")
    for bx, by in line[1:]:
        dx, dy = bx - ax, by - ay
        qx, qy = px - ax, py - ay
        length2 = dx * dx + dy * dy
        dot = qx * dx + qy * dy
        if dot >= length2:
            qx, qy = px - bx, py - by
        elif dot > 0:
            t = dot / length2
            qx, qy = qx - dx * t, qy - dy * t
        distance2 = qx * qx + qy * qy
        best = min(distance2, best)
        ax, ay = bx, by
    return sqrt(best)


def crossing(a: Point, b: Point, c: Point, d: Point) -> tuple[float, float] | None:
    """Where segments ab and cd cross: shares of the way along each, or None (also when parallel)."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    denominator = rx * sy - ry * sx
    if abs(denominator) < 1e-9:
        return None
    t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / denominator
    u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / denominator
    return (t, u) if 0 <= t <= 1 and 0 <= u <= 1 else None


def along(a: Point, b: Point, t: float) -> Point:
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)


def sampled(a: Point, b: Point, step: float) -> Iterator[Point]:
    """From a to b, both included, at most `step` apart."""
    count = max(1, ceil(hypot(b[0] - a[0], b[1] - a[1]) / step))
    for i in range(count + 1):
        yield along(a, b, i / count)


def offset(line: Sequence[Point], distances: Sequence[float]) -> Polyline:
    """The line moved to its left by one distance per point (negative: right)."""
    moved: Polyline = []
    for i, (x, y) in enumerate(line):
        (ax, ay), (bx, by) = line[max(0, i - 1)], line[min(len(line) - 1, i + 1)]
        length = hypot(bx - ax, by - ay)
        moved.append((x - (by - ay) / length * distances[i], y + (bx - ax) / length * distances[i]))
    return moved


def simplify(line: Sequence[Point], tolerance: float) -> Polyline:
    """Douglas-Peucker."""
    if len(line) < 3:
        return list(line)
    distances = []
    for p in line[1:-1]:
        _, q = nearest_on_segment(p, line[0], line[-1])
        distances.append(hypot(p[0] - q[0], p[1] - q[1]))
    worst = max(range(len(distances)), key=distances.__getitem__)
    if distances[worst] <= tolerance and line[0] != line[-1]:
        return [line[0], line[-1]]
    return simplify(line[: worst + 2], tolerance)[:-1] + simplify(line[worst + 1 :], tolerance)


def clip_half_plane(ring: Sequence[Point], origin: Point, normal: Point) -> Polyline:
    """The part of a convex ring on the side of `origin` that `normal` points away from."""

    def height(p: Point) -> float:
        return (p[0] - origin[0]) * normal[0] + (p[1] - origin[1]) * normal[1]

    kept: Polyline = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        ha, hb = height(a), height(b)
        if ha <= 0:
            kept.append(a)
        if (ha < 0 < hb) or (hb < 0 < ha):
            kept.append(along(a, b, ha / (ha - hb)))
    return kept


def clip_line_to_convex(a: Point, b: Point, ring: Sequence[Point]) -> tuple[Point, Point] | None:
    """The part of segment ab inside a convex, counter-clockwise ring."""
    t0, t1 = 0.0, 1.0
    for p, q in zip(ring, [*ring[1:], ring[0]], strict=True):
        nx, ny = q[1] - p[1], p[0] - q[0]
        ha = (a[0] - p[0]) * nx + (a[1] - p[1]) * ny
        hb = (b[0] - p[0]) * nx + (b[1] - p[1]) * ny
        if ha > 0 and hb > 0:
            return None
        if ha > 0:
            t0 = max(t0, ha / (ha - hb))
        elif hb > 0:
            t1 = min(t1, ha / (ha - hb))
    return (along(a, b, t0), along(a, b, t1)) if t0 < t1 else None
