"""What was noticed of vehicles. `vin` means the pseudoVIN."""

from enum import StrEnum

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from atlas.trail import Trail
from telemetry.rules.escalation import Severity


class Occurrence(Table):
    """Something that happened to a vehicle: a fence crossed, a stretch of speeding, a battery that is low. Each once.

    - what happened to a vehicle, newest first: Query `vin`
    - was it told already: GetItem `vin` + `eventId`
    """

    class Meta(Schema):
        name = "alerts"
        retention = "critical 1 year, others 30 days (TTL)"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    key_ = UnicodeAttribute(range_key=True, attr_name="eventId")
    """`<time>#<kind>#<subject>`: the same again is the same item."""
    organization_id = UnicodeAttribute(attr_name="organizationId")
    """Whose vehicle it was then."""
    kind = UnicodeAttribute()
    at = InstantAttribute()
    subject = UnicodeAttribute(null=True)
    """Id of the fence that it is about."""
    name = UnicodeAttribute(null=True)
    """What the fence was called then."""
    lat = FloatAttribute(null=True)
    lng = FloatAttribute(null=True)
    value = FloatAttribute(null=True)
    """How much: m/s of speeding, percent of a battery."""
    alert_id = UnicodeAttribute(null=True, attr_name="alertId")
    """The alert that it raised, or added to."""
    expires_at = TTLAttribute(attr_name="expiresAt")


class AlertStatus(StrEnum):
    OPEN = "OPEN"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    RESOLVED = "RESOLVED"


class AlertCategory(StrEnum):
    GEOFENCE = "GEOFENCE"
    DRIVING = "DRIVING"
    ENERGY = "ENERGY"
    DEPARTURE = "DEPARTURE"


class AlertsOfVehicle(GlobalSecondaryIndex["FleetAlert"]):
    class Meta:
        index_name = "vin-index"
        projection = KeysOnlyProjection()

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    timestamp = InstantAttribute(range_key=True)


class AlertsByTime(GlobalSecondaryIndex["FleetAlert"]):
    class Meta:
        index_name = "organization-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    timestamp = InstantAttribute(range_key=True)


class AlertsByCategory(GlobalSecondaryIndex["FleetAlert"]):
    class Meta:
        index_name = "category-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    category = UnicodeAttribute(range_key=True)


class AlertsBySeverity(GlobalSecondaryIndex["FleetAlert"]):
    class Meta:
        index_name = "severity-index"
        projection = KeysOnlyProjection()

    grade = UnicodeAttribute(hash_key=True)
    timestamp = InstantAttribute(range_key=True)


class DueAlerts(GlobalSecondaryIndex["FleetAlert"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class FleetAlert(Table):
    """Something that a fleet's people are to see to. The same again, while it is not resolved, adds to it.

    - one of them: GetItem `alertId`
    - newest first of a fleet, a vehicle, a severity: `organization-index`, `vin-index`, `severity-index`, BatchGetItem
    - of a fleet, by what it is about: `category-index`, then BatchGetItem
    - which nobody acknowledged in time: `due-index`, one query per shard, `dueAt <= now`

    That there is one of each is a claim in `uniques`, made with it and let go when it is resolved.
    """

    class Meta(Schema):
        name = "fleet-alerts"
        retention = "critical 1 year, others 30 days (TTL)"
        trail = Trail(
            about=lambda alert: None,
            plain=frozenset({"status", "severity", "kind", "category", "acknowledgedBy", "resolvedBy"}),
            passing=frozenset({"occurrences", "lastAt", "dueAt", "dueShard", "level", "expiresAt"}),
        )

    id = UnicodeAttribute(hash_key=True, attr_name="alertId")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    pvin = UnicodeAttribute(attr_name="vin")
    category = UnicodeAttribute()
    kind = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    """Id of the fence or the ride that it is about."""
    name = UnicodeAttribute(null=True)
    """What that was called then."""
    severity = UnicodeEnumAttribute(Severity)
    grade = UnicodeAttribute()
    """`<organizationId>#<severity>`."""
    status = UnicodeEnumAttribute(AlertStatus, default=AlertStatus.OPEN)
    timestamp = InstantAttribute()
    """When it began, by the vehicle's readings."""
    last_at = InstantAttribute(attr_name="lastAt")
    occurrences = IntegerAttribute(default=1)
    value = FloatAttribute(null=True)
    acknowledged_by = UnicodeAttribute(null=True, attr_name="acknowledgedBy")
    acknowledged_at = InstantAttribute(null=True, attr_name="acknowledgedAt")
    resolved_by = UnicodeAttribute(null=True, attr_name="resolvedBy")
    resolved_at = InstantAttribute(null=True, attr_name="resolvedAt")
    level = IntegerAttribute(default=0)
    """How far it was escalated (`telemetry.rules.escalation`)."""
    due_shard = NumberAttribute(null=True, attr_name="dueShard")
    due_at = InstantAttribute(null=True, attr_name="dueAt")
    expires_at = TTLAttribute(attr_name="expiresAt")

    vin_index = AlertsOfVehicle()
    organization_index = AlertsByTime()
    category_index = AlertsByCategory()
    severity_index = AlertsBySeverity()
    due_index = DueAlerts()
