"""What vehicles were told to do, by whom, and what came of it. `vin` means the pseudoVIN."""

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from telemetry.rules.commands import CommandName, CommandStatus


class CommandsByUser(GlobalSecondaryIndex["Command"]):
    class Meta:
        index_name = "user-index"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    ts = InstantAttribute(range_key=True)


class CommandsByVehicle(GlobalSecondaryIndex["Command"]):
    class Meta:
        index_name = "vin-index"
        projection = AllProjection()

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    ts = InstantAttribute(range_key=True)


class DueCommands(GlobalSecondaryIndex["Command"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class Command(Table):
    """A command: written before it is sent, completed with what came of it, and never changed after that.

    - one that somebody sent, and whether the same request came before: GetItem `userId` + `commandId`
    - what somebody sent: `user-index`, newest first
    - what a vehicle was told: `vin-index`, newest first
    - what is not over, and due to be sent or looked at: `due-index`, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "command-audit"
        retention = "90 days (TTL)"
        personal = True

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    id = UnicodeAttribute(range_key=True, attr_name="commandId")
    """Made of the user and the key of their request where there is one, so that a repeat is the same command."""
    ts = InstantAttribute()
    pvin = UnicodeAttribute(attr_name="vin")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    """Whose vehicle it was then."""
    role = UnicodeAttribute()
    """As what they sent it: their role in the organization, or `ride` for the driver of a booking."""
    name = UnicodeEnumAttribute(CommandName, attr_name="command")
    temperature = FloatAttribute(null=True)
    """Celsius, of `climate_on`."""
    booking_id = UnicodeAttribute(null=True, attr_name="bookingId")
    status = UnicodeEnumAttribute(CommandStatus)
    reason = UnicodeAttribute(null=True, attr_name="result")
    """Why it is as it is, where that needs saying; a code."""
    attempts = IntegerAttribute(default=0)
    sent_at = InstantAttribute(null=True, attr_name="sentAt")
    """Of the last attempt."""
    completed_at = InstantAttribute(null=True, attr_name="completedAt")
    ip_address = UnicodeAttribute(null=True, attr_name="ip")
    user_agent = UnicodeAttribute(null=True, attr_name="userAgent")
    due_shard = NumberAttribute(null=True, attr_name="dueShard")
    due_at = InstantAttribute(null=True, attr_name="dueAt")
    expires_at = TTLAttribute(attr_name="expiresAt")

    user_index = CommandsByUser()
    vin_index = CommandsByVehicle()
    due_index = DueCommands()
