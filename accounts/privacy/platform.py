"""What the platform's own tables hold about people on their way through it, and what is in Redis and in mail files."""

from collections.abc import Iterator

from accounts.privacy import files, mail, memory
from accounts.privacy.redaction import show_without
from accounts.privacy.registry import Holding, Part, Subject
from atlas import objects
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import transact
from atlas.jobs import Job, JobStatus
from atlas.jobs.services import end
from atlas.outbox import LONGEST_RETRY
from atlas.shards import all_shards, shard_of
from atlas.tables import IdempotencyKey, OutboxRow


def _facts(subject: Subject) -> Iterator[OutboxRow]:
    """Undelivered facts that tell of the person: all are in the due index, and they are few or it is an alarm."""
    until = utc_now() + 2 * LONGEST_RETRY
    keys = [key.id for shard in all_shards() for key in OutboxRow.due_index.query(shard, OutboxRow.due_at <= until)]
    for row in get_many(*((OutboxRow, key) for key in keys), consistent=True):
        if row is not None and any(id in row.payload for id in subject.ids):
            yield row


def _forget_fact(subject: Subject, row: OutboxRow) -> None:
    """A fact names people by their ids. Its last failure is free text, and the payload of an older Atlas had names."""
    row.payload = subject.marks.redact(row.payload)
    row.last_error = subject.marks.redact(row.last_error) if row.last_error else None


def _jobs(subject: Subject) -> Iterator[Job]:
    """Those they asked for, and exports of them that staff asked for: those are theirs too."""
    keys = [key.id for key in Job.owner_index.query(subject.user_id)]
    yield from (job for job in get_many(*((Job, key) for key in keys), consistent=True) if job is not None)


def _forget_job(_: Subject, job: Job) -> None:
    job.params, job.state, job.pieces = {}, {}, []
    job.note, job.error = "", None
    job.result_key = job.file_name = job.file_bytes = job.file_until = None


def _write_job(_: Subject, job: Job) -> None:
    """With its files. A run that is under way hears that it is cancelled; what it still wrote is cleared soon after."""
    objects.delete_under(job.folder)
    status = job.status if job.status.is_over else JobStatus.CANCELLED
    end(job, status)
    job.due_shard = shard_of(job.id)
    with transact() as tx:
        tx.save(job)


def _nothing(_: Subject) -> Iterator[IdempotencyKey]:
    """Nobody can say whose they are: not even their key is stored, only its fingerprint."""
    return iter(())


PART = Part(
    holdings=(
        Holding(
            table=Job,
            what="Work in the background that the person asked for, and its file (an export)",
            why="To do what was asked for (contract)",
            found_by="`owner-index` `ownerId`",
            erased="Called off, emptied, its files deleted",
            find=_jobs,
            forget=_forget_job,
            write=_write_job,
            show=show_without("state", "pieces", "error", "resultKey", "dueShard", "dueAt", "leaseUntil"),
        ),
        Holding(
            table=OutboxRow,
            what="Facts on their way to their handlers; they name people by ids",
            why="What was decided must also happen (contract)",
            found_by="`due-index`, every shard: it has every row",
            erased="Names are struck; the row goes when it is delivered",
            find=_facts,
            forget=_forget_fact,
            passing=True,
        ),
        Holding(
            table=IdempotencyKey,
            what="The answer to a request that may be repeated, sealed with the key that only the client has",
            why="A retry does nothing twice (contract)",
            found_by="Nothing: unreadable without the client's key, which is not stored",
            erased="Unreadable from the start; gone after 24 h",
            find=_nothing,
        ),
    ),
    places=(memory.PLACE, mail.PLACE, files.PLACE),
)
