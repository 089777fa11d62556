"""`kill -9` of the worker in the middle of a job: its file is whole in the end, with every line once."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from atlas import jobs
from atlas.dynamo.attributes import utc_now
from atlas.jobs import worker
from atlas.jobs.output import PIECE_BYTES
from atlas.jobs.tables import Job, JobStatus
from atlas.local.service import Service
from tests.atlas.jobs import workers
from tests.atlas.jobs.helpers import kept_objects, lines, now, numbers, pass_by, result
from tests.stack import eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LEASE = timedelta(minutes=2)
"""Longer than a lease: who was silent for that long has lost its job."""
COUNT = 120
PAUSE = 0.05


@pytest.fixture
def workers_do_it() -> Iterator[None]:
    with workers.broker():
        yield


@pytest.mark.usefixtures("workers_do_it")
def test_a_killed_worker_delays_a_job_and_loses_and_repeats_nothing(tmp_path: Path) -> None:
    with workers.worker(tmp_path / "worker.log") as process:
        job = lines(COUNT, pause=PAUSE)
        for kills in range(1, 3):
            eventually(lambda at=kills: checkpoint_after(job, 25 * at), what="it is well on its way")  # type: ignore[misc]
            process.kill()
            left = now(job)
            assert left.status is JobStatus.RUNNING
            process.start()
            time.sleep(max(0.0, (left.lease_until - utc_now()).total_seconds()))
            assert worker.follow() > 0
            eventually(lambda at=kills: now(job).run == at + 1, what="another run took it up")  # type: ignore[misc]
        done = eventually(lambda: over(job), what="it is done", within=60)

    assert done.status is JobStatus.DONE, done.error
    text = result(done)
    assert numbers(text) == list(range(COUNT))
    assert {line.split(",")[1] for line in text[1:]} == {"1", "2", "3"}, "each run went on where the one before was"
    assert done.error == "The worker that ran it was lost."
    pass_by(job, timedelta(seconds=2 * workers.LEASE_SECONDS))
    assert kept_objects(done) == [done.result_key], "what the killed ones left behind is cleared away too"


@pytest.mark.usefixtures("workers_do_it")
def test_a_worker_stops_when_the_job_is_called_off(tmp_path: Path, settings: Settings) -> None:
    """Its places are free again: the next job is done."""
    with workers.worker(tmp_path / "worker.log"):
        endless = [lines(10_000, pause=PAUSE) for _ in range(settings.JOBS_AT_ONCE)]
        for job in endless:
            eventually(lambda job=job: now(job).status is JobStatus.RUNNING, what="it runs")  # type: ignore[misc]
        following = lines(3)
        time.sleep(0.5)
        assert now(following).status is JobStatus.QUEUED, "every place is taken"
        for job in endless:
            jobs.cancel(job.id)
        eventually(lambda: over(following), what="the next one is done", within=20)
    assert [now(job).status for job in endless] == [JobStatus.CANCELLED] * settings.JOBS_AT_ONCE


@pytest.mark.usefixtures("workers_do_it")
def test_a_worker_that_ends_in_order_lets_go_of_its_job(tmp_path: Path) -> None:
    """The next one goes on at once: nobody waits for a lease, and it is no failure."""
    with workers.worker(tmp_path / "worker.log") as process:
        job = lines(COUNT, pause=PAUSE)
        eventually(lambda: checkpoint_after(job, 25), what="it is well on its way")
        process.stop()
        left = now(job)
        assert (left.status, left.attempts) == (JobStatus.QUEUED, 0)
        assert left.error is None
        process.start()
        done = eventually(lambda: over(job), what="it is done", within=120)
    assert (done.status, done.run) == (JobStatus.DONE, 2)
    assert numbers(result(done)) == list(range(COUNT))


@pytest.mark.usefixtures("workers_do_it")
def test_the_object_server_dies_and_the_job_goes_on_later(tmp_path: Path, objects: Service) -> None:
    """Its pieces are on disk; what fails meanwhile is tried again from the last checkpoint."""
    with workers.worker(tmp_path / "worker.log"):
        job = lines(COUNT, pause=PAUSE)
        eventually(lambda: checkpoint_after(job, 25), what="it is well on its way")
        objects.kill()
        eventually(lambda: now(job).status is JobStatus.QUEUED, what="it waits for its next attempt")
        objects.start()
        eventually(lambda: follow_until_over(job), what="it is done")
    assert now(job).status is JobStatus.DONE
    assert numbers(result(job)) == list(range(COUNT))


def test_of_many_workers_one_has_it(queued: list[str]) -> None:
    """Eight reach for the same job at the same instant, again and again: it is done once, and by one at a time."""
    for _ in range(10):
        counter = f"silent:{uuid4()}"
        cache.set(counter, 0)
        job = jobs.start("samples.silent", params={"counter": counter, "seconds": 0.02}, owner_id=None)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(worker.work, [job.id] * 8))
        assert (now(job).status, now(job).run) == (JobStatus.DONE, 1)
        assert cache.get(f"{counter}:met") is None


def test_while_it_is_leased_nobody_else_has_it(queued: list[str]) -> None:
    job = lines(1)
    assert worker.claim(job.id) is not None
    assert worker.claim(job.id) is None
    assert worker.follow() == 0 or job.id not in queued[1:]


def test_a_silent_worker_loses_it_and_hears_so(queued: list[str], settings: Settings) -> None:
    """Both write meanwhile, each into its own pieces: only the second one's file counts."""
    job = lines(4)
    slow = jobs.Run(claimed(job))
    with pytest.raises(jobs.LeaseLost), slow.file("slow.csv", "text/csv") as out:  # noqa: PT012
        out.write("number,run\n0,1\n1,1\n")
        slow.checkpoint({"next": 2})
        pass_by(job, LEASE)
        worker.work(job.id)
        out.write("x" * PIECE_BYTES)  # it does not know yet
        slow._settled = 0
        slow.checkpoint({"next": 3})

    done = now(job)
    assert (done.status, done.run) == (JobStatus.DONE, 2)
    assert numbers(result(done)) == [0, 1, 2, 3]
    assert [line[-1] for line in result(done)[1:]] == ["1", "1", "2", "2"]


