"""Fences in the pipeline: each crossing once, whatever way its readings come, and for nothing where there are none."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from atlas.dynamo.meter import measure
from telemetry.alerts.tables import Occurrence
from telemetry.configuration import thresholds
from telemetry.geofences import telling
from telemetry.geofences.tables import GeofenceState
from telemetry.ingest import faults
from telemetry.rules.point import Point
from telemetry.state import store
from telemetry.tables import Device, IngestError
from telemetry.watching import known, looking, steps
from tests.telemetry.drives import drive
from tests.telemetry.stage import NOW, send, send_in, some_device
from tests.telemetry.watching.stage import at, events, fence, states

LATENESS = thresholds().lateness // 1_000


def approach(device: Device) -> list[Point]:
    """From outside to the middle and away again: enters at 60, leaves at 120, and goes on until that is settled."""
    return [at(second, metres) for second, metres in [(0, 4_000), (60, 900), (90, 0), (120, 1_100), (180, 4_000)]]


def test_a_vehicle_enters_and_leaves() -> None:
    device = some_device()
    drawn = fence(device.organization_id, dwell_seconds=45)
    send_in(device, [[point] for point in approach(device)])
    assert events(device.pvin) == [("ENTER", 60), ("DWELL", 105), ("EXIT", 120)]
    [state] = states(device.pvin)
    assert state.fence_id == drawn.id
    assert not state.entered_at
    [first, *_] = Occurrence.query(device.pvin)
    assert (first.name, first.subject, first.organization_id) == ("Midtown", drawn.id, device.organization_id)
    assert first.lat == pytest.approx(40.7581, abs=1e-3)


@pytest.mark.slow
@hypothesis_settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_late_repeated_and_reordered_readings_cross_as_clean_ones_do(seed: int) -> None:
    luck = Random(seed)
    points = drive([(80, 14), (40, 0), (120, 16), (60, 3)], step=2, seed=seed)
    clean, messy = some_device(), some_device()
    radius = luck.choice([300, 800])
    for device in (clean, messy):
        fence(device.organization_id, radius=radius, dwell_seconds=20)
    order = sorted(
        [*points, *luck.choices(points, k=12)], key=lambda point: point.at + luck.randint(0, thresholds().lateness)
    )
    send_in(clean, [points[start : start + 10] for start in range(0, len(points), 10)])
    while order:
        size = luck.randint(1, 40)
        send(messy, order[:size])
        order = order[size:]
    for device in (clean, messy):
        looking.look(device.pvin, NOW + timedelta(hours=1))
    assert _told(clean) == _told(messy)


def _told(device: Device) -> Any:
    kept = store.load(device.pvin, consistent=True)
    assert kept is not None
    return events(device.pvin), list(kept.kept.watch.stays.values())


def test_who_falls_silent_behind_the_fence_is_looked_at() -> None:
    device = some_device()
    drawn = fence(device.organization_id, dwell_seconds=600)
    send_in(device, [[at(0, 4_000)], [at(60, 0)]])
    assert events(device.pvin) == []
    [row] = states(device.pvin)
    assert row.due_at == NOW + timedelta(seconds=LATENESS + 5)
    assert looking.look_at_due(NOW) == 0 or events(device.pvin) == [], "not before its time"
    looking.look_at_due(NOW + timedelta(seconds=30))
    assert events(device.pvin) == [("ENTER", 60)]
    row.refresh(consistent_read=True)
    assert row.entered_at is not None
    assert row.due_at is not None, "to see whether it stays"
    looking.look_at_due(NOW + timedelta(seconds=700))
    assert events(device.pvin) == [("ENTER", 60), ("DWELL", 660)]
    row.refresh(consistent_read=True)
    assert row.fence_id == drawn.id
    assert not row.due_at


def test_what_could_not_be_told_is_told_with_the_next_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the process had been killed between the write and the telling."""
    device = some_device()
    fence(device.organization_id)
    with monkeypatch.context() as broken:
        broken.setattr("telemetry.ingest.pipeline.FOLLOWING", {})
        send_in(device, [[point] for point in approach(device)[:3]])
        assert events(device.pvin) == []
    send_in(device, [[at(170, 4_000)]])
    assert ("ENTER", 60) in events(device.pvin)


def test_a_crossing_that_fails_to_be_told_is_kept_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    device = some_device()
    fence(device.organization_id)

    def broken(*args: Any) -> None:
        raise RuntimeError("the table is away")

    with monkeypatch.context() as patch:
        patch.setitem(
            __import__("telemetry.ingest.pipeline", fromlist=["FOLLOWING"]).FOLLOWING,
            "geofences",
            steps.step("geofences", broken),
        )
        assert send(device, approach(device)).accepted == 5
    assert events(device.pvin) == []
    assert [row.step for row in IngestError.query(device.pvin)] == ["geofences"]
    faults.retry(NOW + timedelta(minutes=2))
    assert events(device.pvin) == [("ENTER", 60), ("EXIT", 120)]
    assert not list(IngestError.query(device.pvin))


def test_a_watch_that_fails_stops_nothing_and_makes_good(monkeypatch: pytest.MonkeyPatch) -> None:
    device = some_device()
    fence(device.organization_id)
    points = approach(device)
    with monkeypatch.context() as patch:
        patch.setattr(known, "of", lambda organization_id: 1 // 0)
        assert send(device, points[:3]).accepted == 3
    [row] = IngestError.query(device.pvin)
    assert row.step == "watch"
    assert not row.due_at
    send(device, points[3:])
    assert events(device.pvin) == [("ENTER", 60), ("EXIT", 120)]


def test_telling_twice_and_in_the_wrong_order_tells_once() -> None:
    device = some_device()
    fence(device.organization_id)
    points = approach(device)
    send(device, points)
    before = (events(device.pvin), [each.changed_at for each in states(device.pvin)])
    kept = store.load(device.pvin, consistent=True)
    assert kept is not None
    for finding in reversed(kept.kept.watch.found):
        telling.tell(device.pvin, device.organization_id, finding)
    assert (events(device.pvin), [each.changed_at for each in states(device.pvin)]) == before


def test_where_there_are_no_fences_a_batch_costs_what_it_did() -> None:
    """One read and one write; not even the first one of an organization costs a call more."""
    device = some_device()
    points = [at(second, 0) for second in range(40)]
    with measure() as first:
        send(device, points[:10])
    with measure() as next_one:
        send(device, points[10:20])
    assert [first.calls, next_one.calls] == [2, 2], (first.operations, next_one.operations)
    drawn = some_device()
    fence(drawn.organization_id)
    send(drawn, points[:30])
    with measure() as inside:
        send(drawn, points[30:])
    assert inside.calls == 2, "nor does a fence that is not crossed"
    assert inside.wcu == next_one.wcu


def test_a_change_is_known_at_once_where_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    device = some_device()
    assert not known.of(device.organization_id).fences
    fence(device.organization_id)
    assert len(known.of(device.organization_id).fences.by_id) == 1
    monkeypatch.setattr(known, "_limits", {})
    assert len(known.of(device.organization_id).fences.by_id) == 1, "and by other processes, through the cache"


def test_a_row_of_a_vehicle_that_is_gone_is_let_go() -> None:
    pvin = "0" * 64
    GeofenceState(pvin=pvin, fence_id="f", organization_id="o", due_shard=1, due_at=NOW).save()
    looking.look_at_due(NOW + timedelta(seconds=1))
    assert GeofenceState.fetch(pvin, "f").due_at is None
