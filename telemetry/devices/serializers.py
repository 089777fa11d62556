"""The shapes of devices and their batches on the wire."""

from typing import Any

from atlas.api.fields import Choice, FreeText, Id, Integer, Text
from atlas.api.serializers import Serializer
from telemetry.rules.refusals import CODES

MOST_READINGS = 1_000


class NewDeviceSerializer(Serializer):
    vin = Text(max_length=40, help_text="Of its vehicle: 17 letters and digits.")
    name = FreeText(max_length=80, help_text="What you call it.")


class AddedDeviceSerializer(Serializer):
    device_id = Id(read_only=True)
    pvin = Text(read_only=True, help_text="PseudoVIN: 64 hex digits that stand for the VIN everywhere.")
    token = Text(read_only=True, help_text="Shown once.")


class RejectedReadingSerializer(Serializer):
    index = Integer(read_only=True, help_text="Its place in the batch, from 0.")
    code = Choice(sorted(CODES), read_only=True)


class BatchReceiptSerializer(Serializer):
    accepted = Integer(read_only=True)
    duplicate = Integer(read_only=True, help_text="Known already: sent again.")
    rejected = RejectedReadingSerializer(many=True, read_only=True)


def _number(low: float, high: float, description: str) -> dict[str, Any]:
    return {"type": ["number", "null"], "minimum": low, "maximum": high, "description": description}


READINGS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_READINGS,
    "items": {
        "type": "object",
        "required": ["timestamp"],
        "properties": {
            "timestamp": {
                "oneOf": [{"type": "string", "format": "date-time"}, {"type": "number"}],
                "description": "ISO 8601 with an offset, or seconds or milliseconds since 1970.",
            },
            "lat": _number(-90, 90, "Degrees, with `lng`."),
            "lng": _number(-180, 180, "Degrees, with `lat`."),
            "speed": _number(0, 150, "m/s."),
            "heading": _number(0, 360, "Degrees clockwise from north."),
            "odometer": _number(0, 10_000_000_000, "Metres."),
            "batteryLevel": _number(0, 100, "Percent."),
            "vin": {"type": ["string", "null"], "description": "Not needed; another vehicle's is refused."},
        },
    },
}
"""For people: a reading that is otherwise is refused by its own code, not the batch by a 400."""

TESLA_RECORDS: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_READINGS,
    "items": {
        "type": "object",
        "required": ["createdAt", "data"],
        "properties": {
            "vin": {"type": "string", "description": "Must be the device's own; it is not kept."},
            "createdAt": {"type": "string", "format": "date-time"},
            "isResend": {"type": "boolean"},
            "data": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["key", "value"],
                    "properties": {
                        "key": {"type": "string", "description": "Tesla's name, such as `VehicleSpeed`."},
                        "value": {"description": "A scalar, or an object whose one member has the value."},
                    },
                },
            },
        },
    },
}
"""For people, too. A single record need not be in an array."""
