"""One row per job: what it is, how far it is, where another worker would go on."""

from enum import StrEnum

from pynamodb.attributes import BooleanAttribute, JSONAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb_attributes import IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.table import Schema, Table


class JobStatus(StrEnum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_over(self) -> bool:
        return self not in (JobStatus.QUEUED, JobStatus.RUNNING)


class JobsByOwner(GlobalSecondaryIndex["Job"]):
    class Meta:
        index_name = "owner-index"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True, attr_name="ownerId")
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class DueJobs(GlobalSecondaryIndex["Job"]):
    class Meta:
        index_name = "due-index"
        projection = KeysOnlyProjection()

    due_shard = NumberAttribute(hash_key=True, attr_name="dueShard")
    due_at = InstantAttribute(range_key=True, attr_name="dueAt")


class JobsByDay(GlobalSecondaryIndex["Job"]):
    class Meta:
        index_name = "day-index"
        projection = KeysOnlyProjection()

    day = UnicodeAttribute(hash_key=True)
    created_at = InstantAttribute(range_key=True, attr_name="createdAt")


class Job(Table):
    """Work in the background. Who may write it is said by its version: the worker that runs it, or who cancels it.

    - how one stands: GetItem `id`
    - a person's jobs: `owner-index`, newest first
    - staff: all jobs of a period: `day-index`, one query per day, newest first
    - what is to be started, was left by a dead worker, or has files to clear away: `due-index`, one query per shard,
      `dueAt <= now`
    - the same request again: the item of `idempotency-keys` that holds the id
    """

    class Meta(Schema):
        name = "jobs"
        retention = "a month after its end, or after its file's (TTL)"
        personal = True

    id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute()
    """What it does: the name under which the code registered it."""
    params = JSONAttribute(default=dict)
    dry_run = BooleanAttribute(attr_name="dryRun", default=False)
    """Go through all of it and change nothing."""
    owner_id = UnicodeAttribute(attr_name="ownerId", null=True)
    """The user who asked for it and may have its file; absent for the platform's own."""
    day = UnicodeAttribute()
    """UTC day of `createdAt`."""
    status = UnicodeEnumAttribute(JobStatus, default=JobStatus.QUEUED)

    done = IntegerAttribute(default=0)
    total = IntegerAttribute(null=True)
    note = UnicodeAttribute(default="")
    """For who waits: what is being done, or why it came to nothing."""

    run = IntegerAttribute(default=0)
    """How often a worker took it up; files of a run bear its number, so that none writes into another's."""
    attempts = IntegerAttribute(default=0)
    """Of these, how many since the last new checkpoint: too many in a row end it."""
    lease_until = InstantAttribute(attr_name="leaseUntil", null=True)
    state = JSONAttribute(default=dict)
    """The last checkpoint: what a run starts from."""
    pieces = JSONAttribute(default=list)
    """The file as of that checkpoint: `[run, count]` of the pieces of each run, in order."""
    error = UnicodeAttribute(null=True)
    """For staff: the last failure, also when a later run went well."""

    result_key = UnicodeAttribute(attr_name="resultKey", null=True)
    file_name = UnicodeAttribute(attr_name="fileName", null=True)
    file_bytes = IntegerAttribute(attr_name="fileBytes", null=True)
    file_until = InstantAttribute(attr_name="fileUntil", null=True)

    started_at = InstantAttribute(attr_name="startedAt", null=True)
    finished_at = InstantAttribute(attr_name="finishedAt", null=True)
    due_shard = NumberAttribute(attr_name="dueShard", null=True)
    due_at = InstantAttribute(attr_name="dueAt", null=True)
    """When to look at it: now while it waits, when its lease ends while it runs, when its files go afterwards."""
    expires_at = TTLAttribute(attr_name="expiresAt")

    owner_index = JobsByOwner()
    due_index = DueJobs()
    day_index = JobsByDay()

    @property
    def folder(self) -> str:
        """Under this prefix are all objects of the job."""
        return f"jobs/{self.id}/"
