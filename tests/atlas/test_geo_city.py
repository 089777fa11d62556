"""The shipped demo city: what the files hold, and that they are what the generator makes."""

from collections import defaultdict

import pytest

from atlas.geo.build_city import render
from atlas.geo.city import DEMO_CITY, place, places, search_places, street_graph
from atlas.geo.distance import distance_m


@pytest.mark.slow
def test_the_committed_files_are_what_the_generator_makes() -> None:
    for path, text in render().items():
        assert path.read_text(encoding="utf-8") == text, f"run python -m atlas.geo.build_city ({path.name})"


def test_the_places_of_the_api_example_are_where_it_says() -> None:
    hotel, airport = place("grand-hotel"), place("city-airport")
    assert (hotel.lat, hotel.lng, hotel.label) == (40.7580, -73.9855, "Grand Hotel, Maple Street 1")
    assert (airport.lat, airport.lng, airport.kind) == (40.6413, -73.7781, "airport")


def test_places_are_distinct_and_stand_at_a_street() -> None:
    found = places()
    assert len({p.id for p in found}) == len({p.label for p in found}) == len(found) > 60
    assert {p.kind for p in found} == {"hotel", "airport", "restaurant", "venue", "office", "residence"}
    streets = {name for name, _ in street_graph().streets}
    for p in found:
        assert DEMO_CITY.contains(p.lat, p.lng)
        assert p.address.rsplit(" ", 1)[0] in streets
        assert p.district


def test_the_street_graph_is_one_piece() -> None:
    graph = street_graph()
    neighbours: dict[int, set[int]] = defaultdict(set)
    for a, b, _ in graph.edges:
        neighbours[a].add(b)
        neighbours[b].add(a)
    reached, todo = set(), [0]
    while todo:
        node = todo.pop()
        if node not in reached:
            reached.add(node)
            todo += neighbours[node]
    assert len(reached) == len(graph.nodes)
    assert all(len(others) > 1 for others in neighbours.values()), "a dead end"
    assert all(distance_m(*graph.nodes[a], *graph.nodes[b]) > 0 for a, b, _ in graph.edges)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("grand", "grand-hotel"),
        ("GRAND hot", "grand-hotel"),
        ("city airport", "city-airport"),
        ("airp private", "city-airport-private-aviation"),
        ("maple street 1", "grand-hotel"),
        ("opera", "royal-opera-house"),
        ("quayside", "quayside-hotel"),
    ],
)
def test_search_finds_by_the_beginnings_of_words(text: str, first: str) -> None:
    assert search_places(text)[0].id == first


def test_search_finds_nothing_for_nothing() -> None:
    assert search_places("  ") == search_places("zzz") == []
    assert len(search_places("hotel", limit=3)) == 3
