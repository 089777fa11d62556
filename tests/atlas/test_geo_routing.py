"""Routes over the demo city, checked against a plain Dijkstra and against the laws every route obeys."""

import heapq
from collections import defaultdict
from itertools import pairwise
from random import Random

import pytest
from django.test import override_settings

from atlas.geo import routing
from atlas.geo.city import DEMO_CITY, place, places, street_graph
from atlas.geo.distance import distance_m
from atlas.geo.routing import DETOUR_FACTOR, SPEED_MS, Coordinates, Route, route

pytestmark = pytest.mark.slow

HOTEL, AIRPORT = (40.7580, -73.9855), (40.6413, -73.7781)


def dijkstra_seconds(start: int, goal: int) -> float:
    graph = street_graph()
    neighbours: dict[int, list[tuple[int, float]]] = defaultdict(list)
    for a, b, street in graph.edges:
        seconds = distance_m(*graph.nodes[a], *graph.nodes[b]) / SPEED_MS[graph.streets[street][1]]
        neighbours[a].append((b, seconds))
        neighbours[b].append((a, seconds))
    best = {start: 0.0}
    queue = [(0.0, start)]
    while queue:
        seconds, node = heapq.heappop(queue)
        if node == goal:
            return seconds
        for other, leg in neighbours[node]:
            if seconds + leg < best.get(other, float("inf")):
                best[other] = seconds + leg
                heapq.heappush(queue, (seconds + leg, other))
    raise AssertionError("the graph is not connected")


def test_the_example_of_the_api_is_a_drive_across_town() -> None:
    found = route(HOTEL, AIRPORT)
    straight = distance_m(*HOTEL, *AIRPORT)
    assert straight < found.distance_m < 1.4 * straight
    assert 15 * 60 < found.duration_s < 45 * 60
    assert (found.points[0], found.points[-1]) == (HOTEL, AIRPORT)
    assert all(DEMO_CITY.contains(*point) for point in found.points)


def test_the_way_found_is_the_fastest_there_is() -> None:
    nodes = street_graph().nodes
    inside = [number for number, node in enumerate(nodes) if DEMO_CITY.contains(*node)]
    rng = Random(5)
    for _ in range(15):
        a, b = rng.choice(inside), rng.choice(inside)
        assert route(nodes[a], nodes[b]).duration_s == pytest.approx(dijkstra_seconds(a, b), rel=1e-6, abs=0.2)


def test_every_place_can_be_reached_from_every_other_kind_of_place() -> None:
    airport = place("city-airport")
    for other in places():
        found = route((other.lat, other.lng), (airport.lat, airport.lng))
        measured = sum(distance_m(*a, *b) for a, b in pairwise(found.points))
        assert found.distance_m == pytest.approx(measured, rel=1e-6, abs=0.1)
        assert found.distance_m >= distance_m(other.lat, other.lng, airport.lat, airport.lng) - 0.1
        assert len(found.points) >= 2


def test_no_leg_jumps_over_the_river() -> None:
    """Consecutive points are neighbours in the graph: no leg is longer than the graph's longest edge."""
    graph = street_graph()
    longest = max(distance_m(*graph.nodes[a], *graph.nodes[b]) for a, b, _ in graph.edges)
    assert longest < 750
    assert all(distance_m(*a, *b) <= longest + 0.1 for a, b in pairwise(route(HOTEL, AIRPORT).points))


def test_there_and_back_take_the_same_time() -> None:
    assert route(AIRPORT, HOTEL).duration_s == pytest.approx(route(HOTEL, AIRPORT).duration_s)


def test_two_points_on_one_street_need_no_detour() -> None:
    graph = street_graph()
    a, b, _ = next(e for e in graph.edges if distance_m(*graph.nodes[e[0]], *graph.nodes[e[1]]) > 150)
    (lat1, lng1), (lat2, lng2) = graph.nodes[a], graph.nodes[b]
    near, far = (lat1 * 0.7 + lat2 * 0.3, lng1 * 0.7 + lng2 * 0.3), (lat1 * 0.3 + lat2 * 0.7, lng1 * 0.3 + lng2 * 0.7)
    assert route(near, far).distance_m == pytest.approx(distance_m(*near, *far), abs=0.5)


def test_standing_still_is_a_route_too() -> None:
    found = route(HOTEL, HOTEL)
    assert (found.points[0], found.points[-1]) == (HOTEL, HOTEL)
    assert found.distance_m < 100


@pytest.mark.parametrize("far", [(48.8566, 2.3522), (40.8501, -73.9)])
def test_outside_of_the_city_the_straight_line_is_stretched(far: Coordinates) -> None:
    metres = distance_m(*HOTEL, *far) * DETOUR_FACTOR
    assert route(HOTEL, far) == Route((HOTEL, far), metres, metres / (60 / 3.6))


class Teleporter:
    def route(self, origin: Coordinates, destination: Coordinates) -> Route:
        return Route((origin, destination), 0.0, 0.0)


def test_another_router_can_be_plugged_in() -> None:
    routing._router.cache_clear()
    try:
        with override_settings(ATLAS_ROUTER=f"{__name__}.Teleporter"):
            assert route(HOTEL, AIRPORT).duration_s == 0
    finally:
        routing._router.cache_clear()
