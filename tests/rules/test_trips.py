"""Trips: where they begin and end, and that only the readings decide it, not the way they came."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atlas.geo.distance import distance_m
from telemetry.rules.machine import Machine, Phase, Span, Thresholds, advance
from telemetry.rules.ordering import Outcome, Track, absorb, flush, outlook
from telemetry.rules.point import Point, union
from telemetry.rules.safety import Kind, Limits, Severity, safety_events, score
from telemetry.rules.summary import path_length, summarise
from telemetry.rules.trip_name import SHAPE, archive_key, trip_id
from tests.telemetry.drives import NOON, drive

LIMITS = Thresholds()
MPH = 0.44704
SECOND = 1_000
FOREVER = 10_000_000
PATIENT = Thresholds(lateness=45_000)


def trips(points: Sequence[Point]) -> list[Span]:
    """Straight through the machine, in order."""
    machine, found = Machine(), []
    for point in points:
        machine, over = advance(machine, point, LIMITS)
        found += [over] if over else []
    return found + ([Span(machine.start, machine.ends_at)] if machine.phase is not Phase.IDLE else [])


def spans(*seconds: tuple[int, int]) -> list[Span]:
    return [Span(NOON + start * SECOND, NOON + end * SECOND) for start, end in seconds]


def test_a_trip_begins_above_5_mph_and_ends_when_it_stood_for_300_s() -> None:
    assert trips(drive([(60, 0), (600, 10), (400, 0), (60, 10)])) == spans((60, 660), (1060, 1119))


def test_the_speeds_themselves_are_not_beyond_the_limits() -> None:
    at_five, at_one = 5 * MPH, 1 * MPH
    assert trips(drive([(60, at_five)])) == []
    assert trips(drive([(60, 10), (200, at_one), (150, at_five)])) == spans((0, 60))


def test_a_red_light_ends_nothing() -> None:
    assert trips(drive([(100, 10), (299, 0), (100, 10)])) == spans((0, 498))


def test_creeping_does_not_begin_anew() -> None:
    """Between 1 and 5 mph nothing changes, on either side."""
    assert trips(drive([(100, 10), (10, 0), (290, 2), (20, 0)])) == spans((0, 100))
    assert trips(drive([(100, 10), (1000, 2)])) == spans((0, 1099))


def test_a_silence_of_30_minutes_ends_it_at_the_last_point() -> None:
    before, after = drive([(100, 10)]), drive([(100, 10)], start=NOON + (99 + 1800) * SECOND)
    assert trips([*before, *after]) == spans((0, 99), (1899, 1998))
    tunnel = drive([(100, 10)], start=NOON + (99 + 1799) * SECOND)
    assert trips([*before, *tunnel]) == spans((0, 1997))


def test_a_trip_is_cut_before_its_points_expire() -> None:
    day = trips(drive([(90_000, 12)], step=60))
    assert len(day) == 2
    assert day[0].end - day[0].start <= 72_000 * SECOND


def test_without_a_speed_the_way_since_the_last_point_tells() -> None:
    assert trips([point._replace(speed=None) for point in drive([(100, 10), (400, 0)])]) == spans((1, 101))


# However they come

phases = st.lists(st.tuples(st.integers(1, 200), st.sampled_from([0.0, 0.4, 1.5, 8.0, 25.0])), min_size=1, max_size=8)


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Point], list[list[Point]]]:
    """A drive, and batches in which each of its points comes at least once, none later than the lateness allows."""
    luck = Random(draw(st.integers(0, 999)))
    points = drive(draw(phases), step=luck.choice([2, 5, 15]), seed=draw(st.integers(0, 9)))
    gap = draw(st.sampled_from([0, 400, 2000])) * SECOND
    points = points + [point._replace(at=point.at + points[-1].at - NOON + gap + SECOND) for point in points[:40]]
    copies = [*points, *luck.choices(points, k=len(points) // 3)]
    order = sorted(copies, key=lambda point: point.at + luck.randint(0, PATIENT.lateness))
    batches: list[list[Point]] = []
    while order:
        size = luck.randint(1, 12)
        batch, order = order[:size], order[size:]
        luck.shuffle(batch)
        batches.append(batch)
    return points, batches


@given(deliveries())
def test_any_interleaving_repetition_and_batching_gives_the_same_points_and_trips(
    made: tuple[list[Point], list[list[Point]]],
) -> None:
    points, batches = made
    track = Track()
    fresh = 0
    for batch in batches:
        track, outcomes = absorb(track, batch, PATIENT)
        fresh += outcomes.count(Outcome.FRESH)
    track = flush(track, FOREVER, PATIENT)
    assert list(track.points) == points
    assert list(track.ended) == trips(points)
    assert fresh == len(points)


@given(deliveries())
def test_trips_never_overlap_and_lie_in_their_points(made: tuple[list[Point], list[list[Point]]]) -> None:
    points, _ = made
    found = trips(points)
    times = {point.at for point in points}
    assert all(span.start <= span.end and {span.start, span.end} <= times for span in found)
    assert all(one.end < other.start for one, other in pairwise(found))


@given(deliveries(), st.randoms(use_true_random=False))
def test_a_batch_again_changes_nothing(made: tuple[list[Point], list[list[Point]]], luck: Random) -> None:
    _, batches = made
    track = Track()
    for batch in batches:
        track, _ = absorb(track, batch, LIMITS)
    again, outcomes = absorb(track, luck.choice(batches), LIMITS)
    assert again == track
    assert Outcome.FRESH not in outcomes


def test_what_comes_later_than_the_lateness_is_told_from_what_is_known() -> None:
    points = drive([(60, 10)])
    track, _ = absorb(Track(), points[:10] + points[11:], LIMITS)
    assert absorb(track, [points[10]], LIMITS).outcomes == [Outcome.LATE]
    assert absorb(track, [points[9], points[-1]], LIMITS).outcomes == [Outcome.KNOWN, Outcome.KNOWN]


def test_two_points_of_one_instant_are_one_whichever_came_first() -> None:
    one, other = Point(NOON, 1, 2, 300, None, 7), Point(NOON, 1, 3, None, 90, 8)
    assert union(one, other) == union(other, one) == Point(NOON, 1, 3, 300, 90, 8)
    assert absorb(absorb(Track(), [one], LIMITS).track, [other], LIMITS).outcomes == [Outcome.FRESH]


def test_a_vehicle_that_falls_silent_is_closed_where_the_next_point_would_have_closed_it() -> None:
    parked = drive([(100, 10), (60, 0)])
    track, _ = absorb(Track(), parked, LIMITS)
    assert outlook(track, LIMITS).machine.phase is Phase.ENDING
    assert flush(track, 314 * SECOND, LIMITS).ended == ()
    assert list(flush(track, 315 * SECOND, LIMITS).ended) == spans((0, 100))
    under_way, _ = absorb(Track(), parked[:90], LIMITS)
    assert flush(under_way, 1_799 * SECOND, LIMITS).ended == ()
    assert list(flush(under_way, 1_800 * SECOND, LIMITS).ended) == spans((0, 89))


def test_a_trip_that_only_waits_is_open_all_the_same() -> None:
    """Otherwise nobody would look after a vehicle that falls silent right after its start."""
    track, _ = absorb(Track(), drive([(5, 10)]), LIMITS)
    assert track.machine.phase is Phase.IDLE
    assert outlook(track, LIMITS).is_open(track)
    parked, _ = absorb(Track(), drive([(50, 0)]), LIMITS)
    assert not outlook(parked, LIMITS).is_open(parked)


# What is said of them


@given(phases, st.integers(0, 9))
def test_no_way_is_shorter_than_the_straight_line(stretches: list[tuple[int, float]], seed: int) -> None:
    points = drive(stretches, seed=seed)
    found = summarise(points, thresholds=LIMITS, limits=Limits())
    straight = distance_m(*points[0].degrees, *points[-1].degrees)
    assert found.distance >= round(straight, 1) - 0.1
    assert 0 <= found.score <= 100
    assert found.avg_speed <= found.max_speed + 0.01


def test_the_odometer_counts_where_both_ends_have_one() -> None:
    points = drive([(100, 10)], odometer=5_000)
    assert summarise(points, thresholds=LIMITS, limits=Limits()).distance == 990
    lost = [*points[:-1], points[-1]._replace(odometer=None)]
    by_way = summarise(lost, thresholds=LIMITS, limits=Limits())
    assert not by_way.by_odometer
    assert by_way.distance == pytest.approx(path_length(points), abs=0.1)
    replaced = [*points[:-1], points[-1]._replace(odometer=3)]
    assert not summarise(replaced, thresholds=LIMITS, limits=Limits()).by_odometer


def test_a_trip_is_summed_up() -> None:
    points = drive([(100, 10), (50, 0), (100, 20)])
    points[0] = points[0]._replace(battery=800, energy=60_000)
    points[-2] = points[-2]._replace(battery=771, energy=57_900)
    found = summarise(points, thresholds=LIMITS, limits=Limits())
    assert (found.points, found.duration, found.max_speed) == (250, 249_000, 20.0)
    assert 14 < found.avg_speed < 16, "standing does not count"
    assert (found.start_battery, found.end_battery, found.energy) == (800, 771, 2_100)


def speeds(*metres_per_second: float, step: int = 1) -> list[Point]:
    return [Point(NOON + i * step * SECOND, 0, i, round(speed * 100), 0) for i, speed in enumerate(metres_per_second)]


@pytest.mark.parametrize(
    ("points", "events"),
    [
        (speeds(10, 10, 10), []),
        (speeds(20, 15.58, 15.58), [(Kind.BRAKING, Severity.LOW)]),
        (speeds(20, 15.59, 15.59), []),
        (speeds(20, 14, 8, 8), [(Kind.BRAKING, Severity.MEDIUM)]),
        (speeds(20, 13, 13, 5), [(Kind.BRAKING, Severity.HIGH), (Kind.BRAKING, Severity.HIGH)]),
        (speeds(0, 4.1, 4.1), [(Kind.ACCELERATION, Severity.LOW)]),
        (speeds(20, 0, step=4), []),
        (speeds(37, 38.1, 38.1, 37), [(Kind.SPEEDING, Severity.LOW)]),
        (speeds(37, 37.9, 37.9), []),
    ],
    ids=["calm", "braking", "just not", "one stretch", "two", "away", "too sparse", "speeding", "85 mph"],
)
def test_safety_events(points: list[Point], events: list[tuple[Kind, Severity]]) -> None:
    assert [(event.kind, event.severity) for event in safety_events(points, Limits())] == events


def test_a_sharp_turn_is_felt_at_speed_and_across_north() -> None:
    def turn(speed: int, *headings: int) -> list[Kind]:
        made = [Point(NOON + i * SECOND, 0, i, speed * 100, each) for i, each in enumerate(headings)]
        return [event.kind for event in safety_events(made, Limits())]

    assert turn(15, 3500, 3580, 3580) == []
    assert turn(15, 3500, 60, 60) == [Kind.TURN]
    assert turn(4, 3500, 900, 900) == []


def test_the_score_is_capped_by_kind() -> None:
    hard = safety_events(speeds(*[20, 5] * 9), Limits())
    assert {event.kind for event in hard} == {Kind.BRAKING, Kind.ACCELERATION}
    assert score(hard) == 50
    assert score([]) == 100


@given(st.lists(st.sampled_from([0.0, 10.0, 60.0]), min_size=2, max_size=60))
def test_the_score_stays_between_0_and_100(values: list[float]) -> None:
    assert 0 <= score(safety_events(speeds(*values), Limits())) <= 100


def test_a_trip_is_named_for_its_start_and_vehicle() -> None:
    pvin = "5f" * 32
    name = trip_id(pvin, NOON + 61_500)
    assert name == "trip_20260601_120101_5f5f5f"
    assert SHAPE.fullmatch(name)
    assert archive_key(pvin, name) == f"trips/{pvin}/{name}.json.gz"
