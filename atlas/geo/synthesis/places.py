"""Where people are picked up and set down: named, with an address on a street of the city."""
# ruff: noqa: PLR2004

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from math import hypot
from random import Random

from atlas.geo.synthesis.districts import DOWNTOWN, District
from atlas.geo.synthesis.geometry import Point, along, nearest_on_segment
from atlas.geo.synthesis.names import LANDMARK_DISTRICTS, OTHER_DISTRICTS
from atlas.geo.synthesis.network import Network
from atlas.geo.synthesis.terrain import HOTEL, TERMINAL

_DOWN, _EAST, _NORTH, _AIR = DOWNTOWN, (-1200.0, 2600.0), (-6500.0, 9000.0), (8300.0, -5200.0)
_NAMES: dict[str, list[tuple[Point, float, str]]] = {
    "hotel": [
        (_DOWN, 1900, "The Alder House; Hotel Meridian; Quayside Hotel; The Lantern; Belmont Palace; Hotel Corvina; "
                      "The Foundry Hotel; Parkview Hotel; The Exchange Residences"),
        (_EAST, 1900, "Eastbank Hotel; The Observatory"),
        (_NORTH, 1900, "Founders Park Inn"),
        (_AIR, 1500, "Airport Lodge; Runway Suites"),
    ],
    "restaurant": [
        (_DOWN, 2100, "Brasserie Lumen; The Copper Table; Saltwater; Osteria Fiorita; Juniper & Rye; Kiyomi; "
                      "The Orangery; Maison Verlaine; Ember Grill; Le Petit Quai"),
        (_EAST, 2000, "The Boathouse; Saffron Court; Riverside Kitchen"),
        (_NORTH, 2300, "Hearth & Vine; The Walled Garden"),
    ],
    "venue": [
        (_DOWN, 2300, "Royal Opera House; Concert Hall; Museum of Glass; Grand Theatre; Maritime Museum; City Gallery"),
        (_EAST, 2600, "Convention Centre; University Auditorium; Observatory Dome"),
        ((2500.0, 2300.0), 2600, "Meadows Stadium; Heron Pavilion"),
        ((5600.0, 8800.0), 2500, "Fairmount Racecourse"),
        ((-1500.0, -6300.0), 2200, "Botanical Conservatory"),
    ],
    "office": [
        (_DOWN, 1700, "Sterling Tower; Exchange Plaza; Harcourt Chambers; Meridian House; Law Courts; Ashdown Capital; "
                      "One Maple Square; Consulate Row; Harbour Trust; The Printworks"),
        (_EAST, 2300, "Eastbank Science Park; University Hospital; Lantern Studios"),
        ((5600.0, -2300.0), 2600, "Larkspur Business Park"),
    ],
    "residence": [
        (_DOWN, 2900, "Cathedral Mews; The Belvedere; Quay Lofts; Theatre Mansions"),
        (_NORTH, 2600, "Founders Gate; Alder Heights House; Northgate Villas"),
        ((7000.0, 6000.0), 3200, "Linden Hill House; Fairmount Lodge; Orchard End"),
        ((-700.0, -7000.0), 2700, "Bayview Terrace; Tidewater Court; Botany Gardens"),
        ((-9300.0, -1200.0), 2200, "Westcliff Manor; Orchard Green House"),
    ],
}  # fmt: skip
_APART_M = 150.0
_KERB_M = 14.0


@dataclass(frozen=True)
class PlannedPlace:
    id: str
    name: str
    kind: str
    address: str
    district: str
    at: Point


def _edges(network: Network) -> Iterator[tuple[int, float, Point, Point]]:
    """(street, metres from the start of the chain, from, to) of every edge a house may stand at."""
    for number, street in enumerate(network.streets):
        if street.street_class in ("local", "secondary"):
            for line in network.lines(number):
                metres = 0.0
                for a, b in pairwise(line):
                    yield number, metres, a, b
                    metres += hypot(b[0] - a[0], b[1] - a[1])


def name_hotel_street(network: Network) -> None:
    """The street in front of the Grand Hotel is Maple Street, all along."""
    local = (e for e in _edges(network) if network.streets[e[0]].street_class == "local")
    nearest = min(local, key=lambda e: _distance(HOTEL, e[2], e[3]))
    old = network.streets[nearest[0]].name
    for street in network.streets:
        if street.name == old:
            street.name = "Maple Street"


def _distance(p: Point, a: Point, b: Point) -> float:
    _, q = nearest_on_segment(p, a, b)
    return hypot(p[0] - q[0], p[1] - q[1])


def find_places(network: Network, districts: list[tuple[str, District]], rng: Random) -> list[PlannedPlace]:
    """The two fixed places of the API's examples first, then the others by kind."""

    def district_of(p: Point) -> str:
        return min(districts, key=lambda d: hypot(p[0] - d[1].site[0], p[1] - d[1].site[1]))[0]

    def planned(name: str, kind: str, address: str, at: Point) -> PlannedPlace:
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        return PlannedPlace(slug, name, kind, address, district_of(at), at)

    private_aviation = (TERMINAL[0] - 800, TERMINAL[1] + 610)
    places = [
        planned("Grand Hotel", "hotel", "Maple Street 1", HOTEL),
        planned("City Airport", "airport", "Terminal Drive 1", TERMINAL),
        planned("City Airport, Private Aviation", "airport", "Terminal Drive 9", private_aviation),
    ]
    edges = list(_edges(network))
    addresses = {p.address for p in places}
    for kind, zones in _NAMES.items():
        for centre, radius, names in zones:
            near = [e for e in edges if hypot(e[2][0] - centre[0], e[2][1] - centre[1]) < radius]
            for name in names.split("; "):
                while True:
                    number, metres, a, b = near[int(rng.random() * len(near))]
                    share = 0.25 + 0.5 * rng.random()
                    x, y = along(a, b, share)
                    length = hypot(b[0] - a[0], b[1] - a[1])
                    side = 1 if rng.random() < 0.5 else -1
                    at = (x - side * (b[1] - a[1]) / length * _KERB_M, y + side * (b[0] - a[0]) / length * _KERB_M)
                    # Twenty metres of frontage to a house, even numbers on the right.
                    house = 2 * int((metres + share * length) / 20) + (1 if side > 0 else 2)
                    address = f"{network.streets[number].name} {house}"
                    if address not in addresses and all(
                        hypot(at[0] - p.at[0], at[1] - p.at[1]) > _APART_M for p in places
                    ):
                        break
                addresses.add(address)
                places.append(planned(name, kind, address, at))
    return places


def name_districts(districts: list[District]) -> list[tuple[str, District]]:
    """From the centre outwards; a landmark gives its name to the district it lies in, the others follow in order."""
    by_distance = sorted(districts, key=lambda d: d.distance_to_downtown)
    named: dict[int, str] = {}
    for name, (x, y) in LANDMARK_DISTRICTS.items():
        left = (i for i in range(len(by_distance)) if i not in named)
        named[min(left, key=lambda i: hypot(by_distance[i].site[0] - x, by_distance[i].site[1] - y))] = name
    others = chain(OTHER_DISTRICTS, (f"Upper {name}" for name in OTHER_DISTRICTS))
    return [(named[i] if i in named else next(others), district) for i, district in enumerate(by_distance)]
