"""Tesla's Fleet Telemetry records, as readings of ours."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.rules.reading import Reading, read
from telemetry.rules.refusals import Refused
from telemetry.rules.tesla import FIELDS, from_records

NOW = 1_798_154_500_000


def record(*data: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "vin": "1M8GDM9AXKP042788",
        "createdAt": "2026-12-24T23:21:05.123456789Z",
        "isResend": False,
        "data": [{"key": key, "value": value} for key, value in data],
        **more,
    }


def reading(*data: tuple[str, Any], **more: Any) -> Reading:
    [raw] = from_records(record(*data, **more))
    return read(raw, now=NOW)


EVERYTHING: list[tuple[str, Any]] = [
    ("Location", {"locationValue": {"latitude": 40.7581, "longitude": -73.985}}),
    ("VehicleSpeed", {"doubleValue": 31.0}),
    ("GpsHeading", {"doubleValue": 361.5}),
    ("Odometer", {"doubleValue": 14094.5}),
    ("Soc", {"doubleValue": 75.24}),
    ("EstBatteryRange", {"doubleValue": 200.0}),
    ("EnergyRemaining", {"doubleValue": 58.25}),
    ("DetailedChargeState", {"detailedChargeStateValue": "DetailedChargeStateDisconnected"}),
    ("Gear", {"shiftStateValue": "ShiftStateD"}),
    ("Locked", {"booleanValue": True}),
    ("SentryMode", {"sentryModeStateValue": "SentryModeStateArmed"}),
    ("HvacPower", {"hvacPowerValue": "HvacPowerStateOff"}),
    ("InsideTemp", {"doubleValue": 21.46}),
    ("OutsideTemp", {"doubleValue": -3.0}),
    ("TpmsPressureFl", {"doubleValue": 2.9}),
    ("CarType", {"carTypeValue": "CarTypeModelY"}),
]


def test_every_field_that_we_have_a_name_for() -> None:
    found = reading(*EVERYTHING)
    assert found.at == 1_798_154_465_123
    assert found.values == {
        "lat": 40.7581,
        "lng": -73.985,
        "speed": 13.86,
        "heading": 1.5,
        "odometer": 22_682_899,
        "batteryLevel": 75.2,
        "batteryRange": 321_869,
        "energyRemaining": 58_250,
        "chargingState": "Disconnected",
        "shiftState": "D",
        "locked": True,
        "sentryMode": True,
        "climateOn": False,
        "insideTemp": 21.5,
        "outsideTemp": -3,
    }
    assert found.extra == {"TpmsPressureFl": 2.9, "CarType": "CarTypeModelY"}


def test_older_firmware_says_everything_as_text() -> None:
    found = reading(
        ("VehicleSpeed", {"stringValue": "31"}),
        ("Locked", {"stringValue": "true"}),
        ("SentryMode", {"stringValue": "Off"}),
        ("Gear", {"stringValue": "P"}),
        ("Odometer", {"stringValue": "1.5"}),
        ("ModelYear", {"stringValue": "2024"}),
    )
    assert found.values == {"speed": 13.86, "locked": True, "sentryMode": False, "shiftState": "P", "odometer": 2_414}
    assert found.extra == {"ModelYear": "2024"}


def test_what_the_car_calls_invalid_it_did_not_say() -> None:
    found = reading(("VehicleSpeed", {"invalid": True}), ("Soc", {"doubleValue": 5}), ("Gear", None))
    assert found.values == {"batteryLevel": 5}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (("VehicleSpeed", {"stringValue": "fast"}), "speed_invalid"),
        (("VehicleSpeed", {"doubleValue": -1}), "speed_invalid"),
        (("Location", {"locationValue": {"latitude": 99, "longitude": 1}}), "position_invalid"),
        (("Location", {"locationValue": {"latitude": 0, "longitude": 0}}), "no_fix"),
        (("Location", {"stringValue": "(1N, 2E)"}), "empty"),
        (("Locked", {"doubleValue": 1}), "value_invalid"),
    ],
    ids=str,
)
def test_what_is_wrong_is_refused_by_its_code(data: tuple[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        reading(data)
    assert refused.value.code == code


def test_what_is_said_beside_never_loses_the_rest() -> None:
    odd = [
        ("x" * 50, 1),
        ("a b", 1),
        ("lat", 5),
        ("speed", 5),
        ("Note", "n" * 200),
        ("Big", 1e300),
        ("Deep", {"a": {}}),
    ]
    found = reading(("Soc", 5), *odd)
    assert (found.values, found.extra) == ({"batteryLevel": 5}, {})


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-5, 5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "invalid", "latitude"]), inner),
    max_leaves=8,
)


@given(st.lists(st.tuples(st.sampled_from([*FIELDS, "Location", "Else"]), json_values)), json_values)
def test_whatever_is_sent_is_read_or_refused(data: list[tuple[str, Any]], document: Any) -> None:
    for raw in [*from_records(record(*data)), *from_records(document), *from_records({**record(), "data": document})]:
        try:
            read(raw, now=NOW)
        except Refused:
            continue
