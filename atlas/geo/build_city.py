"""Writes the synthetic demo city: `python -m atlas.geo.build_city`.

Two committed files, always the same bytes: the map that browsers draw (`static/map/demo-city.geojson`) and the street
graph with the places that the server routes on (`atlas/geo/data/city.json`). A test compares them with this output.
"""
# ruff: noqa: PLR2004, S311

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from atlas.geo.synthesis import blocks, districts, frame, names, places, streets
from atlas.geo.synthesis.geometry import Point, Polyline, sampled, simplify
from atlas.geo.synthesis.network import Network
from atlas.geo.synthesis.terrain import Terrain

SEED = 7
ROOT = Path(__file__).resolve().parents[2]
MAP_FILE = ROOT / "static" / "map" / "demo-city.geojson"
GRAPH_FILE = ROOT / "atlas" / "geo" / "data" / "city.json"
CLASSES = ("motorway", "primary", "secondary", "local")

Feature = dict[str, Any]


class City:
    """All parts of the city, in the plan."""

    def __init__(self, seed: int = SEED) -> None:
        self.terrain = Terrain(seed)
        self.districts = districts.lay_out(self.terrain, Random(seed + 1))
        grids = [streets.Grid.of(d) for d in self.districts]
        laid = streets.lay_streets(self.terrain, self.districts, grids, names.StreetNames(Random(seed + 2)))
        self.network = Network(laid)
        places.name_hotel_street(self.network)
        self.blocks = blocks.Blocks(self.terrain, grids, laid, Random(seed + 3))
        self.airport = blocks.airport()
        on_land = [d for d in self.districts if self.terrain.buildable(d.site, 100)]
        self.named_districts = places.name_districts(on_land)
        self.places = places.find_places(self.network, self.named_districts, Random(seed + 4))


def _lng_lat(p: Point) -> list[float]:
    lat, lng = frame.to_lat_lng(p)
    return [lng, lat]


def _dense(line: Polyline) -> Polyline:
    """With a point every 250 m, so that long straights follow the bend of the plan."""
    return [line[0], *(p for a, b in pairwise(line) for p in list(sampled(a, b, 250))[1:])]


def _drawn(line: Polyline, tolerance: float = 3.0) -> list[list[float]]:
    """As few points as show it within `tolerance` metres."""
    bent = [frame.bend(p) for p in _dense(line)]
    return [_lng_lat(frame.unbend(p)) for p in simplify(bent, tolerance)]


def _polygon(layer: str, *rings: Polyline, **properties: Any) -> Feature:
    coordinates = [[*(drawn := _drawn([*ring, ring[0]], 2.0))[:-1], drawn[0]] for ring in rings]
    return _feature(layer, "Polygon", coordinates, properties)


def _straight_polygon(layer: str, ring: Polyline, **properties: Any) -> Feature:
    """Corners joined by straight lines on the ground, whatever the bend of the plan."""
    return _feature(layer, "Polygon", [[_lng_lat(p) for p in [*ring, ring[0]]]], properties)


