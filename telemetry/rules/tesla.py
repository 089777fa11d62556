"""Records of Tesla's Fleet Telemetry, as its JSON form has them -> readings as we name them.

    {"vin": "...", "createdAt": "2026-12-24T23:31:05.123Z", "isResend": false, "data": [
      {"key": "Location", "value": {"locationValue": {"latitude": 40.7581, "longitude": -73.985}}},
      {"key": "VehicleSpeed", "value": {"doubleValue": 31.0}},
      {"key": "Gear", "value": {"shiftStateValue": "ShiftStateD"}}]}

A record says what changed. Speeds and distances are in miles there, the charge left in kWh, temperatures in Celsius; a
value is a member of its type, or a text in older firmware. A field that the car calls invalid is one that it did not
say. What we have no name for is kept under the car's own.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any

from telemetry.rules.machine import MPH
from telemetry.rules.osmand import NUMBER
from telemetry.rules.reading import CHECKS, IGNORED, LONGEST_NAME, LONGEST_TEXT

MILE = 1609.344
MOST_FIELDS = 300
PREFIXES = ("ShiftState", "SentryModeState", "DetailedChargeState", "ChargingState", "ChargeState", "HvacPowerState")
"""Of enumerations, whose members are written with the name of their type."""
OFF = frozenset({"off", "false", "unknown", "idle", ""})

Raw = dict[str, Any]


def from_records(document: Any) -> list[Any]:
    """One record or a list of them. What is no record stays as it is, to be refused as malformed."""
    records = document if isinstance(document, list) else [document]
    return [_reading(each) if isinstance(each, Mapping) else each for each in records]


def _reading(record: Mapping[str, Any]) -> Raw:
    raw: Raw = {"timestamp": record.get("createdAt", record.get("created_at")), "vin": record.get("vin")}
    data = record.get("data")
    for datum in data[:MOST_FIELDS] if isinstance(data, list) else []:
        if isinstance(datum, Mapping) and isinstance(name := datum.get("key"), str):
            _take(raw, name, _value(datum.get("value")))
    return raw


def _value(value: Any) -> Any:
    """The one member that has the value; None for what is invalid."""
    if not isinstance(value, Mapping):
        return value
    if value.get("invalid"):
        return None
    return next(iter(value.values()), None)


def _take(raw: Raw, name: str, value: Any) -> None:
    if value is None:
        return
    if name == "Location":
        raw.update(_place(value))
    elif name in FIELDS:
        ours, convert = FIELDS[name]
        converted = convert(value)
        if converted is not None:
            raw.setdefault(ours, converted)
    elif _can_be_kept(name, value):
        raw[name] = _plain(value) if isinstance(value, str) else value


def _place(value: Any) -> Raw:
    if not isinstance(value, Mapping):
        return {}
    return {"lat": _number(value.get("latitude")), "lng": _number(value.get("longitude"))}


def _number(value: Any, unit: float = 1) -> Any:
    """What is no number stays as it is, for the check of its field to refuse."""
    if isinstance(value, str) and NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return value
    return value * unit


def _in(unit: float = 1) -> Callable[[Any], Any]:
    return lambda value: _number(value, unit)


def _heading(value: Any) -> Any:
    found = _number(value)
    return found % 360 if isinstance(found, int | float) and not isinstance(found, bool) else found


def _plain(value: Any) -> Any:
    """`ShiftStateD` -> `D`."""
    if not isinstance(value, str):
        return value
    return next((value.removeprefix(each) for each in PREFIXES if value.startswith(each) and value != each), value)


def _flag(value: Any) -> Any:
    if isinstance(value, str):
        return _plain(value).lower() not in OFF
    return value


def _can_be_kept(name: str, value: Any) -> bool:
    """Never is what is said beside a reason to lose the rest."""
    if name in CHECKS or name in IGNORED or not name.isidentifier() or not name.isascii() or len(name) > LONGEST_NAME:
        return False
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and value.isprintable()
    return isinstance(value, int | float) and abs(value) <= 1e15  # noqa: PLR2004


FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "VehicleSpeed": ("speed", _in(MPH)),
    "GpsHeading": ("heading", _heading),
    "Odometer": ("odometer", _in(MILE)),
    "Soc": ("batteryLevel", _in()),
    "BatteryLevel": ("batteryLevel", _in()),
    "EstBatteryRange": ("batteryRange", _in(MILE)),
    "RatedRange": ("batteryRange", _in(MILE)),
    "EnergyRemaining": ("energyRemaining", _in(1000)),
    "DetailedChargeState": ("chargingState", _plain),
    "ChargeState": ("chargingState", _plain),
    "Gear": ("shiftState", _plain),
    "Locked": ("locked", _flag),
    "SentryMode": ("sentryMode", _flag),
    "HvacPower": ("climateOn", _flag),
    "InsideTemp": ("insideTemp", _in()),
    "OutsideTemp": ("outsideTemp", _in()),
}
"""The car's field -> ours, and how its value is brought into our units. Of two that mean the same the first counts."""
