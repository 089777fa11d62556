"""Alerts and events on the wire."""

from atlas.api.fields import Choice, Flag, Id, Instant, Integer, Number, Text
from atlas.api.serializers import Query, Serializer
from telemetry.alerts.tables import AlertCategory, AlertStatus
from telemetry.rules.escalation import Severity


class AlertFilter(Query):
    vehicle = Text(required=False, max_length=64, help_text="PseudoVIN. One of the three at a time.")
    severity = Choice(Severity, required=False)
    category = Choice(AlertCategory, required=False)
    open = Flag(required=False, help_text="Without those that are resolved; a page may be short then.")


class AlertSerializer(Serializer):
    """Something to see to."""

    id = Id(read_only=True)
    pvin = Text(read_only=True, help_text="PseudoVIN of the vehicle.")
    category = Choice(AlertCategory, read_only=True)
    kind = Text(read_only=True)
    subject = Text(read_only=True, allow_null=True, help_text="Id of the geofence or the ride that it is about.")
    name = Text(read_only=True, allow_null=True)
    severity = Choice(Severity, read_only=True)
    status = Choice(AlertStatus, read_only=True)
    timestamp = Instant(read_only=True, help_text="When it began.")
    last_at = Instant(read_only=True, help_text="When it happened last.")
    occurrences = Integer(read_only=True)
    value = Number(read_only=True, allow_null=True, help_text="m/s of speeding, percent of a battery.")
    level = Integer(read_only=True, help_text="How often it was escalated.")
    acknowledged_by = Id(read_only=True, allow_null=True)
    acknowledged_at = Instant(read_only=True, allow_null=True)
    resolved_by = Id(read_only=True, allow_null=True)
    resolved_at = Instant(read_only=True, allow_null=True)


class EventSerializer(Serializer):
    """Something that happened to a vehicle."""

    kind = Text(read_only=True)
    at = Instant(read_only=True)
    subject = Text(read_only=True, allow_null=True, help_text="Id of the geofence.")
    name = Text(read_only=True, allow_null=True)
    lat = Number(read_only=True, allow_null=True)
    lng = Number(read_only=True, allow_null=True)
    value = Number(read_only=True, allow_null=True)
    alert_id = Id(read_only=True, allow_null=True)
