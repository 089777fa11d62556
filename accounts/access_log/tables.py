"""The access log's own two tables. Nothing updates an entry but its sealing, and the forgetting of a person."""

from collections.abc import Callable
from typing import Any, Self, TypeVar

from pynamodb.attributes import ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from accounts.access_log.deeds import Deed
from accounts.access_log.digests import entry_digest, seal_hash
from atlas.dynamo.table import Capacity, Schema, Table

T = TypeVar("T", bound=Table)


def as_stored(table: type[T], data: dict[str, Any], read: Callable[[dict[str, Any]], T]) -> T:
    """The item with its wire form. One that somebody damaged has nothing but its keys, and stops no reading."""
    try:
        item = read(data)
    except Exception:
        names = (table._hash_keyname, table._range_keyname)
        keys = {name: table.get_attributes()[str(name)] for name in names if name}
        item = table(**{str(name): key.deserialize(key.get_value(data[key.attr_name])) for name, key in keys.items()})
    item.stored = data
    return item


class EntriesBySubject(GlobalSecondaryIndex["AccessEntry"]):
    class Meta:
        index_name = "subject-index"
        projection = IncludeProjection(["actorId"])

    subject_id = UnicodeAttribute(hash_key=True, attr_name="subjectId")
    moment = UnicodeAttribute(range_key=True)
    actor_id = UnicodeAttribute(attr_name="actorId", null=True)


class EntriesByActor(GlobalSecondaryIndex["AccessEntry"]):
    class Meta:
        index_name = "actor-index"
        projection = KeysOnlyProjection()

    actor_id = UnicodeAttribute(hash_key=True, attr_name="actorId")
    moment = UnicodeAttribute(range_key=True)


class EntriesByDay(GlobalSecondaryIndex["AccessEntry"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    day = UnicodeAttribute(hash_key=True)
    moment = UnicodeAttribute(range_key=True)


class UnsealedEntries(GlobalSecondaryIndex["AccessEntry"]):
    class Meta:
        index_name = "unsealed-index"
        projection = IncludeProjection(["digest", "expiresAt"])

    unsealed_shard = NumberAttribute(hash_key=True, attr_name="unsealedShard")
    moment = UnicodeAttribute(range_key=True)
    digest = UnicodeAttribute()
    expires_at = TTLAttribute(attr_name="expiresAt")


class AccessEntry(Table):
    """One deed: who, what, whose, when, from where, why.

    - the story of one item (the admin's history): Query `object`, newest first
    - whose data was touched: `subject-index`; by whom: `actor-index`; all of a day: `day-index`, a query per shard
    - what no seal holds yet: `unsealed-index`, sparse, a query per shard

    Indexes hold keys: entries are written always and read rarely, so a page costs a BatchGetItem more and a write
    one unit per index.
    """

    class Meta(Schema):
        name = "access-log"
        capacity = Capacity(write=200, read=50)
        retention = "ACCESS_LOG_RETENTION_DAYS (TTL)"
        personal = True

    object_ = UnicodeAttribute(hash_key=True, attr_name="object")
    """`users:<id>`, `bookings:<id>`: the item, by its table."""
    moment = UnicodeAttribute(range_key=True)
    """UTC time and a random id, `2026-11-23T06:20:00.000000Z#<uuid>`: sorts by time, and is nobody else's."""
    deed = UnicodeEnumAttribute(Deed)
    subject_id = UnicodeAttribute(attr_name="subjectId", null=True)
    """The user whose data it is."""
    actor_id = UnicodeAttribute(attr_name="actorId", null=True)
    """The user who did it; absent for the platform (SYSTEM) and for strangers (ANONYMOUS)."""
    actor_role = UnicodeAttribute(attr_name="actorRole")
    resource = UnicodeAttribute(null=True)
    """What was shown or done, in a word: `booking`, `drivers`, `refund`."""
    via = UnicodeAttribute()
    """`GET /api/v1/bookings/<id>`, `job bookings.tasks.expire_due`."""
    request_id = UnicodeAttribute(attr_name="requestId", null=True)
    fields: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, null=True)  # type: ignore[arg-type]
    """Names of the changed attributes whose values are in `personal`."""
    change = UnicodeAttribute(null=True)
    """`{"status": ["ACTIVE", "SUSPENDED"]}`: before and after of what says nothing of a person. JSON."""
    personal = UnicodeAttribute(null=True)
    """Before and after of everything else, and the reason; JSON with a salt. Erased with the subject."""
    personal_digest = UnicodeAttribute(attr_name="personalDigest", null=True)
    personal_erased_by = UnicodeAttribute(attr_name="personalErasedBy", null=True)
    """`<object> <moment>` of the ERASED entry that allows `personal` to be gone."""
    whence = UnicodeAttribute(null=True)
    """Address and browser of the actor; JSON with a salt. Erased with the actor."""
    whence_digest = UnicodeAttribute(attr_name="whenceDigest", null=True)
    whence_erased_by = UnicodeAttribute(attr_name="whenceErasedBy", null=True)
    day = UnicodeAttribute()
    """UTC date and shard, `2026-11-23#3`."""
    digest = UnicodeAttribute(default="")
    """Of everything but the erasable parts and the attributes of sealing; made at every write."""
    unsealed_shard = NumberAttribute(attr_name="unsealedShard", null=True)
    seal_number = IntegerAttribute(attr_name="sealNumber", null=True)
    seal_proof = UnicodeAttribute(attr_name="sealProof", null=True)
    expires_at = TTLAttribute(attr_name="expiresAt")

    subject_index = EntriesBySubject()
    actor_index = EntriesByActor()
    day_index = EntriesByDay()
    unsealed_index = UnsealedEntries()

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """Every way of writing an entry passes here: its digest is of what is written."""
        wire = super().serialize(null_check=null_check)
        self.digest = entry_digest(wire)
        return {**wire, "digest": {"S": self.digest}}

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        """Keeps what was stored, to the letter: that is what is verified. See `as_stored`."""
        return as_stored(cls, data, super().from_raw_data)

    @property
    def is_whole(self) -> bool:
        """False for one that somebody damaged so that it cannot even be read."""
        return "deed" in self.attribute_values

    @property
    def id(self) -> str:
        return self.moment.partition("#")[2]

    @property
    def at(self) -> str:
        """ISO 8601, UTC."""
        return self.moment.partition("#")[0]


class Seal(Table):
    """A link of the chain: some entries with their digests, and the hash of the link before.

    - the newest: Query `chain` backwards, one item; all in order: Query `chain` by `number`
    """

    class Meta(Schema):
        name = "access-seals"
        retention = "until the entries it holds have expired (TTL)"

    chain = UnicodeAttribute(hash_key=True)
    number = NumberAttribute(range_key=True)
    """1, 2, 3, ... without gaps."""
    previous_hash = UnicodeAttribute(attr_name="previousHash")
    previous_expires_at = NumberAttribute(attr_name="previousExpiresAt")
    """Until when the seal before must be there, in seconds since 1970."""
    entries = UnicodeAttribute()
    """`[[object, moment, digest, expires at], ...]` in order of moment, as JSON."""
    hash = UnicodeAttribute(default="")
    """Keyed, of everything here."""
    expires_at = TTLAttribute(attr_name="expiresAt")

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        wire = super().serialize(null_check=null_check)
        self.hash = seal_hash(wire)
        return {**wire, "hash": {"S": self.hash}}

    @classmethod
    def from_raw_data(cls, data: dict[str, Any]) -> Self:
        return as_stored(cls, data, super().from_raw_data)
