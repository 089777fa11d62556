"""What was noticed of vehicles. `vin` means the pseudoVIN."""

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb_attributes import FloatAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


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
