"""Tracks in the formats of other programs -> readings as we name them, one after the other. Faults of one are its own.

- GPX 1.0 and 1.1: the points of all tracks, with speed and course where an extension (or 1.0) has them
- CSV with a header: our names, or the usual others (`latitude`, `lon`, `time`, `course`, ...); SI units
- GeoJSON: lines with `coordTimes` (or `times`, `coordinateProperties.times`) and `speeds`; points with their own time
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import IO, Any
from xml.etree import ElementTree

from telemetry.rules.osmand import NUMBER, WHOLE

Raw = dict[str, Any]

ALIASES = {
    "time": "timestamp",
    "datetime": "timestamp",
    "date": "timestamp",
    "latitude": "lat",
    "lon": "lng",
    "long": "lng",
    "longitude": "lng",
    "course": "heading",
    "bearing": "heading",
    "ele": "altitude",
    "elevation": "altitude",
    "batterylevel": "batteryLevel",
    "battery": "batteryLevel",
    "energyremaining": "energyRemaining",
}
TIMES = ("timestamp", "time", "datetime")


class NotATrack(ValueError):
    """The file is not of its format, or has nothing of a track in it."""


def readings(path: Path) -> Iterator[Raw]:
    """Of a file, by its ending. Raises `NotATrack`, also on the way."""
    read = FORMATS.get(path.suffix.lower())
    if read is None:
        raise NotATrack(f"{path.name}: expected one of {', '.join(FORMATS)}.")
    with path.open("rb") as file:
        yield from read(file)


def gpx(file: IO[bytes]) -> Iterator[Raw]:
    """Point by point: a file of any length will do. Document types are refused, as entities could explode."""
    if b"<!DOCTYPE" in file.read(4096):
        raise NotATrack("A GPX file has no document type.")
    file.seek(0)
    try:
        for _, element in ElementTree.iterparse(file):  # noqa: S314 (no document type, so no entities)
            if _local(element) == "trkpt":
                yield _track_point(element)
            if _local(element) in ("trkpt", "wpt", "rtept"):
                element.clear()
    except ElementTree.ParseError as error:
        raise NotATrack(f"This is no XML: {error}") from error


def comma_separated(file: IO[bytes]) -> Iterator[Raw]:
    lines = (line.decode("utf-8-sig", "replace") for line in file)
    try:
        table = csv.DictReader(lines)
        for row in table:
            named = {_name(name): value for name, value in row.items() if name and isinstance(value, str)}
            yield {name: _value(name, value.strip()) for name, value in named.items() if value.strip()}
    except csv.Error as error:
        raise NotATrack(f"This is no CSV: {error}") from error


def geojson(file: IO[bytes]) -> Iterator[Raw]:
    try:
        document = json.load(file)
    except (ValueError, RecursionError) as error:
        raise NotATrack(f"This is no JSON: {error}") from error
    features = document.get("features", [document]) if isinstance(document, Mapping) else []
    for feature in features if isinstance(features, list) else []:
        if isinstance(feature, Mapping) and isinstance(feature.get("geometry"), Mapping):
            yield from _feature(feature["geometry"], feature.get("properties") or {})


FORMATS: dict[str, Callable[[IO[bytes]], Iterator[Raw]]] = {
    ".gpx": gpx,
    ".csv": comma_separated,
    ".geojson": geojson,
    ".json": geojson,
}


def _track_point(element: ElementTree.Element) -> Raw:
    raw: Raw = {"lat": _number(element.get("lat", "")), "lng": _number(element.get("lon", ""))}
    for child in element.iter():
        text = (child.text or "").strip()
        match _local(child):
            case "time":
                raw["timestamp"] = text
            case "ele":
                raw["altitude"] = _number(text)
            case "speed":
                raw["speed"] = _number(text)
            case "course":
                raw["heading"] = _number(text)
    return raw


def _feature(geometry: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[Raw]:
    places = geometry.get("coordinates")
    match geometry.get("type"):
        case "LineString":
            yield from _line(places, _times(properties), properties.get("speeds"))
        case "MultiLineString" if isinstance(places, list):
            for line, times in zip_longest(places, _times(properties) or []):
                yield from _line(line, times, None)
        case "Point":
            when = next((properties[name] for name in TIMES if name in properties), None)
            if when is not None:
                said = {name: value for name, value in properties.items() if name not in TIMES}
                yield {**{_name(name): value for name, value in said.items()}, **_place(places), "timestamp": when}


def _line(places: Any, times: Any, speeds: Any) -> Iterator[Raw]:
    if not isinstance(places, list):
        return
    times, speeds = _listed(times), _listed(speeds)
    for place, when, speed in zip_longest(places, times[: len(places)], speeds[: len(places)]):
        yield {**_place(place), "timestamp": when, "speed": speed}


def _times(properties: Mapping[str, Any]) -> Any:
    inner = properties.get("coordinateProperties")
    for owner in (properties, inner if isinstance(inner, Mapping) else {}):
        for name in ("coordTimes", "times"):
            if name in owner:
                return owner[name]
    return None


def _place(place: Any) -> Raw:
    if not isinstance(place, list) or len(place) < 2:  # noqa: PLR2004 (longitude, latitude)
        return {"lat": None, "lng": None}
    return {"lng": place[0], "lat": place[1], "altitude": place[2] if len(place) > 2 else None}  # noqa: PLR2004


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _name(name: str) -> str:
    plain = name.strip()
    return ALIASES.get(plain.lower(), plain)


def _value(name: str, text: str) -> Any:
    """Numbers as such, but for a time, which is a whole number or a text."""
    if name == "timestamp":
        return int(text) if WHOLE.fullmatch(text) else text
    return {"true": True, "false": False}.get(text.lower(), _number(text))


def _number(text: str) -> float | str:
    return float(text) if NUMBER.fullmatch(text) else text


def _local(element: ElementTree.Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]
