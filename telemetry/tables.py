"""What the fleet's telemetry is kept in. `vin` in every table but the first of its kind means the pseudoVIN."""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class MappingsByUser(GlobalSecondaryIndex["VinMapping"]):
    class Meta:
        index_name = "user-index"
        projection = KeysOnlyProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class VinMapping(Table):
    """The one place where real VINs are, encrypted (`atlas.vault`). Read by staff with a reason, and audited.

    - the VIN of a pseudoVIN: GetItem `pvin`
    - the vehicles that a user registered: `user-index`, newest first
    """

    class Meta(Schema):
        name = "vin-mapping"
        retention = "as long as the vehicle"

    pvin = UnicodeAttribute(hash_key=True)
    sealed_vin = UnicodeAttribute(attr_name="sealedVin")
    """Opens in the context `vin:<pvin>` alone."""
    user_id = UnicodeAttribute(attr_name="userId")

    user_index = MappingsByUser()


class DevicesByOrganization(GlobalSecondaryIndex["Device"]):
    class Meta:
        index_name = "organization-index"
        projection = AllProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class Device(Table):
    """What may send readings of one vehicle. Revoked is deleted: its token counts no more from that moment.

    - who sends this (its id is in the token): GetItem `id`
    - the devices of an organization: `organization-index`, oldest first
    """

    class Meta(Schema):
        name = "devices"
        retention = "until revoked"

    id = UnicodeAttribute(hash_key=True)
    organization_id = UnicodeAttribute(attr_name="organizationId")
    pvin = UnicodeAttribute(attr_name="vin")
    name = UnicodeAttribute()
    token_hash = UnicodeAttribute(attr_name="tokenHash")
    """SHA-256 of the token, which is shown once and stored nowhere."""
    created_by = UnicodeAttribute(attr_name="createdBy")

    organization_index = DevicesByOrganization()


class VehiclesOfOrganization(GlobalSecondaryIndex["VehicleState"]):
    """KEYS_ONLY and without a time: a reading changes nothing in it, so it costs nothing to keep."""

    class Meta:
        index_name = "organization-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    pvin = UnicodeAttribute(range_key=True, attr_name="vin")


class VehicleState(Table):
    """A vehicle as it is: the newest value of each field, and its last points until they are in a chunk.

    - the state of a vehicle: GetItem `vin`
    - a fleet's live map: `organization-index`, then BatchGetItem

    One write per batch: `track` has what the trip machine needs, so that all of it changes together, under `version`.
    """

    class Meta(Schema):
        name = "vehicle-state"
        retention = "as long as the vehicle; overwritten"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    lat = FloatAttribute(null=True)
    lng = FloatAttribute(null=True)
    speed = FloatAttribute(null=True)
    heading = FloatAttribute(null=True)
    odometer = IntegerAttribute(null=True)
    battery_level = FloatAttribute(null=True, attr_name="batteryLevel")
    battery_range = IntegerAttribute(null=True, attr_name="batteryRange")
    energy_remaining = IntegerAttribute(null=True, attr_name="energyRemaining")
    altitude = IntegerAttribute(null=True)
    charging_state = UnicodeAttribute(null=True, attr_name="chargingState")
    shift_state = UnicodeAttribute(null=True, attr_name="shiftState")
    locked = BooleanAttribute(null=True)
    sentry_mode = BooleanAttribute(null=True, attr_name="sentryMode")
    climate_on = BooleanAttribute(null=True, attr_name="climateOn")
    inside_temp = FloatAttribute(null=True, attr_name="insideTemp")
    outside_temp = FloatAttribute(null=True, attr_name="outsideTemp")
    occupancy = IntegerAttribute(null=True)
    extra: MapAttribute[str, object] = MapAttribute(null=True)
    """What else the manufacturer says, under its own names."""
    track = BinaryAttribute(legacy_encoding=False, null=True)
    """`telemetry.state.packing`."""

    organization_index = VehiclesOfOrganization()

    def _stamp(self) -> None:
        """`updatedAt` is the time of its newest reading."""


class DueTrips(GlobalSecondaryIndex["TripState"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    shard = NumberAttribute(hash_key=True)
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class TripState(Table):
    """A vehicle that is under way, or whose trip waits to be archived.

    - is it under way, since when: GetItem `vin`
    - which to look at now, as they ended or may have fallen silent: `due-index`, one query per shard, `dueAt <= now`

    How far the trip is stands in `vehicle-state`: written when one begins and when it ends (`telemetry.trips.watch`).
    """

    class Meta(Schema):
        name = "trip-state"
        retention = "until the trip is archived"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    trip_id = UnicodeAttribute(attr_name="tripId")
    started_at = InstantAttribute(attr_name="startedAt")
    shard = NumberAttribute()
    due_at = InstantAttribute(attr_name="dueAt")

    due_index = DueTrips()


class Breadcrumbs(Table):
    """A chunk of a vehicle's points, packed (`telemetry.breadcrumbs.codec`): never an item per point.

    - the points of a time: Query `vin`, `start` downwards to the first chunk that begins before it
    """

    class Meta(Schema):
        name = "live-breadcrumbs"
        retention = "24 h (TTL)"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    start = NumberAttribute(range_key=True)
    """Of its first point, milliseconds since 1970."""
    end = NumberAttribute()
    length = NumberAttribute(attr_name="count")
    points = BinaryAttribute(legacy_encoding=False)
    expires_at = TTLAttribute(attr_name="expiresAt")


class DueErrors(GlobalSecondaryIndex["IngestError"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class IngestError(Table):
    """A step of the pipeline that failed for a batch that is kept: tried again until it succeeds, or is given up.

    - the errors of a vehicle: Query `vin`, in the order of time
    - what is due again: `due-index`, one query per shard, `dueAt <= now`; what was given up is not in it
    """

    class Meta(Schema):
        name = "errors"
        retention = "30 days (TTL)"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    key_ = UnicodeAttribute(range_key=True, attr_name="errorId")
    """Its time and the step, so that the same failure again is the same item."""
    step = UnicodeAttribute()
    error = UnicodeAttribute()
    news = BinaryAttribute(legacy_encoding=False)
    """What the step was told (`telemetry.ingest.receipt.News`)."""
    attempts = NumberAttribute(default=1)
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    expires_at = TTLAttribute(attr_name="expiresAt")

    due_index = DueErrors()
