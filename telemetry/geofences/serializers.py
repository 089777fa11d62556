"""Geofences on the wire: shapes as GeoJSON, lengths in metres."""

from collections.abc import Mapping
from typing import Any

import msgspec
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas.api.fields import Choice, Flag, FreeText, Id, Instant, Integer, ListOf, Number, Text
from atlas.api.serializers import Serializer
from telemetry.geofences.importing import LONGEST_DWELL, LONGEST_NAME, MOST_FEATURES
from telemetry.geofences.services import RAISING
from telemetry.rules.escalation import Severity
from telemetry.rules.shapes import LARGEST_RADIUS, MOST_VERTICES, SMALLEST_RADIUS

MOST_VEHICLES = 200
GEOMETRY: dict[str, Any] = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"type": "string", "enum": ["Polygon", "MultiPolygon", "Point"]},
        "coordinates": {"type": "array", "items": {}},
    },
    "description": f"GeoJSON (RFC 7946), at most {MOST_VERTICES} vertices; a Point is the middle of a circle.",
}


@extend_schema_field(GEOMETRY)
class Geometry(serializers.Field[Any, Any, Any, Any]):
    """Checked by the rules (`telemetry.rules.shapes`), which say what is wrong with it."""

    default_error_messages = {"invalid": "Expected a GeoJSON geometry."}

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, Mapping):
            self.fail("invalid")
        return data

    def to_representation(self, value: Any) -> Any:
        return msgspec.json.decode(value) if isinstance(value, str) else value


class GeofenceSerializer(Serializer):
    """A place that the organization hears of."""

    id = Id(read_only=True)
    name = FreeText(max_length=LONGEST_NAME)
    geometry = Geometry()
    radius = Number(
        required=False,
        allow_null=True,
        min_value=SMALLEST_RADIUS,
        max_value=LARGEST_RADIUS,
        decimals=1,
        help_text="Metres, of a Point.",
    )
    dwell_seconds = Integer(
        required=False, allow_null=True, min_value=1, max_value=LONGEST_DWELL, help_text="After so long inside: DWELL."
    )
    vehicles = ListOf(
        Text(max_length=64),
        max_length=MOST_VEHICLES,
        required=False,
        allow_null=True,
        help_text="PseudoVINs that it is about; all of the organization's without.",
    )
    alert_on = ListOf(
        Choice([kind.value for kind in RAISING]),
        max_length=len(RAISING),
        required=False,
        help_text="What raises an alert; the rest is kept as events of the vehicle.",
    )
    severity = Choice(Severity, required=False, help_text="Of its alerts; MEDIUM without one.")
    active = Flag(required=False)
    since = Instant(read_only=True, help_text="When it became what it is: what was before does not count.")


class VehicleInsideSerializer(Serializer):
    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    entered_at = Instant(read_only=True)


class RefusedFeatureSerializer(Serializer):
    index = Integer(read_only=True, help_text="Its place in the file, from 0.")
    code = Text(read_only=True)
    message = Text(read_only=True)


class ImportedSerializer(Serializer):
    created = GeofenceSerializer(many=True, read_only=True)
    refused = RefusedFeatureSerializer(many=True, read_only=True)


COLLECTION: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_FEATURES,
            "items": {},
            "description": "Each is judged by itself: one that is no fence is in `refused`, its neighbours are kept.",
        },
    },
}
