"""A vehicle on a live map: the one form in which a snapshot and each message after it show it.

A message says all that a map shows, not only what changed: a slow reader gets the newest one and has missed nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from atlas.api.fields import Instant
from telemetry.rules.reading import Scalar
from telemetry.state.store import NAMED
from telemetry.tables import VehicleState

PLACE = ("lat", "lng", "speed", "heading")
GLANCE = (
    "batteryLevel",
    "batteryRange",
    "odometer",
    "chargingState",
    "shiftState",
    "locked",
    "sentryMode",
    "climateOn",
)
"""What a dispatcher sees of a vehicle without opening it."""


def alerts_topic(organization_id: str) -> str:
    """For who may see every vehicle: alerts are for no others."""
    return f"fleet-alerts:{organization_id}"


def fleet_topic(organization_id: str) -> str:
    """An organization's vehicles, by their pseudoVINs as subjects."""
    return f"fleet:{organization_id}"


def on_map(pvin: str, values: Mapping[str, Scalar], at: datetime) -> dict[str, Any]:
    """`values` are the newest of the named fields, in SI units; `at` the newest reading's time."""
    location = None
    if "lat" in values:
        location = {**{name: values.get(name) for name in PLACE}, "timestamp": Instant().to_representation(at)}
    return {"pvin": pvin, "location": location, "state": {name: values[name] for name in GLANCE if name in values}}


def stored_on_map(state: VehicleState) -> dict[str, Any]:
    """As last stored; nothing but its name, if it was never heard of."""
    values = {wire: value for wire, name in NAMED.items() if (value := getattr(state, name)) is not None}
    return on_map(state.pvin, values if state.track is not None else {}, state.updated_at)
