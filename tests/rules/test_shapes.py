"""Shapes of geofences: what is one, what is none and why, and whether a place is inside."""

import math
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from atlas.geo.distance import distance_m
from telemetry.rules import shapes
from telemetry.rules.shapes import BadShape, checked, shape_of

SQUARE = [[0, 0], [2, 0], [2, 1], [0, 1], [0, 0]]
HOLE = [[0.5, 0.2], [1.5, 0.2], [1.5, 0.8], [0.5, 0.8], [0.5, 0.2]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def many(count: int) -> list[list[float]]:
    ring = [[math.cos(2 * math.pi * n / count), math.sin(2 * math.pi * n / count)] for n in range(count)]
    return [*ring, ring[0]]


BAD: list[tuple[str, Any, Any]] = [
    ("geometry_invalid", "Polygon", None),
    ("geometry_invalid", {"type": "LineString", "coordinates": SQUARE}, None),
    ("geometry_invalid", polygon(SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]), None),
    ("coordinates_invalid", {"type": "Polygon"}, None),
    ("coordinates_invalid", polygon("nothing"), None),
    ("coordinates_invalid", polygon([[0, 0], [1, "1"], [1, 1], [0, 0]]), None),
    ("coordinates_invalid", polygon([[0, 0], [1, True], [1, 1], [0, 0]]), None),
    ("coordinates_invalid", polygon([[0, 0], [1, math.nan], [1, 1], [0, 0]]), None),
    ("coordinates_invalid", {"type": "MultiPolygon", "coordinates": []}, None),
    ("out_of_range", polygon([[0, 0], [0, 91], [1, 1], [0, 0]]), None),
    ("out_of_range", polygon([[0, 0], [181, 0], [1, 1], [0, 0]]), None),
    ("ring_too_short", polygon([[0, 0], [1, 1], [0, 0]]), None),
    ("ring_open", polygon([[0, 0], [1, 0], [1, 1], [0, 1]]), None),
    ("too_many_vertices", polygon(many(shapes.MOST_VERTICES + 1)), None),
    ("too_many_vertices", {"type": "MultiPolygon", "coordinates": [[many(300)], [many(300)]]}, None),
    ("self_intersection", polygon([[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]), None),
    ("no_area", polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), None),
    ("antimeridian", polygon([[179, 0], [-179, 0], [-179, 1], [179, 1], [179, 0]]), None),
    ("radius_invalid", {"type": "Point", "coordinates": [0, 0]}, None),
    ("radius_invalid", {"type": "Point", "coordinates": [0, 0]}, True),
    ("radius_invalid", {"type": "Point", "coordinates": [0, 0]}, math.nan),
    ("radius_invalid", {"type": "Point", "coordinates": [0, 0]}, 5),
    ("radius_unexpected", polygon(SQUARE), 100),
]


@pytest.mark.parametrize(("code", "geometry", "radius"), BAD, ids=[f"{n}-{each[0]}" for n, each in enumerate(BAD)])
def test_what_is_no_fence_is_told_why(code: str, geometry: Any, radius: Any) -> None:
    with pytest.raises(BadShape) as bad:
        checked(geometry, radius)
    assert bad.value.code == code


def test_every_code_is_met() -> None:
    assert {code for code, _, _ in BAD} == set(shapes.CODES)


def test_where_it_is_wrong_is_said() -> None:
    with pytest.raises(BadShape, match=r"ring 2, position 3"):
        checked(polygon(SQUARE, [[0.5, 0.2], [1, 0.2], [1, 95], [0.5, 0.2]]))


def test_heights_are_left_out_and_six_decimals_kept() -> None:
    found = checked(polygon([[0.12345678, -0.0, 7], [1, 0, 7], [1, 1, 7], [0.12345678, 0, 7]]))
    assert found == polygon([[0.123457, 0.0], [1, 0], [1, 1], [0.123457, 0.0]])


def test_a_hole_is_outside_and_an_edge_inside() -> None:
    ring = shape_of(checked(polygon(SQUARE, HOLE)), None)
    assert ring.holds(0.1, 1)
    assert not ring.holds(0.5, 1)
    assert ring.holds(0, 1)
    assert ring.metres_outside(0.5, 1) == pytest.approx(0.3 * shapes.METRES_PER_DEGREE, rel=1e-3)
    assert ring.metres_outside(0.1, 1) == 0


def test_both_sides_of_the_antimeridian_are_one_fence_of_two_parts() -> None:
    both = {
        "type": "MultiPolygon",
        "coordinates": [
            [[[179, 0], [180, 0], [180, 1], [179, 1], [179, 0]]],
            [[[-180, 0], [-179, 0], [-179, 1], [-180, 1], [-180, 0]]],
        ],
    }
    shape = shape_of(checked(both), None)
    assert shape.holds(0.5, 179.5)
    assert shape.holds(0.5, -179.5)
    assert not shape.holds(0.5, 0)


@given(st.integers(0, 10_000), st.floats(-1.2, 1.2), st.floats(-1.2, 1.2))
def test_inside_is_what_crossing_its_edges_oddly_often_says(seed: int, lat: float, lng: float) -> None:
    """The even-odd rule, by hand: what has nothing in common with the library that we use."""
    luck = Random(seed)
    turns = sorted(luck.uniform(0, 2 * math.pi) for _ in range(luck.randint(3, 40)))
    star = [[luck.uniform(0.1, 1) * math.cos(turn), luck.uniform(0.1, 1) * math.sin(turn)] for turn in turns]
    try:
        kept = checked(polygon([*star, star[0]]))
    except BadShape:
        assume(False)
    [ring] = kept["coordinates"]
    assume(all(_aside(a, b, lat, lng) for a, b in pairwise(ring)))
    odd = sum(
        (a[1] > lat) != (b[1] > lat) and lng < a[0] + (lat - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
        for a, b in pairwise(ring)
    )
    assert shape_of(kept, None).holds(lat, lng) is (odd % 2 == 1)


def _aside(a: list[float], b: list[float], lat: float, lng: float) -> bool:
    """Not on the edge, where both answers are right."""
    across = (b[0] - a[0]) * (lat - a[1]) - (b[1] - a[1]) * (lng - a[0])
    return abs(across) > 1e-9


@pytest.mark.slow
@given(st.floats(-80, 80), st.floats(-179, 179), st.floats(20, 100_000), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5))
def test_a_circle_is_a_distance_and_lies_in_its_box(
    lat: float, lng: float, radius: float, up: float, across: float
) -> None:
    kept = checked({"type": "Point", "coordinates": [lng, lat]}, radius)
    circle = shape_of(kept, radius)
    middle = kept["coordinates"]
    metres = distance_m(middle[1], middle[0], lat + up, lng + across)
    assert circle.holds(lat + up, lng + across) is (metres <= radius)
    assert circle.metres_outside(lat + up, lng + across) == pytest.approx(max(0, metres - radius))
    west, south, east, north = circle.bounds
    if metres <= radius:
        assert west <= lng + across <= east
        assert south <= lat + up <= north
