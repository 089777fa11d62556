"""A trip in the formats that other programs read: GPX 1.1, GeoJSON (RFC 7946) and CSV, written piece by piece.

A new track segment begins where nobody knows how the vehicle moved: programs draw no line through a tunnel then.
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from atlas.api.renderers import dumps
from telemetry.rules.point import DEGREE, HEADING, METRE_PER_SECOND, PERCENT, Point, instant_of
from telemetry.rules.summary import LONGEST_MOVING_LEG
from telemetry.trips.tables import Trip

COLUMNS = (
    "timestamp", "lat", "lng", "speed", "heading", "odometer", "batteryLevel", "energyRemaining", "altitude",
)  # fmt: skip
GPX_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gpx version="1.1" creator="Atlas" xmlns="http://www.topografix.com/GPX/1/1" \
xmlns:gpxtpx="http://www.garmin.com/xmlschemas/TrackPointExtension/v2">
"""


class Format(NamedTuple):
    content_type: str
    write: Callable[[Trip, Sequence[Point]], Iterator[str]]


def gpx(trip: Trip, points: Sequence[Point]) -> Iterator[str]:
    """Speed and course by Garmin's extension, as GPX 1.1 has none of its own."""
    yield GPX_HEAD
    yield f"<metadata><time>{_time(points[0].at)}</time></metadata>\n"
    yield f"<trk><name>{escape(trip.trip_id)}</name>\n"
    for segment in segments(points):
        yield "<trkseg>\n"
        yield from map(_track_point, segment)
        yield "</trkseg>\n"
    yield "</trk>\n</gpx>\n"


def geojson(trip: Trip, points: Sequence[Point]) -> Iterator[str]:
    """The way as one feature, with the time of each position beside it, and a feature for each safety event."""
    features = [_way(trip, points), *map(_event, trip.safety_events)]
    yield dumps({"type": "FeatureCollection", "features": features}).decode()


def comma_separated(trip: Trip, points: Sequence[Point]) -> Iterator[str]:
    """A header line, then a point a line, in the units of `telemetry/positions`."""
    yield _line(COLUMNS)
    for point in points:
        yield _line(
            (
                _time(point.at),
                *point.degrees,
                _in(point.speed, METRE_PER_SECOND),
                _in(point.heading, HEADING),
                point.odometer,
                _in(point.battery, PERCENT),
                point.energy,
                point.altitude,
            )
        )


FORMATS = {
    "gpx": Format("application/gpx+xml", gpx),
    "geojson": Format("application/geo+json", geojson),
    "csv": Format("text/csv; charset=utf-8", comma_separated),
}


def segments(points: Sequence[Point]) -> Iterator[list[Point]]:
    segment = list(points[:1])
    for a, b in pairwise(points):
        if b.at - a.at > LONGEST_MOVING_LEG:
            yield segment
            segment = []
        segment.append(b)
    yield segment


def _track_point(point: Point) -> str:
    lat, lng = point.degrees
    ele = "" if point.altitude is None else f"<ele>{point.altitude}</ele>"
    speed, course = _in(point.speed, METRE_PER_SECOND), _in(point.heading, HEADING)
    said = "".join(
        f"<gpxtpx:{name}>{value}</gpxtpx:{name}>"
        for name, value in (("speed", speed), ("course", course))
        if value != ""
    )
    more = f"<extensions><gpxtpx:TrackPointExtension>{said}</gpxtpx:TrackPointExtension></extensions>" if said else ""
    return f'<trkpt lat="{lat:.6f}" lon="{lng:.6f}">{ele}<time>{_time(point.at)}</time>{more}</trkpt>\n'


def _way(trip: Trip, points: Sequence[Point]) -> dict[str, Any]:
    places = [_position(point) for point in points]
    geometry = (
        {"type": "LineString", "coordinates": places}
        if len(places) > 1
        else {"type": "Point", "coordinates": places[0]}
    )
    properties = {
        "tripId": trip.trip_id,
        "startedAt": trip.started_at,
        "endedAt": trip.ended_at,
        "distance": trip.distance,
        "duration": trip.duration,
        "maxSpeed": trip.max_speed,
        "avgSpeed": trip.avg_speed,
        "drivingScore": trip.driving_score,
        "coordTimes": [_time(point.at) for point in points],
        "speeds": [None if point.speed is None else point.speed / METRE_PER_SECOND for point in points],
    }
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _event(event: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [event.lng, event.lat]},
        "properties": {
            "kind": event.kind.value,
            "severity": event.severity.value,
            "at": event.at,
            "duration": event.duration,
            "peak": event.peak,
        },
    }


def _position(point: Point) -> list[float]:
    place = [point.lng / DEGREE, point.lat / DEGREE]
    return place if point.altitude is None else [*place, point.altitude]


def _in(value: int | None, unit: int) -> float | str:
    return "" if value is None else value / unit


def _line(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(values)
    return out.getvalue()


def _time(at: int) -> str:
    return instant_of(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")
