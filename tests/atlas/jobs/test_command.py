"""`manage.py jobs`, as staff uses it."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from atlas.jobs.services import find
from atlas.jobs.tables import JobStatus
from tests.atlas.jobs.helpers import lines, now, someone

pytestmark = pytest.mark.slow


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("jobs", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_start_and_watch() -> None:
    owner = someone()
    arguments = ("--params", json.dumps({"count": 2500, "every": 1000}), "--owner", owner, "--key", "k", "--watch")
    id, watched = run("start", "samples.lines", *arguments)
    assert watched == f"DONE      [{'#' * 30}] 2,500 of 2,500 Line 2500"
    assert run("start", "samples.lines", *arguments)[0] == id, "the same key gives the same job"

    [row] = run("list", "--owner", owner)
    assert row.startswith(id)
    assert "samples.lines" in row
    assert any(line.startswith(id) for line in run("list"))


def test_show_tells_all_that_is_known() -> None:
    job = lines(3)
    shown = dict(line.split(maxsplit=1) for line in run("show", job.id) if " " in line.strip())
    assert shown["id"] == job.id
    assert shown["status"] == "DONE"
    assert json.loads(shown["params"]) == {"count": 3}
    assert shown["finishedAt"].endswith("Z")
    assert shown["download"].startswith("/files/")


def test_a_dry_run() -> None:
    [id] = run("start", "samples.dry", "--dry-run")
    found = find(id)
    assert found is not None
    assert (found.dry_run, found.note) == (True, "dry")
    assert found.owner_id is None


def test_cancel(queued: list[str]) -> None:
    job = lines(3)
    assert run("cancel", job.id) == [f"{job.id} is cancelled."]
    assert now(job).status is JobStatus.CANCELLED


def test_watching_what_fails_fails() -> None:
    with pytest.raises(CommandError, match=r"It is failed\. Invalid: There is nothing to export\."):
        run("start", "samples.refused", "--watch")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("start", "samples.nothing"), r"knows no job called samples\.nothing"),
        (("start", "samples.dry", "--params", "{"), "not JSON"),
        (("start", "samples.dry", "--params", "[1]"), "not a JSON object"),
        (("show", "nothing"), "There is nothing here"),
        (("cancel", "'; --"), "There is nothing here"),
        (("watch", "../.."), "There is nothing here"),
    ],
)
def test_what_cannot_be_is_said(arguments: tuple[str, ...], says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(*arguments)
