"""Fences crossed: once each way, at the point that shows it, whatever the order in which points came."""

from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.fencing import MARGIN, Crossing, Fence, Fences
from telemetry.rules.point import Point
from telemetry.rules.shapes import METRES_PER_DEGREE, Circle, checked, shape_of
from telemetry.rules.watching import NOTHING, Watch, expected, silent, watch

START = 1_780_315_200_000
SECOND = 1_000
CAR = "car"


def at(second: float, metres: float) -> Point:
    """On a line that leads north from the middle of the fences."""
    return Point(START + round(second * SECOND), round(metres / METRES_PER_DEGREE * 1e6), 0)


def circle(radius: float = 1_000, **more: Any) -> Fence:
    return Fence(more.pop("id", "f"), Circle(0, 0, radius), **{"since": 0, **more})


def told(state: Watch) -> list[tuple[str, float]]:
    return [(each.kind, (each.at - START) / SECOND) for each in state.found]


def after(points: list[Point], *fences: Fence, state: Watch = NOTHING) -> Watch:
    return watch(state, points, points[-1].at, Fences(fences), CAR)


def test_it_enters_stays_and_leaves() -> None:
    points = [at(0, 3_000), at(10, 900), at(20, 0), at(30, 0), at(40, 990), at(50, 1_100), at(60, 500)]
    found = after(points, circle(dwell=15 * SECOND))
    assert told(found) == [("ENTER", 10), ("DWELL", 25), ("EXIT", 50), ("ENTER", 60)]


def test_who_is_inside_from_the_start_has_not_entered() -> None:
    found = after([at(0, 0), at(10, 0), at(20, 2_000)], circle(dwell=5 * SECOND))
    assert told(found) == [("INSIDE", 0), ("DWELL", 5), ("EXIT", 20)]


def test_a_fence_drawn_around_a_vehicle_is_not_entered() -> None:
    drawn = START + 15 * SECOND
    points = [at(0, 5_000), at(10, 0), at(20, 0), at(30, 5_000), at(40, 0)]
    assert told(after(points, circle(since=drawn))) == [("INSIDE", 20), ("EXIT", 30), ("ENTER", 40)]


def test_one_that_is_drawn_anew_begins_anew() -> None:
    before = after([at(0, 5_000), at(10, 0)], circle())
    again = after([at(20, 0), at(30, 5_000)], circle(since=START + 15 * SECOND), state=replace(before, found=()))
    assert told(again) == [("INSIDE", 20), ("EXIT", 30)]


def test_jitter_at_the_edge_is_no_crossing() -> None:
    luck = Random(5)
    points = [at(0, 5_000), *(at(10 + n, 1_000 + luck.uniform(-MARGIN, MARGIN) * 0.9) for n in range(200))]
    assert [kind for kind, _ in told(after(points, circle()))] == ["ENTER"]


def test_a_fence_is_about_its_vehicles() -> None:
    points = [at(0, 5_000), at(10, 0)]
    assert told(after(points, circle(vehicles=frozenset({"another"})))) == []
    assert told(after(points, circle(vehicles=frozenset({CAR, "another"})))) == [("ENTER", 10)]


def test_what_is_gone_is_forgotten_and_says_nothing() -> None:
    state = after([at(0, 5_000), at(10, 0)], circle(dwell=60 * SECOND))
    assert state.stays
    later = watch(replace(state, found=()), [at(200, 0)], START + 200 * SECOND, Fences(()), CAR)
    assert (later.stays, later.found) == ({}, ())


def test_a_silence_ends_what_waits_and_lets_time_pass() -> None:
    fences = Fences([circle(dwell=60 * SECOND)])
    points = [at(0, 5_000), at(10, 0)]
    state = watch(NOTHING, points, START, fences, CAR)
    assert (told(state), expected(state, points, fences, CAR)) == ([], ("f",))
    early = silent(state, points, START + 40 * SECOND, fences, CAR)
    assert told(early) == [("ENTER", 10)]
    late = silent(early, points, START + 71 * SECOND, fences, CAR)
    assert told(late) == [("ENTER", 10), ("DWELL", 70)]
    assert silent(late, points, START + 99 * SECOND, fences, CAR) == late


def test_of_many_fences_the_ones_that_are_there_are_found() -> None:
    square: list[list[float]] = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
    fences = [
        Fence(f"{row:02}-{column:02}", shape_of(_moved(square, row, column), None), 0)
        for row in range(20)
        for column in range(20)
    ]
    points = [Point(START + n, round(n * 1e4) + 5_000, 5_000) for n in range(20)]
    near = Fences(fences).near(points, CAR)
    assert [[fence.id for fence in each] for each in near] == [[f"{n:02}-00"] for n in range(20)]


def _moved(ring: list[list[float]], row: int, column: int) -> dict[str, Any]:
    moved = [[lng + column * 0.01 + 1e-3 * column, lat * 0.9 + row * 0.01] for lng, lat in ring]
    return checked({"type": "Polygon", "coordinates": [moved]})


@given(st.integers(0, 10_000), st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_how_points_are_parted_changes_nothing(seed: int, sizes: list[int]) -> None:
    luck = Random(seed)
    fences = [circle(id="a", dwell=30 * SECOND), circle(2_500, id="b"), circle(200, id="c", dwell=5 * SECOND)]
    metres, points = 3_000.0, []
    for second in range(sum(sizes)):
        metres += luck.uniform(-400, 400)
        points.append(at(second * luck.randint(1, 2) + second, metres))
    points = sorted({point.at: point for point in points}.values())
    whole = after(points, *fences)
    state, tree, start = NOTHING, Fences(fences), 0
    for size in sizes:
        start += size
        state = watch(state, points, points[min(start, len(points)) - 1].at, tree, CAR)
        again = watch(state, points, points[0].at, tree, CAR)
        assert again == state, "what was looked at is not looked at again"
    assert state == whole
    for fence in fences:
        crossed = [each.kind for each in whole.found if each.subject == fence.id and each.kind != Crossing.DWELL]
        assert all(kind == "EXIT" for kind in crossed[1::2]), "in and out by turns"
        assert all(kind in {"ENTER", "INSIDE"} for kind in crossed[::2])
        assert (len(crossed) % 2 == 1) is (fence.id in whole.stays)
