"""Tracks as the world makes them, and the trips that are in them; files in, the same trips out."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound
from telemetry.importing import formats
from telemetry.importing.formats import NotATrack, readings
from telemetry.importing.services import import_track
from telemetry.state import store
from telemetry.tables import TripState
from telemetry.trips import archive
from telemetry.trips.exports import FORMATS
from telemetry.trips.tables import Trip
from tests.telemetry.drives import drive
from tests.telemetry.stage import archived_trip, some_device

TRACKS = Path(__file__).parent.parent / "tracks"
NOW = datetime(2026, 6, 30, tzinfo=UTC)

EXPECTED = {
    # file: (begins, ends, km) of each trip
    "parked.gpx": [],
    "tunnel.gpx": [("08:01:00", "08:22:00", 27.7)],
    "ferry.gpx": [("08:00:00", "08:08:00", 6.7), ("09:08:00", "09:18:00", 9.6)],
    "open-deck.csv": [("08:00:00", "08:08:00", 6.7), ("08:15:00", "09:05:00", 28.8)],
    "town.gpx": [("08:00:30", "08:26:30", 13.4), ("08:33:30", "08:38:30", 2.7)],
    "no-speed.geojson": [("08:01:10", "08:16:10", 11.6)],
}


def trips_of(pvin: str) -> list[Trip]:
    return list(Trip.query(pvin, consistent_read=True))


@pytest.mark.parametrize("name", EXPECTED)
def test_a_track_has_the_trips_that_people_would_say_it_has(name: str) -> None:
    device = some_device()
    found = import_track(pvin=device.pvin, raws=readings(TRACKS / name), now=NOW)
    assert not found.refused
    rows = trips_of(device.pvin)
    assert [(f"{row.started_at:%H:%M:%S}", f"{row.ended_at:%H:%M:%S}") for row in rows] == [
        (begins, ends) for begins, ends, _ in EXPECTED[name]
    ]
    for row, (_, _, km) in zip(rows, EXPECTED[name], strict=True):
        assert row.distance / 1000 == pytest.approx(km, rel=0.02)
        assert 0 <= row.driving_score <= 100


@pytest.mark.parametrize("name", ["tunnel.gpx", "town.gpx"])
def test_the_same_file_again_changes_nothing(name: str) -> None:
    device = some_device()
    first = import_track(pvin=device.pvin, raws=readings(TRACKS / name), now=NOW)
    before = [row.version for row in trips_of(device.pvin)]
    again = import_track(pvin=device.pvin, raws=readings(TRACKS / name), now=NOW)
    assert (again.kept, again.known) == ([], first.kept)
    assert [row.version for row in trips_of(device.pvin)] == before


def test_what_overlaps_a_trip_is_left_out(tmp_path: Path) -> None:
    device = some_device()
    import_track(pvin=device.pvin, raws=readings(TRACKS / "tunnel.gpx"), now=NOW)
    found = import_track(pvin=device.pvin, raws=readings(TRACKS / "ferry.gpx"), now=NOW)
    assert (len(found.kept), len(found.overlapping)) == (1, 1)
    rows = trips_of(device.pvin)
    assert rows[0].ended_at < rows[1].started_at


def test_the_state_of_the_vehicle_is_of_now() -> None:
    device = some_device()
    import_track(pvin=device.pvin, raws=readings(TRACKS / "town.gpx"), now=NOW)
    vehicle = store.load(device.pvin, consistent=True)
    assert vehicle is not None
    assert vehicle.latest.at == -1
    assert TripState.find(device.pvin, consistent=True) is None


@pytest.mark.parametrize("name", ["gpx", "geojson", "csv"])
def test_what_is_exported_comes_back_the_same(name: str, tmp_path: Path) -> None:
    points = [point._replace(altitude=7) for point in drive([(600, 12), (320, 0)], step=5)]
    row = archived_trip(some_device(), points)
    file = tmp_path / f"trip.{name}"
    file.write_text("".join(FORMATS[name].write(row, archive.read(row.archive_key))), encoding="utf-8")
    other = some_device()
    import_track(pvin=other.pvin, raws=readings(file), now=utc_now())
    [copy] = trips_of(other.pvin)
    assert (copy.started_at, copy.ended_at, copy.distance, copy.points) == (
        row.started_at,
        row.ended_at,
        row.distance,
        row.points,
    )
    if name == "csv":
        assert archive.read(copy.archive_key) == archive.read(row.archive_key)


def written(folder: Path, name: str, text: str) -> list[Any]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return list(readings(file))


def test_gpx_of_older_programs(tmp_path: Path) -> None:
    text = """<gpx version="1.0"><wpt lat="9" lon="9"/><trk><trkseg><trkpt lat="1.5" lon="2">
    <ele>3.5</ele><time>2026-05-04T08:00:00Z</time><course>90</course><speed>8.3</speed></trkpt></trkseg></trk></gpx>"""
    [raw] = written(tmp_path, "a.gpx", text)
    assert raw == {
        "lat": 1.5,
        "lng": 2,
        "altitude": 3.5,
        "timestamp": "2026-05-04T08:00:00Z",
        "heading": 90,
        "speed": 8.3,
    }


def test_csv_of_other_programs(tmp_path: Path) -> None:
    text = "\ufeffDate,Latitude,Lon,Ele,note\n1798154465,1.5,2,,hello\n\n,3,4,5,\n"
    assert written(tmp_path, "a.CSV", text) == [
        {"timestamp": 1_798_154_465, "lat": 1.5, "lng": 2, "note": "hello"},
        {"lat": 3, "lng": 4, "altitude": 5},
    ]


def test_geojson_of_other_programs(tmp_path: Path) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "MultiLineString", "coordinates": [[[2, 1], [3, 1, 9]], [[4, 1]]]},
            "properties": {"coordinateProperties": {"times": [["a", "b"], ["c"]]}},
        },
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [5, 1]},
            "properties": {"time": "d", "lon": 1},
        },
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [6, 1]}, "properties": {}},
        {"type": "Feature", "geometry": None, "properties": None},
    ]
    found = written(tmp_path, "a.geojson", json.dumps({"type": "FeatureCollection", "features": features}))
    assert [(each["lng"], each["timestamp"], each["altitude"]) for each in found] == [
        (2, "a", None),
        (3, "b", 9),
        (4, "c", None),
        (5, "d", None),
    ]


BROKEN = {
    "a.gpx": "<gpx><trk>",
    "b.gpx": '<!DOCTYPE x [<!ENTITY a "aaaa">]><gpx>&a;</gpx>',
    "c.geojson": "{",
    "d.kml": "<kml/>",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_track_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotATrack):
        written(tmp_path, name, BROKEN[name])


@pytest.mark.parametrize("text", ["[]", "7", '{"features": 3}', '{"type": "LineString"}', '{"geometry": {"type": []}}'])
def test_json_without_a_track_has_no_readings(text: str, tmp_path: Path) -> None:
    assert written(tmp_path, "a.json", text) == []


def test_one_bad_point_never_loses_its_neighbours(tmp_path: Path) -> None:
    device = some_device()
    lines = (TRACKS / "open-deck.csv").read_text().splitlines()
    lines[20:20] = ["2026-05-04T08:03:11Z,95,0,1,1", "yesterday,1,1,1,1", ",1,1,1,1"]
    file = tmp_path / "odd.csv"
    file.write_text("\n".join(lines))
    found = import_track(pvin=device.pvin, raws=readings(file), now=NOW)
    assert found.refused == {"position_invalid": 1, "timestamp_invalid": 1, "timestamp_missing": 1}
    assert len(found.kept) == 2


def test_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    device = some_device()
    broken = tmp_path / "broken.gpx"
    broken.write_text("nothing")
    files = [str(TRACKS / "town.gpx"), str(broken), str(TRACKS / "parked.gpx")]
    with pytest.raises(CommandError, match="1 files"):
        call_command("telemetry", "import", *files, "--vehicle", device.pvin)
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "town.gpx: 510 readings; 2 trips kept, 0 known, 0 overlapping others.",
        "parked.gpx: 120 readings; 0 trips kept, 0 known, 0 overlapping others.",
    ]
    assert "broken.gpx (2/3): This is no XML" in said.err


def test_a_vehicle_must_be_known() -> None:
    with pytest.raises(NotFound):
        import_track(pvin="0" * 64, raws=[], now=NOW)
    with pytest.raises(CommandError, match="pseudoVIN"):
        call_command("telemetry", "import", str(TRACKS / "parked.gpx"), "--vehicle", "0" * 64)


def test_every_format_is_read_lazily() -> None:
    with (TRACKS / "town.gpx").open("rb") as file:
        assert next(iter(formats.gpx(file)))["lat"]
        assert file.tell() < (TRACKS / "town.gpx").stat().st_size
