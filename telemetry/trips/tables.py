"""What is kept of trips that are over: one row each, beside the archive of its points in the object store."""

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import Schema, Table
from telemetry.rules.safety import Kind, Severity


class Place(Document):
    """Degrees, WGS 84."""

    lat = FloatAttribute()
    lng = FloatAttribute()


class SafetyRecord(Document):
    """One event of `telemetry.rules.safety`."""

    kind = UnicodeEnumAttribute(Kind)
    severity = UnicodeEnumAttribute(Severity)
    at = InstantAttribute()
    duration = FloatAttribute()
    """Seconds."""
    lat = FloatAttribute()
    lng = FloatAttribute()
    peak = FloatAttribute()
    """m/s of speeding, g of the others."""


class TripsByDate(GlobalSecondaryIndex["Trip"]):
    class Meta:
        index_name = "date-index"
        projection = KeysOnlyProjection()

    trip_date = UnicodeAttribute(hash_key=True, attr_name="tripDate")
    pvin = UnicodeAttribute(range_key=True, attr_name="vin")


class TripsById(GlobalSecondaryIndex["Trip"]):
    class Meta:
        index_name = "id-index"
        projection = KeysOnlyProjection()

    trip_id = UnicodeAttribute(hash_key=True, attr_name="tripId")


class TripsByOrganization(GlobalSecondaryIndex["Trip"]):
    """KEYS_ONLY: a page is one query and one batch read, however many vehicles there are."""

    class Meta:
        index_name = "organization-index"
        projection = KeysOnlyProjection()

    organization_id = UnicodeAttribute(hash_key=True, attr_name="organizationId")
    started_at = InstantAttribute(range_key=True, attr_name="startedAt")


class TripsToDescribe(GlobalSecondaryIndex["Trip"]):
    class Meta:
        index_name = "words-index"
        projection = KeysOnlyProjection()

    words_shard = NumberAttribute(hash_key=True, attr_name="wordsShard")
    words_due_at = InstantAttribute(range_key=True, attr_name="wordsDueAt")


class Trip(Table):
    """A trip that is over: what is said of it, and where its points lie. Metres, seconds, m/s, percent, watt-hours.

    - the trips of a vehicle: Query `vin`, newest first (`tripId` is in the order of time)
    - the trips of a fleet in a time: `organization-index`, `startedAt` between two instants, then BatchGetItem
    - all trips of a day (recomputation, back-fill): `date-index`
    - one trip: `id-index`, then GetItem
    - which to describe in words, where that is wanted: `words-index`, one query per shard, `wordsDueAt <= now`

    A pure function of its archive and the settings (`telemetry.trips.row`), but for `bookingId` and `aiSummary`.
    """

    class Meta(Schema):
        name = "trips-index"
        retention = "90 days (TTL); its archive a year"

    pvin = UnicodeAttribute(hash_key=True, attr_name="vin")
    trip_id = UnicodeAttribute(range_key=True, attr_name="tripId")
    organization_id = UnicodeAttribute(attr_name="organizationId")
    """Whose vehicle it was then."""
    trip_date = UnicodeAttribute(attr_name="tripDate")
    """UTC day of its start."""
    started_at = InstantAttribute(attr_name="startedAt")
    ended_at = InstantAttribute(attr_name="endedAt")
    start_place = Place(attr_name="startPlace")
    end_place = Place(attr_name="endPlace")
    points = IntegerAttribute()
    distance = FloatAttribute()
    by_odometer = BooleanAttribute(attr_name="byOdometer")
    duration = FloatAttribute()
    max_speed = FloatAttribute(attr_name="maxSpeed")
    avg_speed = FloatAttribute(attr_name="avgSpeed")
    """While it moved."""
    energy = IntegerAttribute(null=True)
    start_battery = FloatAttribute(null=True, attr_name="startBattery")
    end_battery = FloatAttribute(null=True, attr_name="endBattery")
    driving_score = IntegerAttribute(attr_name="drivingScore")
    safety_events: ListAttribute[SafetyRecord] = ListAttribute(of=SafetyRecord, attr_name="safetyEvents")
    """The first hundred."""
    events = IntegerAttribute()
    """How many there are in all."""
    archive_key = UnicodeAttribute(attr_name="archiveKey")
    archive_bytes = IntegerAttribute(attr_name="archiveBytes")
    booking_id = UnicodeAttribute(null=True, attr_name="bookingId")
    """The ride that it served, if one is known."""
    ai_summary = UnicodeAttribute(null=True, attr_name="aiSummary")
    """In words; written later, where somebody asked for it."""
    words_shard = NumberAttribute(null=True, attr_name="wordsShard")
    words_due_at = InstantAttribute(null=True, attr_name="wordsDueAt")
    """While it waits to be described (`telemetry.trips.describing`)."""
    words_attempts = IntegerAttribute(null=True, attr_name="wordsAttempts")
    processed_at = InstantAttribute(attr_name="processedAt")
    expires_at = TTLAttribute(attr_name="expiresAt")

    date_index = TripsByDate()
    id_index = TripsById()
    organization_index = TripsByOrganization()
    words_index = TripsToDescribe()


class FleetHeat(Table):
    """Where a fleet was on a day: seconds in each cell of a tile (`telemetry.rules.heat`), added up trip by trip.

    - the heat of a fleet's day: Query `day`, a tile at a time

    Written in the transaction that writes the trip's row, so that no trip counts twice. A day costs what its area
    costs, however many vehicles drove there.
    """

    class Meta(Schema):
        name = "fleet-heat"
        retention = "90 days (TTL)"

    day = UnicodeAttribute(hash_key=True)
    """`<organizationId>#<YYYY-MM-DD>`, UTC."""
    tile = UnicodeAttribute(range_key=True)
    """`x/y` at the tile's zoom."""
    cells = BinaryAttribute(legacy_encoding=False)
    trips = IntegerAttribute()
    """How many were added."""
    expires_at = TTLAttribute(attr_name="expiresAt")
