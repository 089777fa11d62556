"""Points are packed to a few bytes and come back exactly."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.breadcrumbs.codec import Unreadable, pack, unpack
from telemetry.rules.point import Point
from tests.telemetry.drives import drive

maybe = st.none() | st.integers(-(2**40), 2**40)
points = st.builds(
    Point,
    at=st.integers(0, 2**45),
    lat=st.integers(-90_000_000, 90_000_000),
    lng=st.integers(-180_000_000, 180_000_000),
    speed=maybe,
    heading=st.none() | st.integers(0, 3599),
    odometer=maybe,
    battery=maybe,
    energy=maybe,
    altitude=maybe,
)


@pytest.mark.slow
@given(st.lists(points, max_size=40))
def test_whatever_is_packed_comes_back(given_points: list[Point]) -> None:
    assert unpack(pack(given_points)) == given_points


@pytest.mark.slow
@given(st.binary(max_size=60))
def test_rubbish_is_refused_and_nothing_else_happens(rubbish: bytes) -> None:
    with suppress(Unreadable):
        assert all(isinstance(each, Point) for each in unpack(rubbish))


@given(st.lists(points, min_size=1, max_size=20), st.data())
def test_what_was_cut_off_is_not_taken_for_the_whole(given_points: list[Point], data: st.DataObject) -> None:
    packed = pack(given_points)
    cut = packed[: data.draw(st.integers(0, len(packed) - 1))]
    with suppress(Unreadable):
        assert unpack(cut) != given_points


def test_a_minute_of_driving_takes_few_bytes() -> None:
    minute = drive([(60, 12.5)], odometer=22_683_600)
    assert len(pack(minute)) < 60 * 6.3


def test_another_version_is_refused_by_name() -> None:
    packed = pack(drive([(5, 10)]))
    with pytest.raises(Unreadable, match="version 2"):
        unpack(bytes([2 << 4 | packed[0] & 1]) + packed[1:])


FIRST = [
    Point(1_780_315_200_000, 40_750_000, -73_980_000, 1250, 450, 22_683_600, 750),
    Point(1_780_315_201_000, 40_750_079, -73_979_895, 1250, 452, 22_683_612, None),
]
WRITTEN = "10020280e8f0b0d067e80301e0aeee264f01bfe1c6466901c413000184070201a0ffd0150c210100dc0b0000"


def test_what_the_first_version_wrote_stays_readable() -> None:
    """Whatever becomes of the codec."""
    assert unpack(bytes.fromhex(WRITTEN)) == FIRST
