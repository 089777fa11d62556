"""A trip that ends becomes one archive and one row, whatever happens on the way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from atlas.dynamo.meter import measure
from telemetry.breadcrumbs import chunks
from telemetry.configuration import thresholds
from telemetry.ingest.pipeline import ingest
from telemetry.rules.machine import Span
from telemetry.rules.point import Point, instant_of
from telemetry.rules.summary import path_length
from telemetry.rules.trip_name import trip_id
from telemetry.state import store
from telemetry.tables import Breadcrumbs, Device, IngestError, TripState
from telemetry.trips import archive, ending, keeping, watch
from telemetry.trips.tables import Trip
from tests.rules.test_trips import trips
from tests.telemetry.drives import drive, sent
from tests.telemetry.stage import NOW, some_device

LATENESS = thresholds().lateness
RIDE = [(60, 0), (400, 12), (320, 0)]
"""Parked, driven, and parked long enough."""


def clock(points: list[Point], seconds: float = 1) -> datetime:
    """So long after the last of them."""
    return instant_of(points[-1].at) + timedelta(seconds=seconds)


def send(device: Device, points: list[Point], size: int = 30) -> datetime:
    """As they are driven: each batch right after its last point."""
    for start in range(0, len(points), size):
        batch = points[start : start + size]
        assert not ingest(device=device, raws=sent(batch), now=clock(batch)).rejected
    return clock(points)


def due(device: Device, now: datetime) -> bool:
    """Whether a sweep at that time would look at the vehicle; its claim lasts."""
    return device.pvin in list(ending.claim_due(now))


def rows(device: Device) -> list[Trip]:
    return list(Trip.query(device.pvin, consistent_read=True))


def spans(device: Device) -> list[Span]:
    return [
        Span(round(row.started_at.timestamp() * 1000), round(row.ended_at.timestamp() * 1000)) for row in rows(device)
    ]


def test_a_trip_that_readings_ended_is_archived_and_indexed() -> None:
    device, points = some_device(), drive(RIDE, odometer=5_000)
    now = send(device, points) + watch.SOON
    assert due(device, now)
    assert ending.finish(device.pvin, now) == 1
    [row] = rows(device)
    span = points[60:461]
    assert spans(device) == trips(points) == [Span(span[0].at, span[-1].at)]
    assert row.trip_id == f"trip_20260601_120100_{device.pvin[:6]}"
    assert row.archive_key == f"trips/{device.pvin}/{row.trip_id}.json.gz"
    assert archive.read(row.archive_key) == span
    assert (row.points, row.distance, row.by_odometer, row.duration) == (401, 4_800, True, 400)
    assert (row.organization_id, row.trip_date, row.driving_score) == (device.organization_id, "2026-06-01", 90)
    assert row.expires_at == now.replace(microsecond=0) + timedelta(days=90)
    assert TripState.find(device.pvin, consistent=True) is None
    vehicle = store.load(device.pvin, consistent=True)
    assert vehicle is not None
    assert (vehicle.kept.track.ended, vehicle.kept.row) == ((), 0)


def test_a_vehicle_that_falls_silent_is_found_without_a_scan() -> None:
    device, points = some_device(), drive([(400, 12)])
    now = send(device, points)
    for minutes in range(1, 30):
        for pvin in ending.claim_due(now + timedelta(minutes=minutes)):
            if pvin == device.pvin:
                ending.finish(pvin, now + timedelta(minutes=minutes))
    assert not rows(device), "a tunnel is not the end"
    with measure() as cost:
        assert due(device, now + timedelta(minutes=33))
    assert not cost.scans
    assert ending.finish(device.pvin, now + timedelta(minutes=33)) == 1
    assert spans(device) == [Span(points[0].at, points[-1].at)]


def test_who_parks_and_falls_silent_is_found_sooner() -> None:
    device, points = some_device(), drive([(400, 12), (30, 0)])
    now = send(device, points)
    ending.finish(device.pvin, now)
    assert TripState.fetch(device.pvin).due_at == now + timedelta(milliseconds=300_000 + LATENESS)
    assert ending.finish(device.pvin, now + timedelta(seconds=314)) == 0
    assert ending.finish(device.pvin, now + timedelta(seconds=315)) == 1
    assert spans(device) == [Span(points[0].at, points[400].at)]


def test_the_next_trip_goes_on_while_the_last_is_archived() -> None:
    device, points = some_device(), drive([*RIDE, (100, 9)])
    now = send(device, points)
    assert ending.finish(device.pvin, now) == 1
    row = TripState.fetch(device.pvin)
    assert row.started_at == instant_of(points[780].at)
    assert row.due_at > now + timedelta(minutes=10)
    later = now + timedelta(minutes=31)
    assert due(device, later)
    assert ending.finish(device.pvin, later) == 1
    assert spans(device) == trips(points)


def test_a_trip_again_is_passed_over() -> None:
    device, points = some_device(), drive(RIDE)
    now = send(device, points)
    ending.finish(device.pvin, now)
    [before] = rows(device)
    assert ending.finish(device.pvin, now) == 0
    assert [row.version for row in rows(device)] == [before.version]


class Killed(BaseException):
    """As by kill -9: nothing of ours catches it."""


def killing(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, after: bool) -> None:
    original: Callable[..., Any] = getattr(owner, name)

    def killed(*args: Any, **options: Any) -> Any:
        if after:
            original(*args, **options)
        raise Killed

    monkeypatch.setattr(owner, name, killed)


STEPS = [(store.Vehicle, "save"), (archive, "write"), (keeping, "transact"), (ending, "_drain"), (ending, "_let_go")]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("owner", "name"), STEPS, ids=[name for _, name in STEPS])
def test_killed_at_any_step_it_goes_on_and_gives_one_trip(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, after: bool
) -> None:
    device, points = some_device(), drive([(400, 12), (30, 0)])
    now = send(device, points) + timedelta(minutes=16)
    assert due(device, now)
    with monkeypatch.context() as patch:
        killing(patch, owner, name, after=after)
        with pytest.raises(Killed):
            ending.finish(device.pvin, now)
    assert not due(device, now + ending.LEASE / 2), "while the dead may be alive"
    ending.finish(device.pvin, now + ending.LEASE)
    assert spans(device) == [Span(points[0].at, points[400].at)]
    assert archive.read(rows(device)[0].archive_key) == points[:401]
    assert TripState.find(device.pvin, consistent=True) is None


def test_what_is_due_again_after_a_kill_is_found() -> None:
    device, points = some_device(), drive(RIDE)
    now = send(device, points) + watch.SOON
    assert due(device, now)
    assert not due(device, now)
    assert due(device, now + ending.LEASE)


def test_two_at_once_give_one_trip() -> None:
    device, points = some_device(), drive(RIDE)
    now = send(device, points)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: ending.finish(device.pvin, now), range(4)))
    assert spans(device) == trips(points)


def test_readings_that_come_while_it_is_archived_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    device, points = some_device(), drive([*RIDE, (60, 9)])
    now = send(device, points[:780])
    write = archive.write

    def slow(key: str, archived: list[Point]) -> int:
        send(device, points[780:])
        return write(key, archived)

    monkeypatch.setattr(archive, "write", slow)
    assert ending.finish(device.pvin, now) == 1
    assert spans(device) == trips(points)[:1]
    assert TripState.fetch(device.pvin).started_at == instant_of(points[780].at)
    assert ending.finish(device.pvin, now + timedelta(hours=1)) == 1
    assert spans(device) == trips(points)


def test_an_object_store_that_is_away_costs_only_time(monkeypatch: pytest.MonkeyPatch) -> None:
    device, points = some_device(), drive(RIDE)
    now = send(device, points)

    def away(*_: Any) -> int:
        raise OSError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(archive, "write", away)
        with pytest.raises(OSError, match="refused"):
            ending.finish(device.pvin, now)
    assert not rows(device)
    assert ending.finish(device.pvin, now + ending.LEASE) == 1


def test_points_in_chunks_and_in_the_item_are_one_trip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a chunk was written and the process died before its points left the item."""
    device, points = some_device(), drive(RIDE, odometer=1)
    now = send(device, points, size=10)
    assert list(Breadcrumbs.query(device.pvin))
    vehicle = store.load(device.pvin, consistent=True)
    assert vehicle is not None
    chunks.write(device.pvin, vehicle.kept.track.points[: vehicle.kept.track.settled], now)
    ending.finish(device.pvin, now)
    assert archive.read(rows(device)[0].archive_key) == points[60:461]


