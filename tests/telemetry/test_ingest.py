"""Readings that are sent: stored when they are acknowledged, each once, whatever way they come, and cheaply."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from atlas.dynamo.meter import measure
from atlas.dynamo.registry import tables
from atlas.errors import Conflict, Forbidden, NotFound, Unauthenticated
from telemetry.configuration import thresholds
from telemetry.devices.services import add_device, device_of, revoke_device
from telemetry.ingest import faults, pipeline
from telemetry.ingest.pipeline import ingest
from telemetry.rules.ordering import flush
from telemetry.rules.point import Point, instant_of
from telemetry.rules.vin import pseudo_vin
from telemetry.state import store
from telemetry.tables import IngestError, TripState, VehicleState
from tests.bookings.stage import make_cast
from tests.clients import client_of
from tests.rules.test_trips import trips
from tests.telemetry.drives import NOON, drive, sent
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import NOW, points_of, send, send_in, some_device, tracked

LATENESS = thresholds().lateness


def batches(points: list[Point], size: int) -> list[list[Point]]:
    return [points[start : start + size] for start in range(0, len(points), size)]


def state(pvin: str) -> store.Vehicle:
    found = store.load(pvin, consistent=True)
    assert found is not None
    return found


def test_what_is_accepted_is_stored() -> None:
    device, points = some_device(), drive([(300, 12)], odometer=1_000)
    for batch in batches(points, 10):
        receipt = send(device, batch, batteryLevel=75, tirePressure=2.9)
        assert (receipt.accepted, receipt.duplicate, receipt.rejected) == (10, 0, [])
    assert [point._replace(battery=None) for point in points_of(device)] == points
    item = VehicleState.fetch(device.pvin)
    assert (item.speed, item.battery_level, item.odometer) == (12, 75, points[-1].odometer)
    assert item.extra == {"tirePressure": 2.9}
    assert item.updated_at == instant_of(points[-1].at)


@pytest.mark.slow
@hypothesis_settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_late_repeated_and_reordered_batches_leave_what_clean_ones_leave(seed: int) -> None:
    luck = Random(seed)
    points = drive([(60, 0), (luck.randint(30, 400), 15), (400, 0), (90, 9)], step=3, seed=seed, odometer=7)
    clean, messy = some_device(), some_device()
    send_in(clean, batches(points, 25))
    order = sorted(
        [*points, *luck.choices(points, k=len(points) // 4)], key=lambda point: point.at + luck.randint(0, LATENESS)
    )
    while order:
        size = luck.randint(1, 40)
        send(messy, order[:size])
        order = order[size:]
    assert points_of(messy) == points_of(clean) == points
    one, other = state(clean.pvin), state(messy.pvin)
    assert one.latest == other.latest
    ended = flush(other.kept.track, 10_000_000, thresholds()).ended
    assert list(ended) == trips(points)


def test_an_older_reading_never_overwrites_a_newer_one() -> None:
    device, points = some_device(), drive([(20, 5), (1, 9)])
    send(device, points)
    send(device, [points[-10]._replace(at=points[-10].at + 500, speed=3_000)])
    assert VehicleState.fetch(device.pvin).speed == 9


def test_a_batch_again_is_known_even_when_it_is_long_in_a_chunk() -> None:
    device, points = some_device(), drive([(900, 12)])
    send_in(device, batches(points, 50))
    again = send(device, points[:50])
    assert (again.accepted, again.duplicate, again.rejected) == (0, 50, [])
    moved = points[3]._replace(lat=1)
    assert [each.code for each in send(device, [moved]).rejected] == ["too_late"]


def test_one_bad_reading_never_loses_its_neighbours() -> None:
    device = some_device()
    raws: list[Any] = sent(drive([(5, 10)]))
    raws[1] = None
    raws[3]["speed"] = "fast"
    raws.append({"timestamp": NOON, "lat": 1, "lng": 2, "vin": new_vin()})
    receipt = ingest(device=device, raws=raws, now=NOW)
    assert receipt.accepted == 3
    assert [(each.index, each.code) for each in receipt.rejected] == [
        (1, "malformed"),
        (3, "speed_invalid"),
        (5, "unknown_vehicle"),
    ]


def test_a_reading_without_a_place_moves_the_state_alone() -> None:
    device = some_device()
    send(device, drive([(3, 10)]))
    told = {"timestamp": NOON + 9_000, "batteryLevel": 61.5, "locked": True}
    assert ingest(device=device, raws=[told, told], now=NOW).accepted == 2
    assert ingest(device=device, raws=[told], now=NOW).duplicate == 1
    item = VehicleState.fetch(device.pvin)
    assert (item.battery_level, item.locked, item.speed) == (61.5, True, 10)
    assert len(points_of(device)) == 3


def test_two_that_send_at_once_lose_nothing() -> None:
    """A device that repeats a batch while the first one is still under way, and a second device of the car."""
    device, points = some_device(), drive([(12, 10)])
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda number: send(device, points[number % 3 :: 3]), range(6)))
    assert points_of(device) == points
    assert sum(receipt.accepted for receipt in receipts) == 12


def test_a_vehicle_under_way_can_be_found() -> None:
    device = some_device()
    send(device, drive([(30, 0)]))
    assert TripState.find(device.pvin, consistent=True) is None
    send(device, drive([(3, 10)], start=NOON + 30_000))
    row = TripState.fetch(device.pvin)
    assert row.started_at == instant_of(NOON + 30_000)
    assert row.trip_id == f"trip_20260601_120030_{device.pvin[:6]}"
    assert device.pvin in {key.pvin for key in TripState.due_index.query(row.shard)}


# What it costs


@pytest.mark.parametrize(("size", "allowed"), [(10, 120), (60, 35)], ids=["every 10 s", "every minute"])
def test_a_thousand_points_cost_few_write_units(size: int, allowed: int) -> None:
    device = some_device()
    luck = Random(3)
    points = []
    for point in drive([(1_200, 14)], odometer=22_683_600):
        noise = {"lat": point.lat + luck.randint(-3, 3), "lng": point.lng + luck.randint(-3, 3)}
        points.append(point._replace(**noise, speed=1_400 + 10 * luck.randint(-5, 5), battery=750))
    told = {"locked": False, "climateOn": True, "insideTemp": 21.5, "outsideTemp": 8.0, "shiftState": "D"}
    send(device, points[:200], **told)
    with measure() as cost:
        for batch in batches(points[200:], size):
            send(device, batch, **told)
    assert not cost.scans

    assert cost.wcu <= allowed, cost.wcu


# Steps that fail


def test_a_step_that_fails_stops_nothing_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []

    def broken(news: Any) -> None:
        raise RuntimeError("the map is away")

    monkeypatch.setattr(pipeline, "FOLLOWING", {"broken": broken, "after": told.append})
    device, points = some_device(), drive([(5, 10)])
    assert send(device, points).accepted == 5
    assert len(told) == 1
    [row] = IngestError.query(device.pvin)
    assert (row.step, row.error) == ("broken", "RuntimeError: the map is away")

    later = NOW + timedelta(minutes=1)
    faults.retry(later)
    row.refresh(consistent_read=True)
    assert row.attempts == 2
    monkeypatch.setattr(pipeline, "FOLLOWING", {"broken": told.append})
    assert faults.retry(later) == 0, "not before its time"
    assert faults.retry(later + timedelta(hours=1)) >= 1
    assert told[0] == told[1], "what it was told then"
    assert not list(IngestError.query(device.pvin))


def test_a_step_that_never_succeeds_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "FOLLOWING", {"broken": lambda news: 1 // 0})
    device = some_device()
    send(device, drive([(5, 10)]))
    for hours in range(1, 20):
        faults.retry(NOW + timedelta(hours=2 * hours))
    [row] = IngestError.query(device.pvin)
    assert row.attempts == faults.MOST_ATTEMPTS
    assert row.due_at is None


# Devices


def test_a_token_tells_its_device_until_it_is_revoked() -> None:
    cast = make_cast()
    device, token = tracked(cast)
    assert device_of(token).pvin == device.pvin
    assert token not in str(device.to_dynamodb_dict())
    for wrong in ("", token[:-1], token.partition(".")[0], "x" * 500, token + "x"):
        with pytest.raises(Unauthenticated):
            device_of(wrong)
    with pytest.raises(NotFound):
        revoke_device(user=cast.rival, device_id=device.id)
    revoke_device(user=cast.manager, device_id=device.id)
    with pytest.raises(Unauthenticated):
        device_of(token)


def test_a_vehicle_belongs_to_one_organization() -> None:
    cast, vin = make_cast(), new_vin()
    add_device(user=cast.manager, vin=vin, name="First")
    add_device(user=cast.owner, vin=vin, name="Second")
    with pytest.raises(Conflict) as taken:
        add_device(user=cast.rival, vin=vin, name="Third")
    assert taken.value.code == "vin_taken"
    with pytest.raises(Forbidden):
        add_device(user=cast.chauffeur, vin=new_vin(), name="Mine")


def test_a_real_vin_is_in_no_table(settings: Any) -> None:
    cast, vin = make_cast(), new_vin()
    device = add_device(user=cast.owner, vin=vin, name="Tracker").device
    raws = sent(drive([(5, 10)]), vin=vin.lower(), label=f"car {vin[:8]}-{vin[8:]}!", **{f"tag_{vin}": 1})
    assert ingest(device=device, raws=raws, now=NOW).accepted == 5
    assert device.pvin == pseudo_vin(vin, settings.VIN_KEY)
    for table in tables():
        for item in table.scan():
            text = str(item.to_dynamodb_dict()).upper()
            assert vin not in text, table.Meta.name
            assert f"{vin[:8]}-{vin[8:]}" not in text, table.Meta.name


def test_a_device_of_a_vehicle_that_is_gone_is_told_so() -> None:
    device = some_device()
    VehicleState.fetch(device.pvin).delete()
    assert {each.code for each in send(device, drive([(2, 10)])).rejected} == {"unknown_vehicle"}


# At the edge


def test_a_device_sends_and_nobody_else_does() -> None:
    cast = make_cast()
    added = tracked(cast)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {added.token}")
    body = [*sent(drive([(5, 10)])), {"timestamp": NOON}]
    url = "/api/v1/telemetry/positions"
    earlier = [{**each, "timestamp": each["timestamp"] - 365 * 86_400_000} for each in body]
    answer = client.post(url, earlier)
    assert answer.status_code == 200, answer.content
    assert answer.json() == {"accepted": 5, "duplicate": 0, "rejected": [{"index": 5, "code": "empty"}]}
    assert client.post(url, earlier[:5]).json() == {"accepted": 0, "duplicate": 5, "rejected": []}
    refused: list[Any] = [{}, [], [None] * 1_001]
    for wrong in refused:
        assert client.post(url, wrong).status_code == 400
    assert client_of(cast.owner).post(url, earlier).status_code == 401
    revoke_device(user=cast.owner, device_id=added.device.id)
    assert client.post(url, earlier).status_code == 401


def test_a_fleet_is_seen_by_its_own() -> None:
    cast = make_cast()
    devices = [tracked(cast).device for _ in range(3)]
    stranger = add_device(user=cast.rival, vin=new_vin(), name="Theirs").device
    send(devices[0], drive([(5, 10)]), tirePressure=2.9)
    owner = client_of(cast.owner)
    fleet = {each["pvin"]: each for each in owner.get("/api/v1/fleet/state").json()["results"]}
    assert set(fleet) == {device.pvin for device in devices}
    seen = fleet[devices[0].pvin]
    assert (seen["speed"], seen["extra"], seen["updatedAt"]) == (10, {"tirePressure": 2.9}, "2026-06-01T12:00:04Z")
    assert fleet[devices[1].pvin]["updatedAt"] is None
    assert owner.get(f"/api/v1/fleet/vehicles/{devices[0].pvin}/state").json() == seen
    assert owner.get(f"/api/v1/fleet/vehicles/{stranger.pvin}/state").status_code == 404
    first = owner.get("/api/v1/fleet/state?limit=2").json()
    rest = owner.get(f"/api/v1/fleet/state?limit=2&cursor={first['next']}").json()
    assert {each["pvin"] for each in [*first["results"], *rest["results"]]} == set(fleet)
