"""The shipped demo city: its bounds, its named places, its street graph. Read once, from `data/city.json`.

The city is synthetic (`atlas.geo.build_city` makes it); only its position on the globe is that of a real place.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

_DATA = Path(__file__).parent / "data" / "city.json"

PlaceKind = Literal["hotel", "airport", "restaurant", "venue", "office", "residence"]


class Bounds(NamedTuple):
    """Degrees."""

    south: float
    west: float
    north: float
    east: float

    def contains(self, lat: float, lng: float) -> bool:
        return self.south <= lat <= self.north and self.west <= lng <= self.east


DEMO_CITY = Bounds(south=40.58, west=-74.05, north=40.85, east=-73.74)
TIMEZONE = "America/New_York"
JURISDICTION = "US-NY"
"""Where its rides are taxed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point where people are picked up or set down. `address` is a street and a number, without the place's name."""

    id: str
    name: str
    kind: PlaceKind
    address: str
    district: str
    lat: float
    lng: float

    @property
    def label(self) -> str:
        """As a booking states its place: `Grand Hotel, Maple Street 1`."""
        return f"{self.name}, {self.address}"


@dataclass(frozen=True, slots=True)
class StreetGraph:
    """`nodes[i]` is (lat, lng); an edge is (node, node, number of its street); streets are (name, class)."""

    nodes: list[tuple[float, float]]
    edges: list[tuple[int, int, int]]
    streets: list[tuple[str, str]]


@cache
def _data() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return loaded


@cache
def places() -> tuple[Place, ...]:
    return tuple(Place(**fields) for fields in _data()["places"])


@cache
def _places_by_id() -> dict[str, Place]:
    return {place.id: place for place in places()}


def place(place_id: str) -> Place:
    """Raises KeyError for an unknown id."""
    return _places_by_id()[place_id]


def search_places(text: str, *, limit: int = 10) -> list[Place]:
    """Places in whose name, address, district or kind every word of `text` begins a word; best match first.

    A match in the name counts before one elsewhere, one at the name's start before one further in. Blank text finds
    nothing.
    """
    wanted = text.casefold().split()
    if not wanted:
        return []
    ranked = []
    for candidate in places():
        name = candidate.name.casefold().replace(",", " ").split()
        rest = f"{candidate.address} {candidate.district} {candidate.kind}".casefold().split()
        if all(any(word.startswith(w) for word in name + rest) for w in wanted):
            in_name = sum(any(word.startswith(w) for word in name) for w in wanted)
            ranked.append((-in_name, not name[0].startswith(wanted[0]), candidate.name, candidate))
    return [entry[-1] for entry in sorted(ranked, key=lambda entry: entry[:-1])[:limit]]


@cache
def street_graph() -> StreetGraph:
    data = _data()
    nodes, edges, classes = data["nodes"], data["edges"], data["classes"]
    return StreetGraph(
        nodes=[(lat / 1e5, lng / 1e5) for lat, lng in zip(nodes[::2], nodes[1::2], strict=True)],
        edges=list(zip(edges[::3], edges[1::3], edges[2::3], strict=True)),
        streets=[(name, classes[number]) for name, number in data["streets"]],
    )