def test_progress_renews_the_lease(queued: list[str], settings: Settings) -> None:
    settings.JOB_LEASE = timedelta(seconds=1.5)
    job = lines(1)
    run = jobs.Run(claimed(job))
    for done in range(5):
        run._written = 0
        time.sleep(0.4)
        run.progress(done)
        assert now(job).lease_until > utc_now() + timedelta(seconds=0.5)


def test_a_job_that_kills_its_workers_is_given_up(queued: list[str], settings: Settings) -> None:
    job = lines(1)
    for _ in range(worker.MOST_ATTEMPTS):
        assert worker.claim(job.id) is not None
        pass_by(job, LEASE)
    assert worker.claim(job.id) is None
    assert (now(job).status, now(job).error) == (JobStatus.FAILED, "The worker that ran it was lost.")


def test_a_job_that_comes_further_each_time_is_not_given_up(queued: list[str], settings: Settings) -> None:
    job = lines(100)
    for attempt in range(worker.MOST_ATTEMPTS * 2):
        run = jobs.Run(claimed(job))
        run.checkpoint({"next": attempt + 1})
        pass_by(job, LEASE)
    assert worker.claim(job.id) is not None


def test_a_large_file_is_written_in_pieces_and_put_together(queued: list[str]) -> None:
    job = lines(1)
    run = jobs.Run(claimed(job))
    part = b"y" * (PIECE_BYTES // 2 + 1)
    with run.file("large.bin", "application/octet-stream") as out:
        for _ in range(5):
            out.write(part)
            assert out.waiting < PIECE_BYTES
        assert len(kept_objects(job)) == 2
    assert run.file_written is not None
    assert run.file_written.size == 5 * len(part)


def test_a_job_has_one_file(queued: list[str]) -> None:
    run = jobs.Run(claimed(lines(1)))
    with run.file("one.csv", "text/csv"):
        pass
    with pytest.raises(ValueError, match="one file"), run.file("two.csv", "text/csv"):
        pass


def test_a_checkpoint_is_small(queued: list[str]) -> None:
    run = jobs.Run(claimed(lines(1)))
    with pytest.raises(ValueError, match="65536 bytes"):
        run.checkpoint({"everything": "x" * 70_000})


def claimed(job: Job) -> Job:
    found = worker.claim(job.id)
    assert found is not None
    return found


def checkpoint_after(job: Job, line: int) -> bool:
    return bool(now(job).state.get("next", 0) > line)


def over(job: Job) -> Job | None:
    stored = now(job)
    return stored if stored.status.is_over else None


def follow_until_over(job: Job) -> Job | None:
    worker.follow()
    time.sleep(0.2)
    return over(job)
