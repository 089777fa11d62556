"""A vehicle's state on the wire: SI units, null for what it never said."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas.api.fields import Flag, Instant, Integer, Number, Text
from atlas.api.serializers import Serializer
from telemetry.tables import VehicleState


class VehicleStateSerializer(Serializer):
    """The newest value of each field."""

    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    lat = Number(read_only=True, allow_null=True)
    lng = Number(read_only=True, allow_null=True)
    speed = Number(read_only=True, allow_null=True, help_text="m/s.")
    heading = Number(read_only=True, allow_null=True, help_text="Degrees clockwise from north.")
    odometer = Integer(read_only=True, allow_null=True, help_text="Metres.")
    battery_level = Number(read_only=True, allow_null=True, help_text="Percent.")
    battery_range = Integer(read_only=True, allow_null=True, help_text="Metres.")
    energy_remaining = Integer(read_only=True, allow_null=True, help_text="Watt-hours.")
    altitude = Integer(read_only=True, allow_null=True, help_text="Metres.")
    charging_state = Text(read_only=True, allow_null=True)
    shift_state = Text(read_only=True, allow_null=True)
    locked = Flag(read_only=True, allow_null=True)
    sentry_mode = Flag(read_only=True, allow_null=True)
    climate_on = Flag(read_only=True, allow_null=True)
    inside_temp = Number(read_only=True, allow_null=True, help_text="Celsius.")
    outside_temp = Number(read_only=True, allow_null=True, help_text="Celsius.")
    occupancy = Integer(read_only=True, allow_null=True)
    extra = serializers.SerializerMethodField(help_text="What else the manufacturer says, under its own names.")
    updated_at = serializers.SerializerMethodField(
        method_name="spoke_at", help_text="Time of the newest reading; null before the first."
    )

    @extend_schema_field({"type": "object", "additionalProperties": True})
    def get_extra(self, state: VehicleState) -> dict[str, Any]:
        return dict(state.extra or {})

    @extend_schema_field({"type": ["string", "null"], "format": "date-time"})
    def spoke_at(self, state: VehicleState) -> str | None:
        return None if state.track is None else Instant().to_representation(state.updated_at)
