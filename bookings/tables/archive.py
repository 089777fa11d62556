"""What stays in DynamoDB of bookings that were archived, and the files that they went into."""

from enum import StrEnum

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import BookingType, PaymentStatus


class ArchivedByConcierge(GlobalSecondaryIndex["ArchivedBooking"]):
    class Meta:
        index_name = "concierge-index"
        projection = KeysOnlyProjection()

    concierge_id = UnicodeAttribute(hash_key=True, attr_name="conciergeId")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


class ArchivedByOperator(GlobalSecondaryIndex["ArchivedBooking"]):
    class Meta:
        index_name = "operator-index"
        projection = KeysOnlyProjection()

    operator_id = UnicodeAttribute(hash_key=True, attr_name="operatorId")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


class ArchivedByDriver(GlobalSecondaryIndex["ArchivedBooking"]):
    class Meta:
        index_name = "driver-index"
        projection = KeysOnlyProjection()

    driver_id = UnicodeAttribute(hash_key=True, attr_name="driverId")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


class ArchivedByDay(GlobalSecondaryIndex["ArchivedBooking"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    pickup_day = UnicodeAttribute(hash_key=True, attr_name="pickupDay")
    pickup_at = InstantAttribute(range_key=True, attr_name="pickupAt")


class ArchivedBooking(Table):
    """The index row of a booking in the archive: what it was, where its record lies, and the keys that open it.

    - by id: GetItem `id`; by reference: `uniques` `reference:<ATL-...>`, then GetItem
    - a person's, to forget them: `concierge-index`, `operator-index`, `driver-index`
    - all of a day of pick-ups (staff, deletion): `day-index`
    """

    class Meta(Schema):
        name = "archived-bookings"
        retention = "7 years after the pick-up; longer under a legal hold"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    reference = UnicodeAttribute()
    status = UnicodeEnumAttribute(BookingStatus)
    """In which it was archived. Being archived is no step of a booking's life, so it is none of these."""
    type_ = UnicodeEnumAttribute(BookingType, attr_name="type")
    payment_status = UnicodeEnumAttribute(PaymentStatus, attr_name="paymentStatus")
    concierge_id = UnicodeAttribute(attr_name="conciergeId")
    operator_id = UnicodeAttribute(attr_name="operatorId", null=True)
    driver_id = UnicodeAttribute(attr_name="driverId", null=True)
    pickup_at = InstantAttribute(attr_name="pickupAt")
    pickup_day = UnicodeAttribute(attr_name="pickupDay")
    """UTC date of `pickup_at`: the partition of the archive, and what retention counts from."""
    requested_at = InstantAttribute(attr_name="requestedAt")
    final_price = IntegerAttribute(attr_name="finalPrice", null=True)
    currency = UnicodeAttribute(default="USD")
    receipt_number = UnicodeAttribute(attr_name="receiptNumber", null=True)

    part = UnicodeAttribute()
    """Its file: `ArchiveFile` of `pickup_day` and this."""
    object_key = UnicodeAttribute(attr_name="objectKey")
    offset = NumberAttribute()
    """Of the gzip member in which its line is, in bytes."""
    length = NumberAttribute()
    people_key = UnicodeAttribute(attr_name="peopleKey", null=True)
    """Opens the sealed part about who rode, from where to where; gone when they are forgotten, and it with it.
    Base64."""
    words_key = UnicodeAttribute(attr_name="wordsKey", null=True)
    """Opens what people typed: notes, reasons."""
    restore_asked_at = InstantAttribute(attr_name="restoreAskedAt", null=True)
    restore_asked_by = UnicodeAttribute(attr_name="restoreAskedBy", null=True)

    concierge_index = ArchivedByConcierge()
    operator_index = ArchivedByOperator()
    driver_index = ArchivedByDriver()
    day_index = ArchivedByDay()


class FileState(StrEnum):
    """WRITING: the object may not be whole, every booking is still in its table. WRITTEN: the object was read back and
    is right, bookings move into it one by one. STORED: all have moved."""

    WRITING = "WRITING"
    WRITTEN = "WRITTEN"
    STORED = "STORED"


class DueFiles(GlobalSecondaryIndex["ArchiveFile"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class ArchiveFile(Table):
    """A file of archived bookings of one day of pick-ups.

    - those of a day: Query `day`
    - what was left half done, or is to be deleted: `due-index`, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "archive-files"
        retention = "as the last booking in it"

    day = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    """`<time of writing>-<random>`."""
    state = UnicodeEnumAttribute(FileState, default=FileState.WRITING)
    key_secret = BinaryAttribute(attr_name="keySecret", null=True, legacy_encoding=False)
    """Of which the keys of its records are made; gone when each record's row has its own."""
    records = IntegerAttribute(default=0)
    bytes_ = IntegerAttribute(attr_name="bytes", default=0)
    sha256 = UnicodeAttribute(null=True)
    due_shard = NumberAttribute(attr_name="dueShard")
    due_at = InstantAttribute(attr_name="dueAt")
    """When to look at it: soon while it is not STORED, then on the day of its deletion."""

    due_index = DueFiles()

    @property
    def folder(self) -> str:
        year, month, day = self.day.split("-")
        return f"bookings/year={year}/month={month}/day={day}/"

    @property
    def object_key(self) -> str:
        return f"archive/{self.folder}{self.part}.jsonl.gz"

    @property
    def manifest_key(self) -> str:
        """Outside of what moves to Glacier: it says what is there."""
        return f"archive-manifests/{self.folder}{self.part}.json"
