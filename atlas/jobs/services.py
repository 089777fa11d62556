"""Asking for a job, calling it off, and how jobs stand."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, read_page, scope
from atlas.dynamo.days import read_days
from atlas.dynamo.many import get_many
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict, Invalid, NotFound
from atlas.jobs import registry
from atlas.jobs.tables import Job, JobStatus
from atlas.shards import shard_of
from atlas.tables import IdempotencyKey

log = structlog.get_logger(__name__)

FRESH = timedelta(minutes=10)
"""For so long the same key gives the job that is done, instead of another one."""
KEPT = timedelta(days=30)
"""How long a row stays when nothing happens to it any more."""
LONGEST_WORK = timedelta(days=60)
"""A row that is not over is kept for so long after it was last taken up."""
LARGEST_PARAMS = 64 * 1024


@retried
def start(
    name: str,
    *,
    params: Mapping[str, Any] | None = None,
    owner_id: str | None,
    key: str | None = None,
    dry_run: bool = False,
    fresh: timedelta = FRESH,
) -> Job:
    """Have the job `name` done as soon as a worker is free, and return its row.

    `owner_id` is the user who may see it and have its file (None: nobody but staff). With the same `key` the same owner
    gets the same job for as long as it is not over, and for `fresh` after it is done: a second click starts nothing.
    """
    registry.handler(name)
    given = dict(params or {})
    if len(json.dumps(given).encode()) > LARGEST_PARAMS:
        raise Invalid("These are too many parameters for one job.")
    guard = None
    if key is not None:
        guard = _guard(name, owner_id, key)
        known = find(guard.body) if guard.body else None
        if known is not None and _answers(known, fresh):
            return known
    now = utc_now()
    id = str(uuid4())
    job = Job(
        id=id,
        name=name,
        params=given,
        dry_run=dry_run,
        owner_id=owner_id,
        day=now.date().isoformat(),
        created_at=now,
        due_shard=shard_of(id),
        due_at=now,
        expires_at=now + LONGEST_WORK,
    )
    with transact() as tx:
        tx.create(job)
        if guard is not None:
            guard.body, guard.expires_at = id, job.expires_at
            tx.save(guard)
        tx.on_commit(lambda: enqueue(id))
    return job


@retried
def cancel(job_id: str) -> Job:
    """Call it off: it stops at its next progress, and leaves no file. Twice is once; what is over is a `Conflict`."""
    job = fetch(job_id)
    if job.status is JobStatus.CANCELLED:
        return job
    if job.status.is_over:
        raise Conflict("It is over already.", code="wrong_state", details={"status": job.status})
    end(job, JobStatus.CANCELLED)
    with transact() as tx:
        tx.save(job)
    return job


def end(job: Job, status: JobStatus) -> None:
    """It is over without a file; what was written of one is cleared away when no run can write any more."""
    now = utc_now()
    job.status, job.finished_at, job.lease_until = status, now, None
    job.due_at = now + 2 * settings.JOB_LEASE
    job.expires_at = now + KEPT


def find(job_id: str | None) -> Job | None:
    """The job as it is this instant. One GetItem."""
    job = Job.find(job_id, consistent=True) if job_id else None
    return job if job is not None and job.expires_at > utc_now() else None


def fetch(job_id: str) -> Job:
    """Raises `NotFound`."""
    job = find(job_id)
    if job is None:
        raise NotFound
    return job


def of_owner(owner_id: str, *, cursor: str | None = None, limit: int = 50) -> Page[Job]:
    """A person's jobs, newest first."""
    page = read_page(
        Job.owner_index.query,
        owner_id,
        scope=scope("jobs", owner_id),
        cursor=cursor,
        limit=limit,
        scan_index_forward=False,
    )
    jobs = get_many(*((Job, key.id) for key in page.items))
    return _alive(Page([job for job in jobs if job is not None], page.next))


def recent(first: date, last: date, *, cursor: str | None = None, limit: int = 50) -> Page[Job]:
    """For staff: every job that was asked for on the UTC days `first` to `last`, newest first."""
    name = scope("jobs", first, last)
    return _alive(read_days(Job, Job.day_index, first, last, scope=name, cursor=cursor, limit=limit))


def _alive(page: Page[Job]) -> Page[Job]:
    """Without those past their TTL: DynamoDB deletes late."""
    now = utc_now()
    return Page([job for job in page.items if job.expires_at > now], page.next)


def enqueue(job_id: str) -> None:
    """Tell the workers. Where the broker is away the row waits for the next look at what is due."""
    from atlas.jobs.tasks import run_job  # noqa: PLC0415 (tasks need services)

    try:
        run_job.apply_async((job_id,), expires=_stale())
    except Exception:
        log.warning("jobs_broker_away", job_id=job_id)


def _stale() -> datetime:
    """A message nobody came to within three looks is dropped: each look sends another."""
    return utc_now() + timedelta(seconds=3 * settings.JOBS_EVERY_SECONDS)


def _guard(name: str, owner_id: str | None, key: str) -> IdempotencyKey:
    """The item that remembers which job a key stands for; a new one has no `body` yet."""
    digest = sha256(json.dumps(["job", name, owner_id, key]).encode()).hexdigest()
    known = IdempotencyKey.find(digest, consistent=True)
    return known or IdempotencyKey(key_=digest, body_hash="", lease_until=utc_now())


def _answers(job: Job, fresh: timedelta) -> bool:
    if not job.status.is_over:
        return True
    done = job.status is JobStatus.DONE and job.finished_at is not None
    return done and job.finished_at + fresh > utc_now() and (job.file_name is None or job.result_key is not None)
