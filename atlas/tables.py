"""The platform's own few tables, beside the 35 of the seeds."""

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class Unique(Table):
    """Claims a value for one owner: DynamoDB has no unique index, so the claim commits with the item that needs it.

    - who owns e-mail or booking reference X: GetItem `key`
    """

    class Meta(Schema):
        name = "uniques"
        personal = True

    key_ = UnicodeAttribute(hash_key=True, attr_name="key")
    """`email:<lower-case address>` or `reference:<ATL-...>`."""
    owner_id = UnicodeAttribute(attr_name="ownerId")


class DueOutbox(GlobalSecondaryIndex["OutboxRow"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class OutboxRow(Table):
    """A fact that must reach its handlers: written with the state it tells of, deleted when all have confirmed it.

    - deliver one: GetItem `id`
    - what is due again: `due-index`, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "outbox"
        retention = "until delivered"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    event = UnicodeAttribute()
    """Name of the event class."""
    payload = UnicodeAttribute()
    """The event as JSON."""
    attempts = IntegerAttribute(default=0)
    last_error = UnicodeAttribute(attr_name="lastError", null=True)
    due_shard = NumberAttribute(attr_name="dueShard")
    due_at = InstantAttribute(attr_name="dueAt")

    due_index = DueOutbox()


class IdempotencyKey(Table):
    """An answer kept for 24 h, so that the same request again gets the same answer; or the job that a key stands for.

    - the answer to a repeated request, the job of a key: GetItem `key`
    """

    class Meta(Schema):
        name = "idempotency-keys"
        retention = "24 h, of a job's key two months (TTL)"
        personal = True

    key_ = UnicodeAttribute(hash_key=True, attr_name="key")
    """SHA-256 of user, route and the client's key."""
    body_hash = UnicodeAttribute(attr_name="bodyHash")
    status = IntegerAttribute(null=True)
    """HTTP status of the answer; absent while the first request is still at work."""
    body = UnicodeAttribute(null=True)
    """Sealed with the client's key, which is not stored; of a job's key, the id of the job."""
    etag = UnicodeAttribute(null=True)
    lease_until = InstantAttribute(attr_name="leaseUntil")
    expires_at = TTLAttribute(attr_name="expiresAt")


class Counter(Table):
    """How many there are of something: kept in the transaction of the change itself, so that no page counts a table.

    - the counts of a group: Query `group`, one item per shard, added up (`atlas.counters`)

    Each name that is counted is an attribute of its own, `n:<name>`, so that one update moves an item from one state
    to another. An update is blind: the item is never read before.
    """

    class Meta(Schema):
        name = "counters"
        retention = "90 days after the last change (TTL)"

    group = UnicodeAttribute(hash_key=True)
    """What is counted, of which day: `bookings/2026-12-24`."""
    shard = NumberAttribute(range_key=True)
    """0 .. `COUNTER_SHARDS` - 1, by what was counted: two changes of different things seldom meet."""
    expires_at = TTLAttribute(attr_name="expiresAt")
