"""Progress, remaining way and ETA of a ride that is being watched."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.geo.distance import distance_m, interpolate
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.tracking import Leg, Point, along, eta_seconds, track

DEPOT, PICKUP, CORNER, DROPOFF = (40.70, -74.00), (40.72, -74.00), (40.72, -73.98), (40.75, -73.98)
ROUTE = [PICKUP, CORNER, DROPOFF]
LENGTH = sum(distance_m(*a, *b) for a, b in pairwise(ROUTE))

points = st.tuples(st.floats(40.5, 40.9), st.floats(-74.2, -73.8))
lines = st.lists(points, min_size=1, max_size=12)


def watched(status: BookingStatus, position: Point, speed_kmh: float = 36.0) -> tuple[Leg, float, float, int]:
    seen = track(status=status, approach=[DEPOT, PICKUP], route=ROUTE, position=position, speed_kmh=speed_kmh)
    return seen.leg, seen.progress, seen.remaining_m, seen.eta_s


def test_before_the_pickup_progress_is_towards_it() -> None:
    leg, progress, remaining_m, eta_s = watched(BookingStatus.DRIVER_EN_ROUTE, (40.715, -74.00))
    assert leg is Leg.PICKUP
    assert progress == pytest.approx(0.75, abs=1e-4)
    assert remaining_m == pytest.approx(distance_m(40.715, -74.00, *PICKUP), abs=0.5)
    assert eta_s == pytest.approx(remaining_m / 10, abs=1), "36 km/h are 10 m/s"


def test_at_the_pickup_nothing_remains() -> None:
    assert watched(BookingStatus.ARRIVED, (40.7201, -74.0001)) == (Leg.PICKUP, 1.0, 0.0, 0)


@pytest.mark.parametrize("status", [BookingStatus.PASSENGER_ONBOARD, BookingStatus.IN_PROGRESS])
def test_with_the_passenger_it_begins_anew_towards_the_dropoff(status: BookingStatus) -> None:
    assert watched(status, PICKUP)[:2] == (Leg.DROPOFF, 0.0)
    leg, progress, remaining_m, _ = watched(status, CORNER)
    assert leg is Leg.DROPOFF
    assert progress == pytest.approx(distance_m(*PICKUP, *CORNER) / LENGTH, abs=1e-6)
    assert remaining_m == pytest.approx(distance_m(*CORNER, *DROPOFF), abs=0.01)
    _, progress, remaining_m, eta_s = watched(status, DROPOFF)
    assert (progress, round(remaining_m, 6), eta_s) == (1.0, 0.0, 0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_who_drives_on_comes_nearer(one: float, other: float) -> None:
    back, ahead = sorted((one, other))
    fixes = []
    for share in (back, ahead):
        place = interpolate(ROUTE, share * LENGTH)
        progress, remaining_m = along(ROUTE, (place.lat, place.lng))
        assert progress == pytest.approx(share, abs=1e-3)
        assert remaining_m == pytest.approx((1 - share) * LENGTH, abs=LENGTH * 2e-3)
        fixes.append(progress)
    assert fixes[0] <= fixes[1] + 1e-9


@given(lines, points, st.floats(0, 1))
def test_progress_is_a_share_and_the_rest_at_least_the_straight_line(
    line: list[Point], position: Point, known: float
) -> None:
    progress, remaining_m = along(line, position, known_progress=known)
    assert 0.0 <= progress <= 1.0
    straight = distance_m(*position, *line[-1])
    assert remaining_m >= straight * 0.999 - 0.01, "a leg is taken as straight on a plane"


def test_a_street_that_is_passed_twice_does_not_throw_the_car_back() -> None:
    there_and_back = [(40.70, -74.0), (40.72, -74.0), (40.70, -74.0)]
    place = (40.705, -74.0)
    assert along(there_and_back, place)[0] == pytest.approx(0.125, abs=1e-3)
    assert along(there_and_back, place, known_progress=0.85)[0] == pytest.approx(0.875, abs=1e-3)


def test_the_noise_of_a_position_may_step_back_a_little() -> None:
    line = [(40.70, -74.0), (40.72, -74.0)]
    length = distance_m(*line[0], *line[1])
    place = interpolate(line, length / 2 - 30)
    progress, _ = along(line, (place.lat, place.lng), known_progress=0.5)
    assert progress == pytest.approx(0.5 - 30 / length, abs=1e-4)
    far_back, _ = along(line, line[0], known_progress=0.5)
    assert far_back == pytest.approx(0.5 - 50 / length, abs=1e-4)


def test_who_strays_does_not_come_nearer() -> None:
    line = [(40.70, -74.0), (40.72, -74.0)]
    on_it = along(line, (40.71, -74.0))
    beside = along(line, (40.71, -73.99))
    assert beside[0] == pytest.approx(on_it[0], abs=1e-4)
    assert beside[1] == pytest.approx(on_it[1] + distance_m(40.71, -74.0, 40.71, -73.99), abs=1)


def test_across_the_date_line() -> None:
    line = [(-17.0, 179.9), (-17.0, -179.9)]
    progress, remaining_m = along(line, (-17.0, 180.0))
    assert progress == pytest.approx(0.5, abs=1e-6)
    assert remaining_m == pytest.approx(distance_m(-17.0, 180.0, *line[1]), abs=1)


def test_a_leg_too_short_to_have_a_direction() -> None:
    line = [(0.0, 0.0), (1e-170, 0.0), (0.01, 0.0)]
    assert along(line, (-0.001, 0.0))[0] == 0.0
    assert along(line, (0.005, 0.0))[0] == pytest.approx(0.5)


def test_a_destination_without_a_way() -> None:
    there = (40.7, -74.0)
    assert along([there], there) == (1.0, 0.0)
    progress, remaining_m = along([there, there], (40.71, -74.0))
    assert progress == 0.0
    assert remaining_m == pytest.approx(distance_m(40.71, -74.0, *there))
    with pytest.raises(ValueError):
        along([], there)


@pytest.mark.parametrize(("speed_kmh", "eta_s"), [(36.0, 100), (10.0, 360), (9.9, 120), (0.0, 120), (90.0, 40)])
def test_a_car_at_a_light_is_expected_to_go_on(speed_kmh: float, eta_s: int) -> None:
    assert eta_seconds(1_000, speed_kmh) == eta_s
