"""A job from the asking to its file: done, failed, called off, asked for twice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from atlas import jobs
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, Invalid, NotFound
from atlas.jobs import worker
from atlas.jobs.registry import UnknownJob
from atlas.jobs.tables import Job, JobStatus
from tests.atlas.jobs.helpers import kept_objects, lines, now, numbers, pass_by, result, someone

pytestmark = pytest.mark.slow

LONG_AGO = timedelta(days=365)


def test_a_job_is_done_and_leaves_its_file() -> None:
    owner = someone()
    asked = jobs.start("samples.lines", params={"count": 25}, owner_id=owner)
    assert (asked.status, asked.owner_id, asked.params) == (JobStatus.QUEUED, owner, {"count": 25})

    done = now(asked)

    assert (done.status, done.done, done.total, done.note) == (JobStatus.DONE, 25, 25, "Line 25")
    assert numbers(result(done)) == list(range(25))
    assert (done.file_name, done.file_bytes) == ("Lines 25.csv", len("\n".join(result(done))) + 1)
    assert done.started_at is not None
    assert done.finished_at is not None
    assert done.lease_until is None
    assert done.error is None


def test_an_unknown_job_cannot_be_asked_for() -> None:
    with pytest.raises(UnknownJob, match=r"knows no job called samples\.nothing"):
        jobs.start("samples.nothing", owner_id=None)


def test_a_job_whose_code_is_gone_waits_for_it_and_fails_in_the_end(queued: list[str]) -> None:
    asked = lines(1)
    stored = now(asked)
    stored.name = "samples.of_tomorrow"
    stored.save()
    worker.work(asked.id)
    assert now(asked).status is JobStatus.QUEUED
    assert "knows no job called samples.of_tomorrow" in str(now(asked).error)


def test_parameters_that_are_too_many_are_refused() -> None:
    with pytest.raises(Invalid):
        jobs.start("samples.dry", params={"text": "x" * 70_000}, owner_id=None)


@pytest.mark.parametrize("dry", [True, False])
def test_a_dry_run_says_so(dry: bool) -> None:
    job = jobs.start("samples.dry", owner_id=None, dry_run=dry)
    assert now(job).note == ("dry" if dry else "wet")
    assert now(job).status is JobStatus.DONE
    assert now(job).file_name is None


class TestOneKey:
    def test_while_it_runs_it_is_the_same_job(self, queued: list[str]) -> None:
        owner = someone()
        first, second = (jobs.start("samples.dry", owner_id=owner, key="export") for _ in range(2))
        assert first.id == second.id
        assert queued == [first.id]

    def test_it_belongs_to_one_owner_and_one_kind_of_job(self, queued: list[str]) -> None:
        owner = someone()
        ids = {
            jobs.start(name, params={"count": 1}, owner_id=who, key=key).id
            for name, who, key in [
                ("samples.dry", owner, "a"),
                ("samples.dry", someone(), "a"),
                ("samples.lines", owner, "a"),
                ("samples.dry", owner, "b"),
                ("samples.dry", owner, None),
                ("samples.dry", owner, None),
            ]
        }
        assert len(ids) == 6

    def test_while_it_is_fresh_it_is_the_same_job_then_another(self) -> None:
        owner = someone()

        def ask(fresh: timedelta) -> Job:
            return jobs.start("samples.lines", params={"count": 1}, owner_id=owner, key="export", fresh=fresh)

        first = ask(timedelta(minutes=1))
        assert now(first).status is JobStatus.DONE
        assert ask(timedelta(minutes=1)).id == first.id
        second = ask(timedelta(0))
        assert second.id != first.id
        assert ask(timedelta(minutes=1)).id == second.id

    def test_what_came_to_nothing_is_done_anew(self) -> None:
        owner = someone()
        first = jobs.start("samples.refused", owner_id=owner, key="export")
        assert now(first).status is JobStatus.FAILED
        assert jobs.start("samples.refused", owner_id=owner, key="export").id != first.id

    def test_what_has_lost_its_file_is_done_anew(self, settings: Settings) -> None:
        owner = someone()
        first = jobs.start("samples.lines", params={"count": 1}, owner_id=owner, key="export", fresh=LONG_AGO)
        pass_by(first, settings.JOB_FILES_LIFE)
        again = jobs.start("samples.lines", params={"count": 1}, owner_id=owner, key="export", fresh=LONG_AGO)
        assert again.id != first.id


class TestFailing:
    def test_it_is_tried_again_and_the_error_is_kept(self, queued: list[str]) -> None:
        counter = f"fails:{uuid4()}"
        cache.set(counter, 0)
        job = jobs.start("samples.fails", params={"counter": counter, "times": 2}, owner_id=None)

        for _ in range(2):
            worker.work(job.id)
            waiting = now(job)
            assert (waiting.status, waiting.error) == (JobStatus.QUEUED, "RuntimeError: The moon was full.")
            assert waiting.due_at > utc_now(), "not at once"
        worker.work(job.id)

        assert now(job).status is JobStatus.DONE
        assert now(job).error == "RuntimeError: The moon was full."

    def test_the_pauses_grow(self, queued: list[str]) -> None:
        counter = f"fails:{uuid4()}"
        cache.set(counter, 0)
        job = jobs.start("samples.fails", params={"counter": counter, "times": 9}, owner_id=None)
        pauses = []
        for _ in range(3):
            worker.work(job.id)
            pauses.append(round((now(job).due_at - utc_now()).total_seconds()))
        assert pauses == [5, 10, 20]

    def test_after_the_last_attempt_it_has_failed(self, queued: list[str]) -> None:
        counter = f"fails:{uuid4()}"
        cache.set(counter, 0)
        job = jobs.start("samples.fails", params={"counter": counter, "times": 99}, owner_id=None)
        for _ in range(worker.MOST_ATTEMPTS + 2):
            worker.work(job.id)
        assert cache.get(counter) == worker.MOST_ATTEMPTS
        assert (now(job).status, now(job).error) == (JobStatus.FAILED, "RuntimeError: The moon was full.")

    def test_a_rule_that_says_no_is_not_asked_again(self) -> None:
        job = now(jobs.start("samples.refused", owner_id=None))
        assert (job.status, job.attempts) == (JobStatus.FAILED, 1)
        assert job.note == "There is nothing to export."
        assert job.error == "Invalid: There is nothing to export."


class TestCancelling:
    def test_what_waits_is_never_done(self, queued: list[str]) -> None:
        job = lines(3)
        assert jobs.cancel(job.id).status is JobStatus.CANCELLED
        assert jobs.cancel(job.id).status is JobStatus.CANCELLED, "twice is once"
        worker.work(job.id)
        assert (now(job).status, now(job).run) == (JobStatus.CANCELLED, 0)

    def test_what_is_over_cannot_be_called_off(self) -> None:
        job = lines(1)
        with pytest.raises(Conflict) as refused:
            jobs.cancel(job.id)
        assert refused.value.details == {"status": "DONE"}

    def test_what_was_written_is_cleared_away_later(self, queued: list[str], settings: Settings) -> None:
        job = lines(3)
        run = jobs.Run(running := worker.claim(job.id))  # type: ignore[arg-type]
        with pytest.raises(jobs.Cancelled), run.file("a.csv", "text/csv") as out:  # noqa: PT012
            out.write("one\n")
            run.checkpoint({"next": 1})
            jobs.cancel(job.id)
            run._settled = 0
            out.write("two\n")
            run.checkpoint({"next": 2})
        assert running is not None
        assert kept_objects(job)

        worker.follow()
        assert kept_objects(job), "while a run might still write"
        pass_by(job, 2 * settings.JOB_LEASE)

        assert not kept_objects(job)
        assert now(job).status is JobStatus.CANCELLED
        assert now(job).due_at is None


@pytest.mark.parametrize(
    "id", ["", "nothing", "../..", "'", "\u00e9\U0001f600", "x" * 2000, "00000000-0000-4000-8000-000000000000"]
)
def test_rubbish_ids_are_not_found(id: str) -> None:
    assert jobs.find(id) is None
    with pytest.raises(NotFound):
        jobs.cancel(id)
    worker.work(id or "-")


def test_lists_show_the_newest_first_and_page() -> None:
    owner = someone()
    started = [jobs.start("samples.dry", owner_id=owner).id for _ in range(5)][::-1]
    first = jobs.of_owner(owner, limit=3)
    rest = jobs.of_owner(owner, limit=3, cursor=first.next)
    assert [job.id for job in [*first.items, *rest.items]] == started

    today = utc_now().date()
    everybody = jobs.recent(today, today, limit=5)
    assert [job.id for job in everybody.items] == started


def test_files_are_kept_for_a_while_only(settings: Settings) -> None:
    job = lines(2)
    assert len(kept_objects(job)) > 1
    pass_by(job, 2 * settings.JOB_LEASE)
    assert kept_objects(job) == [now(job).result_key], "its pieces are gone"
    assert now(job).due_at == now(job).file_until

    pass_by(job, settings.JOB_FILES_LIFE)

    cleared = now(job)
    assert cleared.status is JobStatus.DONE
    assert cleared.result_key is None
    assert cleared.due_at is None
    assert cleared.file_name == "Lines 2.csv", "what there was can still be said"
    assert not kept_objects(job)
    assert jobs.download_url(cleared) is None
