"""The Celery tasks of jobs. A message only says that there may be something to do: the row says what is so."""

from threading import BoundedSemaphore

from celery import shared_task
from celery.signals import worker_shutting_down
from django.conf import settings

from atlas.jobs import services, worker
from atlas.jobs.run import ending

_at_once = BoundedSemaphore(settings.JOBS_AT_ONCE)
"""Places for jobs in this process: the rest of its threads stay free for what is quick (outbox, expiry)."""
_turned_away: set[str] = set()


@worker_shutting_down.connect
def stop_runs(**_: object) -> None:
    """A worker that ends in order lets go of its jobs, so that nobody waits for their leases."""
    ending.set()


@shared_task(acks_late=False)  # a lost run is found by its lease, and a long one must not be delivered twice
def run_job(job_id: str) -> None:
    """Run one job; where every place is taken it stays due, for another process or until a place is free."""
    if ending.is_set() or not _at_once.acquire(blocking=False):
        _turned_away.add(job_id)
        return
    try:
        worker.work(job_id)
    finally:
        _at_once.release()
    if _turned_away:
        services.enqueue(_turned_away.pop())


@shared_task
def follow_jobs() -> None:
    """The periodic job (`atlas.celery`)."""
    worker.follow()