def test_a_job_that_was_away_for_days_takes_the_archive_or_says_what_was_lost() -> None:
    device, points = some_device(), drive([*RIDE, *RIDE, *RIDE])
    send(device, points)
    vehicle = store.load(device.pvin, consistent=True)
    assert vehicle is not None
    first, second, third = vehicle.kept.track.ended
    for chunk in Breadcrumbs.query(device.pvin):
        chunk.delete()
    archive.write(f"trips/{device.pvin}/trip_20260601_120100_{device.pvin[:6]}.json.gz", points[60:461])
    ending.finish(device.pvin, clock(points, 3 * 86_400))
    assert first in spans(device)
    assert second not in spans(device)
    assert third.end == spans(device)[-1].end, "its last points are in the item still"
    assert rows(device)[-1].trip_id == trip_id(device.pvin, third.start)
    lost = [row for row in IngestError.query(device.pvin) if row.step == "trip"]
    assert [row.error.split()[0] for row in lost] == [trip_id(device.pvin, each.start) for each in (second, third)]
    assert TripState.find(device.pvin, consistent=True) is None


def test_what_comes_too_late_is_recorded_and_changes_no_trip() -> None:
    device, points = some_device(), drive(RIDE)
    kept_back, rest = points[100:110], [*points[:100], *points[110:]]
    now = send(device, rest)
    receipt = ingest(device=device, raws=sent(kept_back), now=now)
    assert {each.code for each in receipt.rejected} == {"too_late"}
    ingest(device=device, raws=sent(kept_back), now=now)
    [late] = IngestError.query(device.pvin)
    assert late.step == "late"
    assert late.due_at is None
    assert late.error.startswith("10 readings")
    ending.finish(device.pvin, now)
    assert rows(device)[0].points == 391


