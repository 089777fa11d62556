"""Files of jobs: links that are signed, end, and are told; the page and the API that show them."""

import re
import urllib.request
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.rules.roles import Role
from accounts.tables import User
from atlas import events, jobs, outbox
from atlas.jobs.downloads import LINK_LIFE
from atlas.jobs.events import JobFileDownloaded
from atlas.jobs.tables import Job, JobStatus
from tests.atlas.jobs.helpers import now, pass_by, result
from tests.bookings.stage import browser
from tests.clients import client_of
from tests.factories import UserFactory, make_job

pytestmark = pytest.mark.slow


@pytest.fixture
def owner() -> User:
    return UserFactory.create()


@pytest.fixture
def job(owner: User) -> Job:
    """Done, with its file."""
    return now(jobs.start("samples.lines", params={"count": 3}, owner_id=owner.id))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[JobFileDownloaded]:
    """The downloads that the access log is told of."""
    told: list[JobFileDownloaded] = []
    monkeypatch.setitem(events._handlers, JobFileDownloaded, [told.append])
    return told


def link(job: Job, **by: str) -> str:
    made = jobs.download_url(job, **by)
    assert made is not None
    return made


def download(answer: Any) -> tuple[str, str]:
    """The file behind a redirect, as a browser gets it, and the name it is saved under."""
    assert answer.status_code == 302, answer.content
    with urllib.request.urlopen(answer["Location"], timeout=10) as file:  # noqa: S310 (our own server)
        return file.read().decode(), file.headers["Content-Disposition"]


def test_a_link_gives_the_file_without_signing_in(job: Job) -> None:
    text, disposition = download(Client().get(link(job)))
    assert text.splitlines() == result(job)
    assert disposition == 'attachment; filename="Lines 3.csv"'


def test_every_download_is_told(job: Job, owner: User, heard: list[JobFileDownloaded]) -> None:
    staff = str(uuid4())
    Client().get(link(job), headers={"User-Agent": "Firefox"})
    Client().get(link(job, by=staff))
    assert [(each.job_id, each.owner_id, each.by) for each in heard] == [
        (job.id, owner.id, owner.id),
        (job.id, owner.id, staff),
    ]
    assert (heard[0].job_name, heard[0].file_name) == ("samples.lines", "Lines 3.csv")
    assert (heard[0].ip_address, heard[0].user_agent) == ("127.0.0.1", "Firefox")


def test_no_download_is_given_that_cannot_be_told(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("no outbox")

    monkeypatch.setattr(outbox, "add", broken)
    answer = Client(raise_request_exception=False).get(link(job))
    assert answer.status_code == 500


def test_an_old_link_says_so_and_gives_nothing(job: Job, heard: list[JobFileDownloaded]) -> None:
    old = link(job)
    with time_machine.travel(job.finished_at + LINK_LIFE + timedelta(minutes=1)):
        answer = Client().get(old)
    assert answer.status_code == 410
    assert "This link has expired" in answer.content.decode()
    assert not heard


def test_a_file_that_was_cleared_away_says_so(job: Job, settings: Settings, heard: list[JobFileDownloaded]) -> None:
    address = link(job)
    with time_machine.travel(job.file_until):
        assert not jobs.has_file(job), "at once, also where nobody cleared it away yet"
    pass_by(job, settings.JOB_FILES_LIFE)
    answer = Client().get(address)
    assert answer.status_code == 410
    assert "no longer kept" in answer.content.decode()
    assert not heard


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "\u00e9", "'\"<script>", "x" * 3000])
def test_what_is_no_link_is_not_found(token: str) -> None:
    assert Client().get(f"/files/{token}/").status_code == 404


def test_a_link_cannot_be_bent_to_another_job(job: Job, owner: User) -> None:
    token = link(job).split("/")[2]
    body, _, signature = token.partition(":")
    assert Client().get(f"/files/{body[::-1]}:{signature}/").status_code == 404
    assert Client().get(f"/files/{token[:-2]}xx/").status_code == 404


