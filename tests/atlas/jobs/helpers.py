"""What tests of jobs share."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from atlas import jobs
from atlas import objects as store
from atlas.jobs import worker
from atlas.jobs.tables import Job
from atlas.objects.store import storage

HEAD = "number,run"


def someone() -> str:
    """The id of a user that no other test knows."""
    return str(uuid4())


def now(job: Job) -> Job:
    """As it is stored."""
    return Job.fetch(job.id)


def result(job: Job) -> list[str]:
    """The lines of its file."""
    with store.open(str(now(job).result_key)) as stream:
        return list(stream.read().decode().splitlines())


def numbers(text: list[str]) -> list[int]:
    assert text[0] == HEAD
    return [int(line.partition(",")[0]) for line in text[1:]]


def kept_objects(job: Job) -> list[str]:
    return [each.key for each in storage().bucket.objects.filter(Prefix=job.folder)]


def pass_by(job: Job, time: timedelta) -> None:
    """So much later, in the middle of the next look at what is due."""
    stored: Any = now(job)
    for name in ("due_at", "file_until", "lease_until", "finished_at"):
        if value := getattr(stored, name):
            setattr(stored, name, value - time)
    stored.save()
    worker.follow()


def lines(count: int, **options: Any) -> Job:
    return jobs.start("samples.lines", params={"count": count, **options}, owner_id=someone())