def test_the_end_of_a_trip_is_one_more_small_write() -> None:
    device, points = some_device(), drive([(60, 0), (900, 12), (360, 0)])
    send(device, points[:300])
    with measure() as cost:
        send(device, points[300:])
    assert cost.wcu < 0.12 * 1_020


@hypothesis_settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_any_order_repetition_and_batching_gives_the_same_trips(seed: int) -> None:
    luck = Random(seed)
    points = drive(
        [(60, 0), (luck.randint(30, 300), 15), (400, 0), (luck.randint(20, 90), 9), (400, 0), (200, 30)],
        step=3,
        seed=seed,
    )
    copies = [*points, *luck.choices(points, k=len(points) // 4)]
    order = sorted(copies, key=lambda point: point.at + luck.randint(0, LATENESS))
    clean, messy = some_device(), some_device()
    send(clean, points, size=25)
    while order:
        size = luck.randint(1, 40)
        batch, order = order[:size], order[size:]
        ingest(device=messy, raws=sent(batch), now=NOW)
        if luck.random() < 0.2:
            ending.finish(messy.pvin, NOW)
    later = NOW + timedelta(hours=1)
    ending.finish(clean.pvin, later)
    ending.finish(messy.pvin, later)
    assert spans(messy) == spans(clean) == trips(points)
    ours, theirs = ([_said(row) for row in rows(device)] for device in (clean, messy))
    assert ours == theirs
    for row in rows(messy):
        found = archive.read(row.archive_key)
        assert 0 <= row.driving_score <= 100
        assert row.distance >= path_length([found[0], found[-1]]) - 0.1
    times = sorted(spans(messy))
    assert all(one.end < other.start for one, other in pairwise(times))


def _said(row: Trip) -> dict[str, Any]:
    own = {"vin", "tripId", "organizationId", "archiveKey", "createdAt", "updatedAt", "processedAt", "expiresAt"}
    return {name: value for name, value in row.to_dynamodb_dict().items() if name not in own}
