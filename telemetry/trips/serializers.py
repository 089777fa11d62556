"""Trips on the wire: metres, m/s, seconds, percent, watt-hours; instants in UTC; null for what nobody said."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from atlas.api.fields import Choice, Flag, Instant, Integer, LocalDate, Number, Text
from atlas.api.serializers import Query, Serializer
from telemetry.rules.heat import centre_of
from telemetry.rules.safety import Kind, Severity
from telemetry.trips.exports import FORMATS
from telemetry.trips.selectors import HeatTile

MOST_POINTS = 10_000


class TripFilter(Query):
    vehicle = Text(required=False, max_length=64, help_text="PseudoVIN: the trips of this vehicle alone.")
    date = LocalDate(required=False, help_text="The UTC day on which they began.")


class PointsFilter(Query):
    most = Integer(
        min_value=2,
        max_value=MOST_POINTS,
        default=2_000,
        help_text="At most so many points, evenly, with the first and the last one.",
    )


class ExportFilter(Query):
    format = Choice(sorted(FORMATS), help_text="GPX 1.1, GeoJSON (RFC 7946) or CSV.")


class HeatFilter(Query):
    date = LocalDate(help_text="A UTC day.")


class TripPlaceSerializer(Serializer):
    lat = Number(read_only=True)
    lng = Number(read_only=True)


class SafetyEventSerializer(Serializer):
    kind = Choice(Kind, read_only=True)
    severity = Choice(Severity, read_only=True)
    at = Instant(read_only=True)
    duration = Number(read_only=True, help_text="Seconds.")
    lat = Number(read_only=True)
    lng = Number(read_only=True)
    peak = Number(read_only=True, help_text="m/s of speeding, g of the others.")


class TripSerializer(Serializer):
    """A trip that is over."""

    trip_id = Text(read_only=True)
    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    trip_date = Text(read_only=True, help_text="UTC day of its start.")
    started_at = Instant(read_only=True)
    ended_at = Instant(read_only=True)
    start_place = TripPlaceSerializer(read_only=True)
    end_place = TripPlaceSerializer(read_only=True)
    points = Integer(read_only=True)
    distance = Number(read_only=True, help_text="Metres.")
    by_odometer = Flag(read_only=True, help_text="Whether the odometer said it; else the way along the points.")
    duration = Number(read_only=True, help_text="Seconds.")
    max_speed = Number(read_only=True, help_text="m/s.")
    avg_speed = Number(read_only=True, help_text="m/s while it moved.")
    energy = Integer(read_only=True, allow_null=True, help_text="Watt-hours used.")
    start_battery = Number(read_only=True, allow_null=True, help_text="Percent.")
    end_battery = Number(read_only=True, allow_null=True, help_text="Percent.")
    driving_score = Integer(read_only=True, help_text="0 to 100.")
    events = Integer(read_only=True, help_text="How many safety events there were.")
    booking_id = Text(read_only=True, allow_null=True, help_text="The ride that it served, if one is known.")
    ai_summary = Text(read_only=True, allow_null=True, help_text="In words, where these are wanted.")


class TripDetailSerializer(TripSerializer):
    """A trip with its safety events, the first hundred."""

    safety_events = SafetyEventSerializer(many=True, read_only=True)


class TripPointSerializer(Serializer):
    timestamp = Instant(read_only=True)
    lat = Number(read_only=True)
    lng = Number(read_only=True)
    speed = Number(read_only=True, allow_null=True, help_text="m/s.")
    heading = Number(read_only=True, allow_null=True, help_text="Degrees clockwise from north.")
    odometer = Integer(read_only=True, allow_null=True, help_text="Metres.")
    battery_level = Number(read_only=True, allow_null=True, help_text="Percent.")
    energy_remaining = Integer(read_only=True, allow_null=True, help_text="Watt-hours.")
    altitude = Integer(read_only=True, allow_null=True, help_text="Metres.")


class TripReplaySerializer(Serializer):
    """Its points in the order of time, to be played again."""

    trip_id = Text(read_only=True)
    of = Integer(read_only=True, help_text="How many points the trip has.")
    points = TripPointSerializer(many=True, read_only=True)


class HeatCellSerializer(Serializer):
    lat = Number(read_only=True, help_text="Of its middle; so is `lng`.")
    lng = Number(read_only=True)
    seconds = Integer(read_only=True, help_text="Spent there by all vehicles of the fleet.")


class HeatTileSerializer(Serializer):
    """One tile of 30 km or so (Web Mercator, zoom 10) and its cells of 230 m or so (zoom 17)."""

    tile = serializers.SerializerMethodField(help_text="`zoom/x/y`.")
    trips = Integer(read_only=True, help_text="That went through it.")
    cells = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string"})
    def get_tile(self, heat: HeatTile) -> str:
        return f"10/{heat.tile.x}/{heat.tile.y}"

    @extend_schema_field(HeatCellSerializer(many=True))
    def get_cells(self, heat: HeatTile) -> list[dict[str, Any]]:
        found = []
        for cell, seconds in heat.cells.items():
            lat, lng = centre_of(heat.tile, cell)
            found.append({"lat": round(lat, 6), "lng": round(lng, 6), "seconds": seconds})
        return found
