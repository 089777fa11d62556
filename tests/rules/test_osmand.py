"""Every documented form of the OsmAnd and Traccar Client protocols, as readings of ours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.osmand import from_json, from_parameters
from telemetry.rules.reading import Reading, read
from telemetry.rules.refusals import Refused

NOW = 1_798_154_500_000
"""2026-12-24T23:21:40Z"""


def reading(parameters: dict[str, str]) -> Reading:
    return read(from_parameters(parameters, now=NOW), now=NOW)


def test_what_osmand_sends() -> None:
    """`?id={id}&lat={0}&lon={1}&timestamp={2}&hdop={3}&altitude={4}&speed={5}&bearing={6}`"""
    found = reading(
        {
            "id": "123456",
            "lat": "40.7581",
            "lon": "-73.985",
            "timestamp": "1798154465000",
            "hdop": "1.5",
            "altitude": "12.4",
            "speed": "10",
            "bearing": "90.5",
            "batt": "81.0",
            "accuracy": "4.7",
            "charge": "true",
            "driverUniqueId": "anna",
            "ignition": "true",
        }
    )
    assert found.at == 1_798_154_465_000
    assert found.values == {"lat": 40.7581, "lng": -73.985, "altitude": 12, "speed": 5.14, "heading": 90.5}
    assert found.extra == {
        "deviceLabel": 123456,
        "hdop": 1.5,
        "deviceBattery": 81,
        "deviceCharging": True,
        "driverUniqueId": "anna",
        "ignition": True,
    }


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("1798154465", 1_798_154_465_000),
        ("1798154465123", 1_798_154_465_123),
        ("2026-12-24T23:21:05Z", 1_798_154_465_000),
        ("2026-12-25T00:21:05.500+01:00", 1_798_154_465_500),
        ("2026-12-24 23:21:05", 1_798_154_465_000),
        ("", NOW),
    ],
)
def test_times_of_every_form(text: str, at: int) -> None:
    assert reading({"lat": "1", "lon": "2", "timestamp": text}).at == at


def test_a_place_in_one_parameter() -> None:
    assert reading({"location": "40.7581,-73.985"}).values == {"lat": 40.7581, "lng": -73.985}


@pytest.mark.parametrize("word", ["false", "0", "FALSE"])
def test_without_a_fix_the_rest_is_kept(word: str) -> None:
    found = reading({"lat": "40", "lon": "-73", "valid": word, "batt": "12"})
    assert found.point is None
    assert found.extra == {"deviceBattery": 12}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"lat": "40", "lon": "x"}, "position_invalid"),
        ({"lat": "nan", "lon": "2"}, "position_invalid"),
        ({"lat": "40"}, "position_invalid"),
        ({"location": "40"}, "position_invalid"),
        ({"lat": "0", "lon": "0"}, "no_fix"),
        ({"lat": "1", "lon": "2", "timestamp": "yesterday"}, "timestamp_invalid"),
        ({"lat": "1", "lon": "2", "timestamp": "1798159999"}, "clock_ahead"),
        ({"lat": "1", "lon": "2", "speed": "fast"}, "speed_invalid"),
        ({"id": ""}, "empty"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_by_its_code(parameters: dict[str, str], code: str) -> None:
    if code == "empty":
        parameters = {}
    with pytest.raises(Refused) as refused:
        reading(parameters)
    assert refused.value.code == code


def test_what_is_said_beside_never_loses_the_position() -> None:
    odd = {"wifi": "a" * 300, "42": "x", "cell.1": "262,1,2,3", "batteryLevel": "5", "vin": "1M8GDM9AXKP042788"}
    assert reading({"lat": "1", "lon": "2", "temp": "1e99", "note": "a\nb", **odd}).extra == {}


PHONE: dict[str, Any] = {
    "location": {
        "timestamp": "2026-12-24T23:21:05.250Z",
        "coords": {
            "latitude": 40.7581,
            "longitude": -73.985,
            "accuracy": 5.2,
            "speed": 8.3,
            "heading": 90,
            "altitude": 12.4,
        },
        "is_moving": True,
        "odometer": 5100.5,
        "event": "motionchange",
        "battery": {"level": 0.81, "is_charging": False},
        "activity": {"type": "in_vehicle"},
        "extras": {"a": 1},
    },
    "device_id": "van-7",
}


def test_what_the_newer_app_posts() -> None:
    [raw] = from_json(PHONE)
    found = read(raw, now=NOW)
    assert found.at == 1_798_154_465_250
    assert found.values == {"lat": 40.7581, "lng": -73.985, "speed": 8.3, "heading": 90, "altitude": 12}
    assert found.extra == {
        "deviceLabel": "van-7",
        "deviceBattery": 81,
        "deviceCharging": False,
        "deviceOdometer": 5100.5,
        "activity": "in_vehicle",
        "event": "motionchange",
        "is_moving": True,
    }


def test_a_phone_says_minus_one_for_what_it_does_not_know() -> None:
    coords = {**PHONE["location"]["coords"], "speed": -1, "heading": -1}
    [raw] = from_json({"location": {**PHONE["location"], "coords": coords, "battery": {"level": -1}}})
    found = read(raw, now=NOW)
    assert "speed" not in found.values
    assert "heading" not in found.values
    assert "deviceBattery" not in found.extra


def test_several_at_once() -> None:
    locations = [PHONE["location"], "nothing", {**PHONE["location"], "timestamp": "2026-12-24T23:21:06Z"}, {}]
    raws = from_json({**PHONE, "location": locations})
    codes: list[int | str] = []
    for raw in raws:
        try:
            codes.append(read(raw, now=NOW).at % 60_000)
        except Refused as refused:
            codes.append(refused.code)
    assert codes == [5_250, "malformed", 6_000, "timestamp_missing"]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-5, 5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PHONE, *PHONE["location"]]), inner),
    max_leaves=12,
)


@given(json_values | st.dictionaries(st.sampled_from(["location", "device_id"]), json_values))
def test_whatever_is_posted_is_read_or_refused(document: Any) -> None:
    for raw in from_json(document):
        try:
            read(raw, now=NOW)
        except Refused:
            continue


@given(
    st.dictionaries(st.sampled_from(["lat", "lon", "speed", "timestamp", "id", "valid", "x y"]), st.text(max_size=20))
)
def test_whatever_is_asked_is_read_or_refused(parameters: dict[str, str]) -> None:
    try:
        reading(parameters)
    except Refused:
        return
