"""What an organization wants to be watched for."""

from pynamodb.attributes import UnicodeAttribute
from pynamodb_attributes import FloatAttribute, IntegerAttribute

from atlas.dynamo.table import Schema, Table


class SecuritySettings(Table):
    """The watch of an organization: its limits, and how often its fences have changed.

    - of an organization: GetItem `organizationId`, once in two minutes and by one process for all (the cache has it)
    """

    class Meta(Schema):
        name = "security-settings"
        retention = "as long as the organization"

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    fences = IntegerAttribute(default=0)
    """How many there are."""
    fences_version = IntegerAttribute(default=0, attr_name="fencesVersion")
    """Other than what a process has: it reads the fences again."""
    speed_limit = FloatAttribute(null=True, attr_name="speedLimit")
    """m/s, above which a vehicle speeds; absent: what the platform says (`SAFETY_SPEEDING_MPH`)."""
    low_battery = FloatAttribute(null=True, attr_name="lowBattery")
    """Percent, below which it is low; absent: 15."""
