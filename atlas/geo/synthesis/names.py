"""Names for streets and districts: invented, and none of them twice."""
# ruff: noqa: SIM905

from collections.abc import Iterator
from random import Random

_WORDS = """
Acorn Alder Almond Amber Anchor Apple Arbour Ash Aspen Aster Aurora Bay Beacon Beech Bell Birch Blossom Bramble
Bridge Briar Brook Cadence Calla Camellia Candle Canal Canterbury Cardinal Carousel Castle Cedar Chapel Cherry
Chestnut Clover Cobalt College Colonnade Copper Coral Cornelia Cotton Courtyard Crescent Cricket Crown Curlew
Cypress Dahlia Dale Dove Dune Eagle Ebony Elder Elm Ember Falcon Fern Ferry Fig Finch Fir Flint Forge Fountain
Foxglove Gable Garden Garnet Ginger Glass Granite Grove Gull Harbour Harvest Hawthorn Hazel Heather Heron Hickory
Holly Honey Iris Ivory Ivy Jasmine Jay Juniper Kestrel Lantern Larch Lark Laurel Lavender Lemon Library Lilac
Lime Linden Linnet Lotus Lyric Magnolia Marble Market Marigold Marsh Meadow Mill Mint Mulberry Myrtle Nectar
Nightingale Nutmeg Oak Ocean Olive Opal Orchard Orchid Osprey Oval Palace Palm Partridge Pavilion Peach Pear
Pearl Pebble Peony Pepper Pilgrim Pine Plum Poplar Poppy Primrose Quarry Quartz Quince Raven Reed River Robin
Rose Rosemary Rowan Ruby Saffron Sage Sail Sandpiper Sapphire Shell Silver Slate Sparrow Spindle Spruce Starling
Station Stone Summit Swallow Swan Sycamore Tanner Teal Temple Thistle Thyme Topaz Tulip Velvet Verbena Violet
Walnut Weaver Wharf Wheat Willow Wren Yarrow Yew
""".split()
_LOCAL = ("Street", "Lane", "Place", "Road", "Way", "Row", "Walk", "Terrace", "Court", "Close")
_SECONDARY = ("Avenue", "Drive", "Road")
_PRIMARY = """
Alexandra Ambassador Atlantic Belmont Bellevue Bishop Carnegie Century Chancellor Charter Clarendon Commerce
Concord Continental Cornwallis Devon Duchess Dominion Eastern Embassy Empire Exchange Fairmount Federal Founders
Garrison General Governor Grand Hanover Heritage Highland Imperial Independence Jubilee Kingsway Lakeland Liberty
Marlborough Mariner Mercer Meridian Monarch Northern Observatory Orient Pacific Parliament Pioneer Polytechnic
President Prospect Queensway Regent Republic Richmond Royal Senate Southern Sovereign Standard Sterling Sutton
Treasury Union University Victory Warwick Western Westminster Windsor
""".split()

RESERVED = frozenset({"Maple Street"})
LANDMARK_DISTRICTS: dict[str, tuple[float, float]] = {
    "Maple Quarter": (-7600, 4800), "Founders": (-8600, 8000), "Westcliff": (-11400, 1600), "Eastbank": (-2300, 4300),
    "Quayside": (-5600, 5000), "Northgate": (-9400, 12200), "Heron Park": (1500, 5900), "Fairmount": (8000, 8700),
    "Saddle Hill": (6700, 1600), "Botany": (-900, -4600), "Larkspur": (10300, -2700), "Orchard Green": (-8900, -2700),
    "Airport City": (9800, -6300), "Harbour Steps": (-9600, -7200), "Shoreham": (-600, -9700),
    "Bayview": (4800, -10200), "Alder Heights": (-4900, 9000), "University": (-600, 1700),
}  # fmt: skip
"""Districts whose name says where they lie (metres in the plan): after the park, river or airport they are next to."""
OTHER_DISTRICTS = (
    "Old Exchange", "Cathedral Hill", "Theatre Row", "Foundry", "Kingsmead", "Lantern Yard", "Millbank", "Tanners Row",
    "Linden Hills", "Greenfield", "Orchard Vale", "Southmoor", "Tidewater", "Rosedale", "Stonebridge", "Whitfield",
    "Ashcombe", "Weston", "Marlow", "Calder", "Elmhurst", "Penrose", "Halcyon", "Summerfield", "Thornbury",
    "Brightwater", "Copperfield", "Langley", "Meadowbrook", "Hollins", "Carrow", "Eastleigh", "Fernhill", "Glenmore",
    "Hartwell", "Inverdale", "Kestrel Park", "Lowfield", "Mossley", "Netherby", "Oakridge", "Pembury", "Quarry Bank",
    "Ravenswood", "Sandford", "Thornhill", "Upton", "Vale End", "Wexcombe", "Yarrow Hill", "Beaumont", "Cresswell",
    "Dunmore", "Ellerby", "Foxley", "Grantham Park", "Hadley", "Kirkwood", "Longmead", "Milford", "Norwood", "Osborne",
    "Pinewood", "Redcliff", "Selwyn", "Tilbury Green", "Waverley", "Winslow", "Ashford", "Belgrave", "Chilton",
    "Denham", "Easton", "Farleigh", "Goldhurst", "Heathcote",
)  # fmt: skip


def _shuffled(words: list[str], endings: tuple[str, ...], rng: Random) -> Iterator[str]:
    """Every word before any ending repeats; endless, as it goes on with compass points."""
    for prefix in ("", "North ", "South ", "East ", "West ", "Upper ", "Lower ", "Old ", "New ", "Little "):
        order = sorted(words, key=lambda _: rng.random())
        for turn in range(len(endings)):
            for i, word in enumerate(order):
                name = f"{prefix}{word} {endings[(i + turn) % len(endings)]}"
                if name not in RESERVED:
                    yield name
    raise AssertionError("the city has more streets than there are names")


class StreetNames:
    """Hands out a fresh name per street, in the manner of its class."""

    def __init__(self, rng: Random) -> None:
        self._by_class = {
            "local": _shuffled(_WORDS, _LOCAL, rng),
            "secondary": _shuffled(_WORDS, _SECONDARY, rng),
            "primary": _shuffled(_PRIMARY, ("Avenue", "Boulevard"), rng),
        }
        self._given: set[str] = set()

    def next(self, street_class: str) -> str:
        while (name := next(self._by_class[street_class])) in self._given:
            pass
        self._given.add(name)
        return name
