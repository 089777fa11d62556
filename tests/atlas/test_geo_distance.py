"""Distances and bearings against GeographicLib's, and movement along a polyline."""

from itertools import pairwise
from math import isclose

import pytest
from geographiclib.geodesic import Geodesic
from hypothesis import assume, given
from hypothesis import strategies as st

from atlas.geo.distance import bearing_deg, cumulative_m, distance_m, interpolate

latitudes = st.floats(-89, 89)
longitudes = st.floats(-180, 180)
points = st.tuples(latitudes, longitudes)
nearby = st.tuples(st.floats(40.5, 40.9), st.floats(-74.1, -73.7))


@given(points, points)
def test_distance_is_within_the_error_of_a_sphere(a: tuple[float, float], b: tuple[float, float]) -> None:
    exact = Geodesic.WGS84.Inverse(*a, *b)["s12"]
    assert distance_m(*a, *b) == pytest.approx(exact, rel=0.0057, abs=0.01)


@given(nearby, nearby)
def test_bearing_points_where_the_geodesic_starts(a: tuple[float, float], b: tuple[float, float]) -> None:
    assume(distance_m(*a, *b) > 1)
    exact = Geodesic.WGS84.Inverse(*a, *b)["azi1"]
    bearing = bearing_deg(*a, *b)
    assert 0 <= bearing < 360
    assert abs((bearing - exact + 180) % 360 - 180) < 0.3


@pytest.mark.parametrize(("lat", "lng", "bearing"), [(41, -74, 0), (40, -73, 89.68), (39, -74, 180), (40, -75, 270.32)])
def test_bearing_runs_clockwise_from_north(lat: float, lng: float, bearing: float) -> None:
    assert bearing_deg(40, -74, lat, lng) == pytest.approx(bearing, abs=0.01)


def test_bearing_of_a_standstill_is_north() -> None:
    assert bearing_deg(40, -74, 40, -74) == 0


@given(st.lists(nearby, min_size=2, max_size=8), st.floats(0, 1))
def test_interpolation_lies_at_its_distance_along_the_line(line: list[tuple[float, float]], share: float) -> None:
    along = cumulative_m(line)
    assume(along[-1] > 1)
    metres = along[-1] * share
    position = interpolate(line, metres)
    # On one of the legs it lies as far from the leg's start as is left of the way, and as far from its end.
    assert any(
        isclose(distance_m(*a, position.lat, position.lng), metres - start, rel_tol=1e-3, abs_tol=0.5)
        and isclose(distance_m(*b, position.lat, position.lng), end - metres, rel_tol=1e-3, abs_tol=0.5)
        for (a, start), (b, end) in pairwise(zip(line, along, strict=True))
        if start - 0.5 <= metres <= end + 0.5
    )


def test_interpolation_stays_on_the_line_beyond_its_ends() -> None:
    line = [(40.0, -74.0), (40.0, -73.9), (40.0, -73.9), (40.1, -73.9), (40.1, -73.9)]
    assert interpolate(line, -5)[:2] == (40.0, -74.0)
    end = interpolate(line, 1e9)
    assert (round(end.lat, 9), round(end.lng, 9)) == (40.1, -73.9)
    assert end.heading == pytest.approx(0)


def test_one_point_is_a_line_of_no_length() -> None:
    assert interpolate([(40.0, -74.0)], 10) == (40.0, -74.0, 0.0)
    assert cumulative_m([]) == []
    with pytest.raises(ValueError, match="at least one point"):
        interpolate([], 0)