def _feature(layer: str, kind: str, coordinates: Any, properties: dict[str, Any]) -> Feature:
    return {
        "type": "Feature",
        "properties": {"layer": layer, **properties},
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def _label(kind: str, name: str, at: Point, rank: int = 0) -> Feature:
    return _feature("label", "Point", _lng_lat(at), {"kind": kind, "name": name, "rank": rank})


def map_features(city: City) -> Iterator[Feature]:
    terrain = city.terrain
    yield _polygon("water", terrain.bay_ring())
    yield _polygon("water", terrain.river_ring())
    yield _polygon("land", terrain.island)
    yield _polygon("park", terrain.island, island=True)
    for park in terrain.parks:
        yield _polygon("park", park.ring)
        if park.lake:
            yield _polygon("water", park.lake)
    for ring in city.blocks.squares:
        yield _polygon("park", ring)
    yield _polygon("airfield", terrain.airfield)
    for ring in city.airport.aprons:
        yield _straight_polygon("apron", ring)
    for line in city.airport.taxiways:
        yield _feature("taxiway", "LineString", [_lng_lat(p) for p in line], {})
    for ring in city.airport.runways:
        yield _straight_polygon("runway", ring)
    yield from _street_features(city)
    for ring in city.airport.terminals:
        yield _straight_polygon("building", ring, height=22)
    for building in city.blocks.buildings:
        yield _polygon("building", building.ring, height=building.height)
    yield from _labels(city)


def _street_features(city: City) -> Iterator[Feature]:
    """Small streets first: later features are drawn on top. Stretches over water are drawn again as bridges."""
    for street_class in reversed(CLASSES):
        for number, street in enumerate(city.network.streets):
            if street.street_class != street_class:
                continue
            # A motorway goes on beyond the edge of the map, whatever the graph keeps of it.
            lines = [street.line] if street_class == "motorway" else city.network.lines(number)
            if lines:
                named = {"class": street_class, "name": street.name}
                yield _feature("street", "MultiLineString", [_drawn(line) for line in lines], named)
            if street_class in ("motorway", "primary"):
                for line in lines:
                    for over in _over_water(city.terrain, line):
                        yield _feature("bridge", "LineString", _drawn(over), {"class": street_class})


def _over_water(terrain: Terrain, line: Polyline) -> Iterator[Polyline]:
    run: Polyline = []
    for p in (p for a, b in pairwise(line) for p in sampled(a, b, 20)):
        if not terrain.dry(p, 15):
            run.append(p)
        else:
            if len(run) > 3:
                yield run
            run = []


def _labels(city: City) -> Iterator[Feature]:
    for rank, (name, district) in enumerate(city.named_districts):
        yield _label("district", name, district.site, rank)
    for park in city.terrain.parks:
        yield _label("park", park.name, _middle(park.ring))
    yield _label("park", "Gull Island Reserve", _middle(city.terrain.island))
    yield _label("water", "Halcyon Bay", (-4200, -13200))
    yield _label("water", "Halcyon Bay", (8800, -14300))
    river = city.terrain.river
    yield _feature("label", "LineString", _drawn(river, 10), {"kind": "river", "name": "River Alder", "rank": 0})
    for place in city.places:
        at = _lng_lat(place.at)
        yield _feature("place", "Point", at, {"kind": place.kind, "name": place.name, "id": place.id})


def _middle(ring: Polyline) -> Point:
    return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)


def graph(city: City) -> dict[str, Any]:
    """Street graph and places as plain numbers: coordinates in units of 1e-5 degrees, arrays flattened."""
    numbering: dict[int, int] = {}
    nodes: list[int] = []
    named: dict[tuple[str, str], int] = {}
    edges: list[int] = []
    for number, street in enumerate(city.network.streets):
        for chain in city.network.chains[number]:
            label = named.setdefault((street.name, street.street_class), len(named))
            for node in chain:
                if node not in numbering:
                    numbering[node] = len(numbering)
                    lat, lng = frame.to_lat_lng(city.network.points[node])
                    nodes += [round(lat * 1e5), round(lng * 1e5)]
            for a, b in pairwise(chain):
                edges += [numbering[a], numbering[b], label]
    return {
        "name": "Synthetic demo city",
        "bounds": {"south": frame.SOUTH, "west": frame.WEST, "north": frame.NORTH, "east": frame.EAST},
        "timezone": "America/New_York",
        "classes": list(CLASSES),
        "streets": [[name, CLASSES.index(street_class)] for name, street_class in named],
        "nodes": nodes,
        "edges": edges,
        "places": [
            dict(zip(("lat", "lng"), frame.to_lat_lng(p.at), strict=True))
            | {"id": p.id, "name": p.name, "kind": p.kind, "address": p.address, "district": p.district}
            for p in city.places
        ],
    }


def render() -> dict[Path, str]:
    """File -> its text."""
    city = City()

    def compact(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    lines = ",\n".join(compact(feature) for feature in map_features(city))
    parts = ",\n".join(f"{compact(key)}:{compact(value)}" for key, value in graph(city).items())
    return {
        MAP_FILE: '{"type":"FeatureCollection","features":[\n' + lines + "\n]}\n",
        GRAPH_FILE: "{" + parts + "}\n",
    }


def main() -> None:
    for path, text in render().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
