"""Trips that are read: of a vehicle, of a fleet's day, by id, point by point, and as files."""

import csv
import io
import json
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from atlas import objects
from atlas.dynamo.meter import measure
from telemetry.devices.services import add_device
from telemetry.rules.heat import heat_of
from telemetry.rules.point import Point
from telemetry.rules.trip_name import SHAPE
from telemetry.tables import Device
from telemetry.trips import archive, ending, recomputing
from telemetry.trips.tables import FleetHeat, Trip
from tests.bookings.stage import Cast, make_cast
from tests.clients import client_of
from tests.telemetry.drives import NOON, drive
from tests.telemetry.numbers import new_vin
from tests.telemetry.stage import NOW, archived_trip, send_in, some_device

API = "/api/v1/fleet"
DAY = 86_400_000


def a_drive(start: int = NOON, speed: float = 12) -> list[Point]:
    return drive([(60, 0), (300, speed), (320, 0)], step=5, start=start, odometer=start // 1_000)


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def tracked(cast: Cast, who: str = "owner") -> Device:
    return add_device(user=cast.user(who), vin=new_vin(), name="Tracker").device


def get(cast: Cast, path: str, who: str = "owner", **query: Any) -> Any:
    return client_of(cast.user(who)).get(f"{API}/{path}", query)


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [each["tripId"] for each in answer.json()["results"]]


def test_trips_of_a_fleet_newest_first_and_by_day(cast: Cast) -> None:
    one, other, theirs = tracked(cast), tracked(cast), tracked(cast, "rival")
    early = archived_trip(one, a_drive(NOON)).trip_id
    later = archived_trip(other, a_drive(NOON + 3_600_000)).trip_id
    next_day = archived_trip(one, a_drive(NOON + DAY)).trip_id
    foreign = archived_trip(theirs, a_drive(NOON)).trip_id
    assert ids(get(cast, "trips")) == [next_day, later, early]
    assert ids(get(cast, "trips", "manager", date="2026-06-01")) == [later, early]
    assert ids(get(cast, "trips", date="2026-06-03")) == []
    assert ids(get(cast, "trips", vehicle=one.pvin)) == [next_day, early]
    assert ids(get(cast, "trips", vehicle=one.pvin, date="2026-06-02")) == [next_day]
    assert ids(get(cast, "trips", "rival")) == [foreign]


def test_pages_follow_one_another(cast: Cast) -> None:
    device = tracked(cast)
    made = [archived_trip(device, a_drive(NOON + hour * 3_600_000)).trip_id for hour in range(5)]
    for query in ({}, {"vehicle": device.pvin}, {"date": "2026-06-01"}):
        seen: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            answer = get(cast, "trips", limit=2, **query, **({"cursor": cursor} if cursor else {}))
            seen += ids(answer)
            cursor = answer.json()["next"]
        assert seen == made[::-1]
    foreign = get(cast, "trips", limit=2).json()["next"]
    assert get(cast, "trips", date="2026-06-01", cursor=foreign).status_code == 400


def test_what_is_of_others_is_not_there(cast: Cast) -> None:
    device = tracked(cast, "rival")
    trip_id = archived_trip(device, a_drive()).trip_id
    assert get(cast, "trips", vehicle=device.pvin).status_code == 404
    for path in ("", "/breadcrumbs", "/export?format=csv"):
        assert get(cast, f"trips/{trip_id}{path}").status_code == 404
        assert get(cast, f"trips/{trip_id}{path}", "rival").status_code == 200
    assert get(cast, "trips/nothing").status_code == 404


def test_two_trips_of_the_same_name_are_told_apart(cast: Cast) -> None:
    """Six digits of a pseudoVIN, at the same second: the id alone does not say whose it is."""
    ours, theirs = archived_trip(tracked(cast), a_drive()), archived_trip(tracked(cast, "rival"), a_drive())
    twin = Trip(**{**theirs.attribute_values, "trip_id": ours.trip_id})
    twin.save(add_version_condition=False)
    assert get(cast, f"trips/{ours.trip_id}").json()["pvin"] == ours.pvin
    assert get(cast, f"trips/{ours.trip_id}", "rival").json()["pvin"] == theirs.pvin


def test_one_trip_says_everything(cast: Cast) -> None:
    points = a_drive()
    row = archived_trip(tracked(cast), points)
    said = get(cast, f"trips/{row.trip_id}").json()
    assert SHAPE.fullmatch(said["tripId"])
    assert said["startedAt"] == "2026-06-01T12:01:00Z"
    assert (said["distance"], said["duration"], said["byOdometer"], said["points"]) == (3_600, 300, True, 61)
    assert (said["maxSpeed"], said["drivingScore"], said["safetyEvents"], said["aiSummary"]) == (12, 100, [], None)
    assert said["startPlace"] == {"lat": points[12].lat / 1e6, "lng": points[12].lng / 1e6}


def test_a_replay_has_every_point_or_as_many_as_are_wanted(cast: Cast) -> None:
    points = a_drive()
    trip_id = archived_trip(tracked(cast), points).trip_id
    said = get(cast, f"trips/{trip_id}/breadcrumbs").json()
    assert (said["of"], len(said["points"])) == (61, 61)
    assert [(each["lat"], each["speed"]) for each in said["points"]] == [
        (point.lat / 1e6, (point.speed or 0) / 100) for point in points[12:73]
    ]
    few = get(cast, f"trips/{trip_id}/breadcrumbs", most=7).json()["points"]
    assert len(few) == 7
    assert (few[0], few[-1]) == (said["points"][0], said["points"][-1])
    for wrong in (1, 10_001, "all"):
        assert get(cast, f"trips/{trip_id}/breadcrumbs", most=wrong).status_code == 400


def test_a_trip_whose_archive_is_gone_keeps_its_row(cast: Cast) -> None:
    row = archived_trip(tracked(cast), a_drive())
    objects.delete(row.archive_key)
    assert get(cast, f"trips/{row.trip_id}").status_code == 200
    assert get(cast, f"trips/{row.trip_id}/breadcrumbs").status_code == 404
    assert get(cast, f"trips/{row.trip_id}/export", format="gpx").status_code == 404


def test_what_has_expired_is_not_shown(cast: Cast) -> None:
    row = archived_trip(tracked(cast), a_drive())
    row.update(actions=[Trip.expires_at.set(NOW - timedelta(days=900))])
    assert ids(get(cast, "trips")) == []
    assert get(cast, f"trips/{row.trip_id}").status_code == 404


def exported(cast: Cast, points: list[Point], format: str) -> tuple[Any, str, list[Point]]:
    row = archived_trip(tracked(cast), points)
    answer = get(cast, f"trips/{row.trip_id}/export", format=format)
    assert answer.status_code == 200
    assert f'filename="{row.trip_id}.{format}"' in answer["Content-Disposition"]
    return answer, b"".join(answer.streaming_content).decode(), archive.read(row.archive_key)


def with_a_gap() -> list[Point]:
    points = [point._replace(altitude=12) for point in a_drive()]
    return [*points[:40], *points[60:]]


def test_gpx_is_read_by_others(cast: Cast) -> None:
    answer, text, points = exported(cast, with_a_gap(), "gpx")
    assert answer["Content-Type"] == "application/gpx+xml"
    names = {"g": "http://www.topografix.com/GPX/1/1", "x": "http://www.garmin.com/xmlschemas/TrackPointExtension/v2"}
    root = ElementTree.fromstring(text)  # noqa: S314 (our own)
    assert len(root.findall("g:trk/g:trkseg", names)) == 2, "no line through the gap"
    found = root.findall(".//g:trkpt", names)
    assert [(each.get("lat"), each.get("lon")) for each in found] == [
        (f"{point.lat / 1e6:.6f}", f"{point.lng / 1e6:.6f}") for point in points
    ]
    assert found[0].findtext("g:time", namespaces=names) == "2026-06-01T12:01:00.000Z"
    assert found[0].findtext(".//x:speed", namespaces=names) == "12.0"
    assert found[0].findtext("g:ele", namespaces=names) == "12"


def test_geojson_is_read_by_others(cast: Cast) -> None:
    _, text, points = exported(cast, drive([(300, 12), (3, 45), (320, 0)]), "geojson")
    way, *events = json.loads(text)["features"]
    assert way["geometry"]["type"] == "LineString"
    assert way["geometry"]["coordinates"] == [[point.lng / 1e6, point.lat / 1e6] for point in points]
    assert len(way["properties"]["coordTimes"]) == len(way["properties"]["speeds"]) == len(points)
    assert {event["properties"]["kind"] for event in events} == {"SPEEDING", "ACCELERATION", "BRAKING"}


def test_csv_is_read_by_others(cast: Cast) -> None:
    _, text, points = exported(cast, a_drive(), "csv")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == len(points)
    assert rows[0]["timestamp"] == "2026-06-01T12:01:00.000Z"
    assert (rows[1]["speed"], rows[1]["odometer"]) == ("12.0", str(points[1].odometer))


def test_other_formats_are_refused(cast: Cast) -> None:
    trip_id = archived_trip(tracked(cast), a_drive()).trip_id
    for query in ({"format": "pdf"}, {}, {"format": ["csv", "gpx"]}):
        assert get(cast, f"trips/{trip_id}/export", **query).status_code == 400


# Heat


def test_the_heat_of_a_day_is_the_sum_of_its_trips(cast: Cast) -> None:
    rows = [archived_trip(tracked(cast), a_drive(NOON + hour * 3_600_000)) for hour in range(3)]
    archived_trip(tracked(cast), a_drive(NOON + DAY))
    archived_trip(tracked(cast, "rival"), a_drive())
    tiles = get(cast, "heat", date="2026-06-01").json()["results"]
    wanted = [heat_of(archive.read(row.archive_key)) for row in rows]
    assert sum(cell["seconds"] for tile in tiles for cell in tile["cells"]) == sum(
        sum(cells.values()) for heat in wanted for cells in heat.values()
    )
    assert {tile["trips"] for tile in tiles} == {3}
    assert {tile["tile"] for tile in tiles} == {f"10/{tile.x}/{tile.y}" for heat in wanted for tile in heat}
    assert get(cast, "heat").status_code == 400
    assert get(cast, "heat", date="2026-07-01").json() == {"results": [], "next": None}


def test_a_trip_that_is_processed_again_adds_no_heat(monkeypatch: pytest.MonkeyPatch) -> None:
    device = some_device()
    send_in(device, [a_drive()])
    with monkeypatch.context() as patch:
        patch.setattr(ending, "_drain", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            ending.finish(device.pvin, NOW + timedelta(hours=1))
    ending.finish(device.pvin, NOW + timedelta(hours=2))
    assert [each.trips for each in FleetHeat.query(f"{device.organization_id}#2026-06-01")] == [1]


# What it costs


def test_a_page_costs_the_same_however_many_vehicles_there_are(cast: Cast) -> None:
    device = tracked(cast)
    row = archived_trip(device, a_drive())
    client: APIClient = client_of(cast.owner)
    paths = [f"{API}/trips", f"{API}/trips?date=2026-06-01", f"{API}/trips?vehicle={device.pvin}"]
    paths += [f"{API}/trips/{row.trip_id}", f"{API}/heat?date=2026-06-01"]

    def costs() -> list[tuple[int, float]]:
        found = []
        for path in paths:
            with measure() as cost:
                assert client.get(path).status_code == 200
            assert not cost.scans
            found.append((cost.calls, cost.rcu))
        return found

    before = costs()
    with Trip.batch_write() as batch:
        for number in range(300):
            other = Trip(**row.attribute_values)
            other.pvin, other.organization_id = f"{number:064x}", f"another {number % 7}"
            other.trip_id = f"trip_20260601_120100_{number:06x}"
            batch.save(other)
    assert costs() == before


# Again, from the archive


def test_from_its_archive_a_trip_gives_the_same_row() -> None:
    row = archived_trip(some_device(), drive([(300, 12), (3, 45), (320, 0)]))
    assert recomputing.recompute(row.key).result == "same"
    assert Trip.fetch(*row.key).version == row.version


def test_with_other_settings_it_is_said_anew(settings: Any) -> None:
    row = archived_trip(some_device(), drive([(300, 12), (60, 30), (320, 0)], step=5))
    assert row.events == 0
    settings.SAFETY_SPEEDING_MPH = 60
    with pytest.raises(CommandError, match="1 rows do not say"):
        call_command("telemetry", "recompute", "--check", "--vehicle", row.pvin)
    assert Trip.fetch(*row.key).events == 0
    call_command("telemetry", "recompute", "--vehicle", row.pvin)
    after = Trip.fetch(*row.key)
    assert (after.events, after.safety_events[0].kind, after.driving_score) == (1, "SPEEDING", 98)
    assert (after.processed_at, after.expires_at) == (row.processed_at, row.expires_at)


def test_the_command_walks_days_and_names_what_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    row = archived_trip(some_device(), a_drive())
    call_command("telemetry", "recompute", "--trip", row.trip_id)
    assert capsys.readouterr().out == "1 trips, 0 changed.\n"
    objects.delete(row.archive_key)
    with pytest.raises(CommandError, match="could not be read"):
        call_command("telemetry", "recompute", "--trip", row.trip_id)
    assert f"{row.trip_id}: no archive" in capsys.readouterr().err
    assert row.trip_id in {each.trip_id for each in recomputing.trips_of_days(row.started_at.date(), NOW.date())}
