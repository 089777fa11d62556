"""The worker's side: take a job, run it, and see to what others left."""

from datetime import timedelta

import structlog
from django.conf import settings

from atlas import objects, trail
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.errors import AtlasError, Conflict, Unavailable
from atlas.jobs import registry
from atlas.jobs.run import Cancelled, HandedBack, LeaseLost, Run
from atlas.jobs.services import KEPT, LONGEST_WORK, end, enqueue
from atlas.jobs.tables import Job, JobStatus
from atlas.shards import all_shards

log = structlog.get_logger(__name__)

MOST_ATTEMPTS = 5
"""Runs in a row that reach no new checkpoint; then the job has failed."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=10)
BATCH = 100
"""At most so many due jobs of each shard in one look; the next look takes the rest."""
LONGEST_ERROR = 500


def work(job_id: str) -> None:
    """Run a job to its end, or until it is another's. Nothing happens when it is over, or runs elsewhere."""
    job = claim(job_id)
    if job is None:
        return
    run = Run(job)
    try:
        with trail.within(trail.Work(via=f"job {job.name}", request_id=job.id)):
            registry.handler(job.name)(run)
        _finish(job, run)
    except HandedBack:
        _hand_back(job)
    except (Cancelled, LeaseLost, Lost) as stopped:
        log.info("job_stopped", job_id=job.id, job=job.name, why=type(stopped).__name__)
    except Exception as error:
        log.exception("job_failed", job_id=job.id, job=job.name, attempts=job.attempts)
        _fail(job.id, job.run, error)


def claim(job_id: str) -> Job | None:
    """Take the job for `JOB_LEASE`; None when there is nothing to do, or another worker has it or was faster."""
    job, now = Job.find(job_id, consistent=True), utc_now()
    if job is None or job.status.is_over:
        return None
    left = job.status is JobStatus.RUNNING
    if left and job.lease_until is not None and job.lease_until > now:
        return None
    if left:
        job.error = "The worker that ran it was lost."
    if job.attempts >= MOST_ATTEMPTS:
        end(job, JobStatus.FAILED)
    else:
        job.status, job.run, job.attempts = JobStatus.RUNNING, job.run + 1, job.attempts + 1
        job.started_at = job.started_at or now
        job.lease_until = job.due_at = now + settings.JOB_LEASE
        job.expires_at = now + LONGEST_WORK
    return job if _saved(job) and job.status is JobStatus.RUNNING else None


def follow() -> int:
    """See to every job whose time has come: start it, take it from a dead worker, clear its files. How many."""
    due = [key.id for shard in all_shards() for key in Job.due_index.query(shard, Job.due_at <= utc_now(), limit=BATCH)]
    for job_id in due:
        job = Job.find(job_id, consistent=True)
        if job is None or job.due_at is None or job.due_at > utc_now():
            continue
        if job.status.is_over:
            clear(job)
        else:
            enqueue(job_id)
    return len(due)


def clear(job: Job) -> None:
    """Delete the objects of a job that is over: the pieces of its file, and when its time has come the file too."""
    kept = job.file_until is not None and job.file_until > utc_now()
    objects.delete_under(job.folder, but=job.result_key if kept else None)
    if kept:
        job.due_at = job.file_until
    else:
        job.result_key = job.due_at = job.due_shard = None
    _saved(job)


def _finish(job: Job, run: Run) -> None:
    now, file = utc_now(), run.file_written
    job.status, job.finished_at, job.lease_until = JobStatus.DONE, now, None
    if file is not None:
        job.result_key, job.file_name, job.file_bytes = file.key, file.name, file.size
        job.file_until = now + settings.JOB_FILES_LIFE
    job.due_at = now + 2 * settings.JOB_LEASE
    job.state, job.pieces = {}, []
    job.expires_at = (job.file_until or now) + KEPT
    with transact() as tx:
        tx.save(job)


def _hand_back(job: Job) -> None:
    """No failure of the job's: it waits for another worker, and this run is not held against it."""
    job.status, job.lease_until, job.due_at = JobStatus.QUEUED, None, utc_now()
    job.attempts = max(0, job.attempts - 1)
    if _saved(job):
        enqueue(job.id)


def _fail(job_id: str, run: int, error: Exception) -> None:
    """Note the failure, and decide whether another run may do better. The row is read anew: what is stored counts."""
    job = Job.find(job_id, consistent=True)
    if job is None or job.status is not JobStatus.RUNNING or job.run != run:
        return
    job.error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    if isinstance(error, AtlasError):
        job.note = error.message
    if _is_final(error) or job.attempts >= MOST_ATTEMPTS:
        end(job, JobStatus.FAILED)
    else:
        job.status, job.lease_until = JobStatus.QUEUED, None
        job.due_at = utc_now() + min(FIRST_PAUSE * 2 ** (job.attempts - 1), LONGEST_PAUSE)
    _saved(job)


def _is_final(error: Exception) -> bool:
    """A rule said no: it would say no again. Races, outages and bugs may pass."""
    return isinstance(error, AtlasError) and not isinstance(error, Unavailable | Conflict)


def _saved(job: Job) -> bool:
    """Store it under its version; False when somebody else wrote it meanwhile, and theirs holds."""
    try:
        with transact() as tx:
            tx.save(job)
    except Lost:
        return False
    return True
