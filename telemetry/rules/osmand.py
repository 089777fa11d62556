"""What OsmAnd, Traccar Client and whoever speaks their protocol send -> readings as we name them.

    lat=40.7581&lon=-73.985&timestamp=1798154465&speed=16.1&bearing=90&altitude=12&accuracy=5&batt=81&id=van-7
    location=40.7581,-73.985                             instead of lat and lon
    {"location": {"timestamp": "2026-12-24T23:31:05Z", "coords": {"latitude": 40.7581, "longitude": -73.985,
     "speed": 8.3, "heading": 90, "altitude": 12, "accuracy": 5}, "odometer": 5100, "event": "motionchange",
     "is_moving": true, "battery": {"level": 0.81, "is_charging": false}, "activity": {"type": "in_vehicle"}},
     "device_id": "van-7"}                               newer apps; `location` may be a list

Parameters give the speed in knots, JSON in m/s. The battery, the odometer and the id are the phone's, not the car's:
they are kept under names of their own, or a phone's charge would be taken for an electric car's.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from telemetry.rules.reading import CHECKS, IGNORED, LONGEST_NAME, LONGEST_TEXT

KNOT = 1852 / 3600
"""m/s."""
NUMBER = re.compile(r"[+-]?(\d{1,16}(\.\d{0,20})?|\.\d{1,20})([eE][+-]?\d{1,2})?", re.ASCII)
WHOLE = re.compile(r"-?\d{1,16}", re.ASCII)
LARGEST = 1e15
FLAGS = {"true": True, "false": False}
RENAMED = {
    "id": "deviceLabel",
    "deviceid": "deviceLabel",
    "device_id": "deviceLabel",
    "batt": "deviceBattery",
    "charge": "deviceCharging",
    "odometer": "deviceOdometer",
}

OURS = frozenset({*CHECKS, *IGNORED})
"""Names that mean something to us, and nothing in this protocol."""

Raw = dict[str, Any]


def from_parameters(parameters: Mapping[str, str], *, now: int) -> Raw:
    """A query string or a form, one value each. Without a time it is now (milliseconds since 1970)."""
    raw: Raw = {"timestamp": _time(parameters.get("timestamp", ""), now)}
    if parameters.get("valid", "true").lower() in ("true", "1"):
        raw |= _place(parameters)
    for name, text in parameters.items():
        match name:
            case "timestamp" | "valid" | "lat" | "lon" | "location":
                continue
            case "speed":
                raw["speed"] = _scaled(_value(text), KNOT)
            case "bearing" | "heading":
                raw["heading"] = _value(text)
            case "altitude":
                raw["altitude"] = _value(text)
            case _:
                _more(raw, name, _value(text))
    return raw


def from_json(document: Any) -> list[Any]:
    """What the newer apps post. What is no object of theirs stays as it is, to be refused as malformed."""
    if not isinstance(document, Mapping):
        return [document]
    label = document.get("device_id")
    locations = document.get("location")
    if not isinstance(locations, list):
        locations = [locations]
    return [_from_location(each, label) for each in locations]


def _from_location(location: Any, label: Any) -> Any:
    if not isinstance(location, Mapping) or not isinstance(location.get("coords"), Mapping):
        return location if not isinstance(location, Mapping) else {"timestamp": location.get("timestamp")}
    coords: Mapping[str, Any] = location["coords"]
    raw: Raw = {
        "timestamp": location.get("timestamp"),
        "lat": coords.get("latitude"),
        "lng": coords.get("longitude"),
        "altitude": coords.get("altitude"),
        "speed": _known(coords.get("speed")),
        "heading": _known(coords.get("heading")),
    }
    battery, activity = location.get("battery"), location.get("activity")
    if isinstance(battery, Mapping):
        _more(raw, "batt", _scaled(battery.get("level"), 100))
        _more(raw, "charge", battery.get("is_charging"))
    if isinstance(activity, Mapping):
        _more(raw, "activity", activity.get("type"))
    for name in ("odometer", "event", "is_moving", "mock"):
        _more(raw, name, location.get(name))
    _more(raw, "device_id", label)
    return raw


def _place(parameters: Mapping[str, str]) -> Raw:
    lat, lng = parameters.get("lat"), parameters.get("lon")
    if "location" in parameters:
        lat, _, lng = parameters["location"].partition(",")
    found = {"lat": lat, "lng": lng}
    return {name: _value(text) for name, text in found.items() if text is not None}


def _time(text: str, now: int) -> object:
    """A number of seconds or milliseconds, ISO 8601, or as a database prints it; without a zone it is UTC."""
    if not text:
        return now
    if WHOLE.fullmatch(text):
        return int(text)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def _value(text: str) -> Any:
    if NUMBER.fullmatch(text):
        return float(text)
    return FLAGS.get(text.lower(), text)


def _known(value: Any) -> Any:
    """Phones say -1 for a speed or a heading that they do not know."""
    return None if isinstance(value, int | float) and value < 0 else value


def _scaled(value: Any, unit: float) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return None if value < 0 else value * unit


def _more(raw: Raw, name: str, value: Any) -> None:
    """What is said beside: kept where it can be, and never a reason to lose the position."""
    name = RENAMED.get(name, name)
    fits = name.isidentifier() and name.isascii() and len(name) <= LONGEST_NAME
    if fits and name not in raw and name not in OURS and _can_be_kept(value):
        raw[name] = value


def _can_be_kept(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and value.isprintable()
    return isinstance(value, int | float) and abs(value) <= LARGEST