class TestTheApi:
    def test_it_shows_progress_and_the_file(self, job: Job, owner: User) -> None:
        shown = client_of(owner).get(f"/api/v1/jobs/{job.id}").json()
        assert {name: shown[name] for name in ("id", "name", "status", "done", "total", "note")} == {
            "id": job.id,
            "name": "samples.lines",
            "status": "DONE",
            "done": 3,
            "total": 3,
            "note": "Line 3",
        }
        assert shown["downloadUrl"].startswith("http://testserver/files/")
        assert shown["expiresAt"].endswith("Z")
        assert download(Client().get(shown["downloadUrl"]))[0].splitlines() == result(job)

    def test_what_runs_has_no_file_yet(self, owner: User, queued: list[str]) -> None:
        waiting = jobs.start("samples.lines", params={"count": 3}, owner_id=owner.id)
        shown = client_of(owner).get(f"/api/v1/jobs/{waiting.id}").json()
        assert (shown["status"], shown["total"], shown["downloadUrl"], shown["expiresAt"]) == (
            "QUEUED",
            None,
            None,
            None,
        )

    def test_staff_errors_are_not_shown(self, owner: User) -> None:
        broken = make_job(owner, status=JobStatus.FAILED, error="KeyError: 'secret'")
        assert "secret" not in client_of(owner).get(f"/api/v1/jobs/{broken.id}").content.decode()

    def test_cancelling_what_is_over_is_a_conflict(self, job: Job, owner: User) -> None:
        answer = client_of(owner).post(f"/api/v1/jobs/{job.id}/cancel")
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "wrong_state"
        assert answer.json()["error"]["status"] == "DONE"

    @pytest.mark.parametrize("id", ["1", "'; --", "%E2%82%AC", "..", "00000000-0000-4000-8000-000000000000"])
    def test_rubbish_ids_are_not_found(self, id: str, owner: User) -> None:
        assert client_of(owner).get(f"/api/v1/jobs/{id}").status_code == 404

    def test_a_job_of_the_platform_is_for_staff_only(self, owner: User) -> None:
        ours = make_job(None)
        assert client_of(owner).get(f"/api/v1/jobs/{ours.id}").status_code == 404
        admin = UserFactory.create(role=Role.ADMIN)
        assert client_of(admin).get(f"/api/v1/jobs/{ours.id}").status_code == 200


class TestThePage:
    def card(self, owner: User, job: Job, **headers: str) -> str:
        answer = browser(owner).get(f"/account/jobs/{job.id}/", headers=headers)
        assert answer.status_code == 200
        return str(answer.content.decode())

    def test_while_it_runs_it_renews_itself(self, owner: User) -> None:
        running = make_job(owner, status=JobStatus.RUNNING, done=30, total=120, note="Bookings")
        shown = self.card(owner, running)
        assert f'hx-get="/account/jobs/{running.id}/"' in shown
        assert re.search(r'<progress [^>]*value="30" max="120"', shown)
        assert "30 of 120" in shown
        assert "Bookings" in shown
        assert "Call it off" in shown

    def test_htmx_gets_the_card_alone(self, owner: User) -> None:
        shown = self.card(owner, make_job(owner), **{"HX-Request": "true"})
        assert shown.lstrip().startswith("<section")
        assert "<html" not in shown

    def test_when_it_is_done_it_rests_and_offers_the_file(self, owner: User, job: Job) -> None:
        shown = self.card(owner, job)
        assert "hx-get" not in shown[shown.index('id="job-') : shown.index("</section>")]
        assert "Lines 3.csv" in shown
        found = browser(owner).get(f"/account/jobs/{job.id}/file/")
        assert found.status_code == 302
        assert download(Client().get(found["Location"]))[0].splitlines() == result(job)

    def test_a_note_is_text(self, owner: User) -> None:
        assert "<b>" not in self.card(owner, make_job(owner, status=JobStatus.FAILED, note="<b>no</b>"))

    def test_call_off(self, owner: User, queued: list[str]) -> None:
        waiting = jobs.start("samples.lines", params={"count": 3}, owner_id=owner.id)
        answer = browser(owner).post(f"/account/jobs/{waiting.id}/cancel/", follow=True)
        assert "It was called off" in answer.content.decode()

    def test_to_call_off_what_is_over_is_a_message(self, owner: User, job: Job) -> None:
        answer = browser(owner).post(f"/account/jobs/{job.id}/cancel/", follow=True)
        assert answer.status_code == 200
        assert "Lines 3.csv" in answer.content.decode()
        assert "not possible any more" in answer.content.decode()
