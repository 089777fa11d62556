"""Geofences, and which vehicles are in them. `vin` means the pseudoVIN."""

from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from telemetry.rules.escalation import Severity


class Geofence(Table):
    """A place that an organization wants to hear of.

    - the fences of an organization, one of them: Query / GetItem `organizationId` + `geofenceId`
    """

    class Meta(Schema):
        name = "geofences"
        retention = "until deleted"
        trail = Trail(
            about=lambda fence: None,
            plain=frozenset({"name", "radius", "dwellSeconds", "alertOn", "severity", "active", "vehicles"}),
            passing=frozenset({"geometry", "since"}),
        )

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    id = UnicodeAttribute(range_key=True, attr_name="geofenceId")
    name = UnicodeAttribute()
    geometry = UnicodeAttribute()
    """GeoJSON as `telemetry.rules.shapes` gave it: a Polygon, a MultiPolygon, or the Point in a circle's middle."""
    radius = FloatAttribute(null=True)
    """Metres, of a circle."""
    dwell_seconds = IntegerAttribute(null=True, attr_name="dwellSeconds")
    vehicles: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, null=True)  # type: ignore[arg-type]
    """PseudoVINs that it is about; absent: all of the organization's."""
    alert_on: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, attr_name="alertOn", default=list)  # type: ignore[arg-type]
    """Of ENTER, EXIT, DWELL those that raise an alert; the others are kept as events alone."""
    severity = UnicodeEnumAttribute(Severity, default=Severity.MEDIUM)
    active = BooleanAttribute(default=True)
    since = InstantAttribute()
    """When it became what it is: another shape, other vehicles, or active again. What was before does not count."""


class StatesOfFence(GlobalSecondaryIndex["GeofenceState"]):
    class Meta:
        index_name = "geofence-index"
        projection = AllProjection()

    fence_id = UnicodeAttribute(hash_key=True, attr_name="geofenceId")
    pvin = UnicodeAttribute(range_key=True, attr_name="vin")


class DueStates(GlobalSecondaryIndex["GeofenceState"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class GeofenceState(Table):
    """A vehicle and a fence that it is in, was in, or is about to cross.

    - the fences that a vehicle is in: Query `vin`
    - the vehicles that are in a fence: `geofence-index`
    - which vehicles to look at though they are silent: `due-index`, one query per shard, `dueAt <= now`

    Written once a crossing. What decides whether one is crossed is in `vehicle-state`, with the points it comes from.
    """

    class Meta(Schema):
        name = "geofence-state"
        retention = "while it is inside, and 30 days (TTL)"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    fence_id = UnicodeAttribute(range_key=True, attr_name="geofenceId")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    entered_at = InstantAttribute(null=True, attr_name="enteredAt")
    """Since when it is inside; absent while it is not."""
    changed_at = InstantAttribute(null=True, attr_name="changedAt")
    """The time of the newest event: an older one that is told late changes nothing."""
    due_shard = NumberAttribute(null=True, attr_name="dueShard")
    due_at = InstantAttribute(null=True, attr_name="dueAt")
    expires_at = TTLAttribute(null=True, attr_name="expiresAt")

    fence_index = StatesOfFence()
    due_index = DueStates()
