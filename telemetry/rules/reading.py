"""What a vehicle says at one instant, in SI units: checked, and rounded once to what is kept.

    {"timestamp": "2026-12-24T23:31:05Z", "lat": 40.7581, "lng": -73.985, "speed": 8.3, "heading": 90,
     "odometer": 22683600, "batteryLevel": 75, "locked": false, "tirePressure": 2.9}

Names are those of `vehicle-state`; metres, m/s, percent, Celsius, UTC. What else a manufacturer sends is kept under its
own name. Other protocols are brought into this form first (`telemetry/ingest/`).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from atlas.card_numbers import SHORTEST, has_card_number, strike_card_numbers
from telemetry.rules.clock import set_right
from telemetry.rules.point import DEGREE, HEADING, METRE_PER_SECOND, PERCENT, Point, milliseconds
from telemetry.rules.refusals import Refused

FASTEST = 150.0
"""m/s (540 km/h): beyond it a receiver jumped."""
LARGEST_ODOMETER = 10_000_000_000
LARGEST_ENERGY = 10_000_000
LONGEST_TEXT, MOST_EXTRA, LONGEST_NAME = 100, 30, 40
MILLISECONDS_FROM = 100_000_000_000
"""A number of seconds would be in the year 5138: it is milliseconds."""
LATEST = 253_402_300_799_000
"""The year 9999, in milliseconds."""

Scalar = str | int | float | bool
Values = dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Reading:
    """`values` and `extra` are by the names of `vehicle-state`; what was not said is not in them."""

    at: int
    point: Point | None
    values: Values = field(default_factory=dict)
    extra: Values = field(default_factory=dict)


def read(raw: object, *, now: int) -> Reading:
    """One reading as it came, checked. Raises `Refused`."""
    if not isinstance(raw, Mapping):
        raise Refused("malformed")
    at = set_right(instant(raw.get("timestamp")), now)
    values: Values = {}
    extra: Values = {}
    for name, value in raw.items():
        if value is None or name in IGNORED:
            continue
        if (check := CHECKS.get(name)) is not None:
            values[name] = check(value)
        elif len(extra) < MOST_EXTRA:
            extra[_name(name)] = _scalar(value)
    _check_place(values)
    if not values and not extra:
        raise Refused("empty")
    return Reading(at, _point(at, values), values, extra)


def instant(value: object) -> int:
    """Milliseconds since 1970: of a number of seconds or milliseconds, or of ISO 8601 with an offset."""
    if value is None or value == "":
        raise Refused("timestamp_missing")
    if isinstance(value, str):
        return _instant_of_text(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise Refused("timestamp_invalid")
    found = round(value if abs(value) >= MILLISECONDS_FROM else value * 1000)
    if abs(found) > LATEST:
        raise Refused("timestamp_invalid")
    return found


def _instant_of_text(text: str) -> int:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("timestamp_invalid") from None
    if found.tzinfo is None:
        raise Refused("timestamp_invalid")
    try:
        return milliseconds(found)
    except OverflowError:
        raise Refused("timestamp_invalid") from None


def _number(code: str, low: float, high: float, unit: int = 1) -> Callable[[Any], Scalar]:
    """A finite number within bounds, rounded to a unit."""

    def check(value: Any) -> Scalar:
        if type(value) is not float and type(value) is not int:
            raise Refused(code)
        if not low <= value <= high:  # not a number is neither
            raise Refused(code)
        return round(value * unit) / unit if unit > 1 else round(value)

    return check


def _flag(value: Any) -> Scalar:
    if not isinstance(value, bool):
        raise Refused("value_invalid")
    return value


def _heading(value: Any) -> Scalar:
    found = _number("heading_invalid", 0, 360, HEADING)(value)
    return found if found != 360 else 0.0  # noqa: PLR2004 (a full turn)


def _text(value: Any) -> Scalar:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not value.isprintable():
        raise Refused("value_invalid")
    return strike_card_numbers(value) if len(value) >= SHORTEST else value


def _scalar(value: Any) -> Scalar:
    """Of the manufacturer's own: text, numbers and flags. What is nested belongs into fields of its own."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if abs(value) >= 10 ** (SHORTEST - 1) and has_card_number(f"{value:.0f}"):
            raise Refused("value_invalid")
        return _number("value_invalid", -1e15, 1e15, 1_000_000)(value)
    return _text(value)


def _name(name: Any) -> str:
    if not isinstance(name, str) or not name.isidentifier() or not name.isascii() or len(name) > LONGEST_NAME:
        raise Refused("value_invalid")
    if len(name) >= SHORTEST and has_card_number(name.replace("_", " ")):
        raise Refused("value_invalid")
    return name


IGNORED = frozenset({"timestamp", "vin", "accuracy"})
CHECKS: dict[str, Callable[[Any], Scalar]] = {
    "lat": _number("position_invalid", -90, 90, DEGREE),
    "lng": _number("position_invalid", -180, 180, DEGREE),
    "speed": _number("speed_invalid", 0, FASTEST, METRE_PER_SECOND),
    "heading": _heading,
    "odometer": _number("odometer_invalid", 0, LARGEST_ODOMETER),
    "batteryLevel": _number("battery_invalid", 0, 100, PERCENT),
    "batteryRange": _number("value_invalid", 0, 10_000_000),
    "energyRemaining": _number("value_invalid", 0, LARGEST_ENERGY),
    "altitude": _number("value_invalid", -12_000, 100_000),
    "chargingState": _text,
    "shiftState": _text,
    "locked": _flag,
    "sentryMode": _flag,
    "climateOn": _flag,
    "insideTemp": _number("value_invalid", -100, 200, 10),
    "outsideTemp": _number("value_invalid", -100, 200, 10),
    "occupancy": _number("value_invalid", 0, 100),
}
"""The named fields of `vehicle-state`."""


def _check_place(values: Values) -> None:
    lat, lng = values.get("lat"), values.get("lng")
    if (lat is None) is not (lng is None):
        raise Refused("position_invalid")
    if lat == 0 and lng == 0:
        raise Refused("no_fix")


def _point(at: int, values: Values) -> Point | None:
    if "lat" not in values:
        return None
    return Point(
        at,
        _units(values, "lat", DEGREE),  # type: ignore[arg-type]  # both are there
        _units(values, "lng", DEGREE),  # type: ignore[arg-type]
        _units(values, "speed", METRE_PER_SECOND),
        _units(values, "heading", HEADING),
        _units(values, "odometer", 1),
        _units(values, "batteryLevel", PERCENT),
        _units(values, "energyRemaining", 1),
        _units(values, "altitude", 1),
    )


def _units(values: Values, name: str, unit: int) -> int | None:
    value: Any = values.get(name)
    return None if value is None else round(value * unit)
