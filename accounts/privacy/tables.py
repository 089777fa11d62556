"""What stays of an erasure: that it was done, and for a while the means to prove it."""

from enum import StrEnum

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from accounts.privacy.marks import Kind
from accounts.rules.roles import Role
from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.table import Schema, Table


class ErasureStatus(StrEnum):
    """RUNNING until everything was looked at once; WAITING while something is still needed (a ride lies ahead)."""

    RUNNING = "RUNNING"
    WAITING = "WAITING"
    DONE = "DONE"


class DueErasures(GlobalSecondaryIndex["Erasure"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class Erasure(Table):
    """A person was forgotten: by whose wish, how far it is, how many rows of which table. Names nobody.

    - of a user: GetItem `id`
    - what must be gone on with, or looked at again: `due-index`, sparse, one query per shard, `dueAt <= now`
    """

    class Meta(Schema):
        name = "erasures"
        retention = "kept, as the evidence of it"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """The user's."""
    role = UnicodeEnumAttribute(Role)
    profile_id = UnicodeAttribute(attr_name="profileId", null=True)
    requested_by = UnicodeAttribute(attr_name="requestedBy", null=True)
    """The user's own id, or that of a superuser; absent for the command line."""
    reason = UnicodeAttribute(default="")
    status = UnicodeEnumAttribute(ErasureStatus, default=ErasureStatus.RUNNING)
    counts = JSONAttribute(default=dict)
    """Rows changed, by table or place, in all passes together."""
    waiting = IntegerAttribute(default=0)
    """Rows that are still needed as they are."""
    passes = IntegerAttribute(default=0)
    """Complete ones."""
    last_look_at = InstantAttribute(attr_name="lastLookAt", null=True)
    done_at = InstantAttribute(attr_name="doneAt", null=True)
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)

    due_index = DueErasures()


class MarkDocument(Document):
    """`accounts.privacy.marks.Mark`."""

    kind = UnicodeEnumAttribute(Kind)
    length = IntegerAttribute()
    whole = BooleanAttribute(default=False)
    mac = BinaryAttribute(legacy_encoding=False)


class ErasureProof(Table):
    """By which the traces of an erased person can be found: keyed fingerprints of what they were known by.

    - of an erasure: GetItem `id`
    """

    class Meta(Schema):
        name = "erasure-proofs"
        retention = "ERASURE_PROOF_DAYS after the erasure (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    """The user's."""
    salt = BinaryAttribute(legacy_encoding=False)
    """Random, of this erasure: with it goes the last means to compare anything with these fingerprints."""
    marks: ListAttribute[MarkDocument] = ListAttribute(of=MarkDocument, default=list)
    expires_at = TTLAttribute(attr_name="expiresAt")
