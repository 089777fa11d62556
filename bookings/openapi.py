"""The sockets in the OpenAPI document, which has no words for them: `x-websockets`, an extension at its root."""

from typing import Any

from telemetry.devices.serializers import READINGS

Schema = dict[str, Any]

LIVE_INTRODUCTION = """

## Live

The sockets under `x-websockets` of this document say what happens, as it happens. Connect, send
`{"type": "authenticate", "token": "<accessToken>"}` within ten seconds (pages with a session cookie need not), and get
a `snapshot` first, then messages, each a JSON object with a `type`; ignore types that you do not know. A wrong message
is answered by one of type `error`. Close codes: 4401 not signed in (any more), 4403 not yours, 4404 not there,
4429 too fast.
"""


def _object(kind: str, **properties: Schema) -> Schema:
    """A message of this `type`; all properties are there."""
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {"type": {"const": kind}, **properties},
    }


def _or_null(schema: Schema) -> Schema:
    return {"oneOf": [schema, {"type": "null"}]}


ID: Schema = {"type": "string", "format": "uuid"}
TEXT: Schema = {"type": "string"}
LOCATION: Schema = {"$ref": "#/components/schemas/Location"}
PROGRESS: dict[str, Schema] = {
    "leg": _or_null({"enum": ["PICKUP", "DROPOFF"]}),
    "progress": _or_null({"type": "number", "minimum": 0, "maximum": 1}),
    "remainingKm": _or_null({"type": "number", "minimum": 0}),
    "etaSeconds": _or_null({"type": "integer", "minimum": 0}),
}
CHANGED = _object(
    "booking",
    action=_or_null(TEXT),
    booking={
        "type": "object",
        "required": ["id", "status", "paymentStatus", "version"],
        "properties": {
            "id": ID,
            "status": {"$ref": "#/components/schemas/BookingStatus"},
            "paymentStatus": TEXT,
            "version": {"type": "integer"},
        },
    },
)
QUOTED = _object("quote", bookingId=ID, quoteId=ID)
MOVED = _object("location", driverId=ID, location=LOCATION)
MOVED_ON_A_RIDE = _object("location", driverId=ID, bookingId=ID, location=LOCATION, **PROGRESS)
VEHICLE: Schema = {
    "type": "object",
    "required": ["pvin", "location", "state"],
    "properties": {
        "pvin": {**TEXT, "description": "PseudoVIN."},
        "location": _or_null(
            {
                "type": "object",
                "required": ["lat", "lng", "speed", "heading", "timestamp"],
                "properties": {
                    "lat": {"type": "number"},
                    "lng": {"type": "number"},
                    "speed": {"type": ["number", "null"], "description": "m/s"},
                    "heading": {"type": ["number", "null"], "description": "Degrees clockwise from north."},
                    "timestamp": {"type": "string", "format": "date-time"},
                },
            }
        ),
        "state": {
            "type": "object",
            "description": "What is known of batteryLevel (percent), batteryRange and odometer (metres), "
            "chargingState, shiftState, locked, sentryMode, climateOn.",
        },
    },
}
SPOKE: Schema = {
    **VEHICLE,
    "required": ["type", *VEHICLE["required"]],
    "properties": {"type": {"const": "location"}, **VEHICLE["properties"]},
}
OPENED = _object("request", bookingId=ID, open={"type": "boolean"})
ALERTED = _object("alert", code=TEXT, bookingId=ID)
REPORT: Schema = {
    "type": "object",
    "additionalProperties": False,
    "required": ["type", "lat", "lng"],
    "properties": {
        "type": {"const": "location"},
        "lat": {"type": "number", "minimum": -90, "maximum": 90},
        "lng": {"type": "number", "minimum": -180, "maximum": 180},
        "heading": {"type": ["number", "null"], "description": "Degrees clockwise from north, below 360."},
        "speed": {"type": ["number", "null"], "minimum": 0, "maximum": 400, "description": "km/h"},
        "timestamp": {"type": "string", "format": "date-time", "description": "When it was measured; now if absent."},
    },
}

WEBSOCKETS: dict[str, Schema] = {
    "/ws/bookings/{booking_id}/": {
        "summary": "A booking for its parties: its state, its quotes, and while it is driven its car",
        "snapshot": _object(
            "snapshot", booking={"$ref": "#/components/schemas/BookingDetail"}, location=_or_null(LOCATION)
        ),
        "receive": [CHANGED, QUOTED, MOVED_ON_A_RIDE],
        "send": [],
    },
    "/ws/driver/": {
        "summary": "A driver's phone: sends where it is, a message a second, and hears of the driver's jobs",
        "snapshot": _object("snapshot", driver={"type": "object"}, bookingId=_or_null(ID), location=_or_null(LOCATION)),
        "receive": [CHANGED],
        "send": [REPORT],
    },
    "/ws/fleet/": {
        "summary": "The vehicles of your organization (those you have, for drivers and viewers); for who runs its "
        "company also its drivers on the road and what happens to its bookings",
        "snapshot": _object(
            "snapshot",
            vehicles={"type": "array", "items": VEHICLE},
            drivers={"type": "array", "items": {"type": "object"}},
        ),
        "receive": [SPOKE, MOVED, CHANGED, QUOTED, ALERTED],
        "send": [],
    },
    "/ws/telemetry/": {
        "summary": "A device that stays connected: batches of readings, each answered when it is stored. The token is "
        "a device's, in the first message or as `Authorization: Bearer`",
        "snapshot": _object("ready", pvin=TEXT),
        "receive": [
            {
                "allOf": [
                    _object("receipt", id={"description": "The batch's."}),
                    {"$ref": "#/components/schemas/BatchReceipt"},
                ]
            }
        ],
        "send": [_object("positions", id={"description": "The device's own, for the answer."}, readings=READINGS)],
    },
    "/ws/inbox/": {
        "summary": "What concerns the signed-in user: their bookings, quotes, new requests, alerts",
        "snapshot": _object("snapshot"),
        "receive": [CHANGED, QUOTED, OPENED, ALERTED],
        "send": [],
    },
}


def add_sockets(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
    """drf-spectacular's post-processing hook."""
    result["info"]["description"] += LIVE_INTRODUCTION
    result["x-websockets"] = WEBSOCKETS
    return result
