"""The heat of a fleet: no second is lost or counted twice, and a cell is where it says."""

from hypothesis import given
from hypothesis import strategies as st

from atlas.geo.distance import distance_m
from telemetry.rules.heat import ACROSS, added, centre_of, heat_of, pack, place_of, unpack
from telemetry.rules.point import Point
from tests.telemetry.drives import NOON, drive

cells = st.dictionaries(st.integers(0, ACROSS * ACROSS - 1), st.integers(1, 10**6), max_size=50)


@given(st.floats(-85, 85), st.floats(-180, 179.999))
def test_a_place_lies_in_its_cell(lat: float, lng: float) -> None:
    tile, cell = place_of(lat, lng)
    assert 0 <= cell < ACROSS * ACROSS
    assert place_of(*centre_of(tile, cell)) == (tile, cell)
    assert distance_m(lat, lng, *centre_of(tile, cell)) < 220


def test_the_ends_of_the_world_have_a_cell() -> None:
    for lat, lng in [(90, 180), (-90, -180), (0, 180)]:
        tile, cell = place_of(lat, lng)
        assert 0 <= tile.x < 1024 > tile.y >= 0 <= cell


def test_the_seconds_of_a_drive_are_all_there() -> None:
    found = heat_of(drive([(600, 12), (300, 0)]))
    total = sum(sum(tile.values()) for tile in found.values())
    assert abs(total - 899) <= sum(len(tile) for tile in found.values())
    assert max(max(tile.values()) for tile in found.values()) >= 300


def test_a_gap_is_nowhere() -> None:
    assert heat_of([Point(NOON, 40_000_000, 0), Point(NOON + 60_001, 40_000_000, 0)]) == {}


@given(cells, cells)
def test_adding_and_packing(one: dict[int, int], other: dict[int, int]) -> None:
    both = added(one, other)
    assert sum(both.values()) == sum(one.values()) + sum(other.values())
    assert added(other, one) == both
    assert unpack(pack(both)) == both
