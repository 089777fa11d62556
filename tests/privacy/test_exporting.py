"""Everything held about a person, for themselves: all of theirs, and nothing of anybody else's."""

import json
from typing import Any

import pytest

from accounts.access_log.tables import AccessEntry
from accounts.privacy import closing, exporting, exports, registry
from accounts.privacy.registry import Place
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas import jobs
from atlas import objects as store
from atlas.errors import Forbidden, Invalid, NotFound, TooMany
from atlas.jobs import Job, JobStatus, worker
from atlas.objects.store import storage
from bookings.rules.lifecycle import BookingStatus
from tests.bookings.stage import Cast, driven
from tests.clients import client_of
from tests.factories import UserFactory
from tests.privacy.conftest import Traces

WHY = "Asked for it by letter."


def content_of(job: Job) -> dict[str, Any]:
    done = Job.fetch(job.id)
    assert done.status is JobStatus.DONE, (done.status, done.error)
    with store.open(str(done.result_key)) as body:
        found: dict[str, Any] = json.loads(body.read())
    return found


def test_a_file_with_everything_and_why(traces: Traces) -> None:
    person = traces.person
    found = content_of(exports.ask_for_export(user=person))
    assert found["about"]["userId"] == person.id
    data = found["data"]
    assert [row["email"] for row in data["users"]] == [person.email]
    assert {row["id"] for row in data["bookings"]} == set(traces.rides)
    assert data["bookings"][0]["details"]["passengerName"] == "Ms. Abdi"
    assert any(person.name in str(row.get("note")) for row in data["booking-history"])
    assert len(data["quotes"]) == 3
    assert [row["cardLast4"] for row in (each["metadata"] for each in data["transactions"])]
    assert data["auth-tokens"][0]["refreshHash"] == "(kept secret)"
    assert {row["deed"] for row in data["access-log"]} >= {"CREATED", "CHANGED"}
    manifest = {each["name"]: each for each in found["manifest"]}
    assert set(manifest) == set(data) == {source.name for source in exporting.sources()}
    assert all(entry["rows"] == len(data[name]) for name, entry in manifest.items())
    assert "10 years" in manifest["transactions"]["retention"]
    assert manifest["auth-tokens"]["retention"] == "30 days after the last refresh"
    assert not [entry for entry in found["manifest"] if exporting.SETTING.search(entry["retention"])]
    text = json.dumps(found)
    assert person.password_hash not in text


def test_nothing_of_anybody_else(cast: Cast, sandbox: object) -> None:
    driven(cast, BookingStatus.COMPLETED, preferences={"special_instructions": "Quiet please"})
    for who in (cast.chauffeur, cast.owner):
        text = json.dumps(content_of(exports.ask_for_export(user=who)))
        assert "BOOKING" not in text
        for secret in ("Ms. Abdi", "Quiet please", cast.concierge.name, cast.concierge.email, "Grand Hotel"):
            assert secret not in text
    assert cast.driver.license_number in json.dumps(content_of(exports.ask_for_export(user=cast.chauffeur)))


def test_one_at_a_time_and_five_a_day(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("atlas.jobs.services.enqueue", lambda _: None)
    first = exports.ask_for_export(user=cast.concierge)
    assert exports.ask_for_export(user=cast.concierge).id == first.id
    assert exports.export_of(actor=cast.admin, user_id=cast.concierge.id, reason=WHY).id == first.id
    for _ in range(exports.MOST_A_DAY - 1):
        jobs.cancel(exports.ask_for_export(user=cast.concierge).id)
    jobs.cancel(exports.ask_for_export(user=cast.concierge).id)
    with pytest.raises(TooMany) as refused:
        exports.ask_for_export(user=cast.concierge)
    assert 0 < (refused.value.retry_after or 0) <= 24 * 3600


def test_staff_need_the_right_and_a_reason(cast: Cast) -> None:
    finance = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    for actor in (finance, cast.owner):
        with pytest.raises(Forbidden):
            exports.export_of(actor=actor, user_id=cast.concierge.id, reason=WHY)
    with pytest.raises(Forbidden):
        exports.export_of(actor=support, user_id=cast.admin.id, reason=WHY)
    with pytest.raises(Invalid):
        exports.export_of(actor=support, user_id=cast.concierge.id, reason="")
    job = exports.export_of(actor=support, user_id=cast.concierge.id, reason=WHY)
    assert job.owner_id == cast.concierge.id
    told = [entry for entry in AccessEntry.query(f"users:{cast.concierge.id}") if entry.deed == "EXPORT"]
    assert [(each.actor_id, WHY in str(each.personal)) for each in told] == [(support.id, True)]


def test_an_export_of_somebody_who_leaves_comes_to_nothing(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    """Erased while it is written: no file, and none later."""
    written: list[str] = []
    original = exporting.rows_of

    def leaving(subject: Any, source: Any) -> Any:
        if source.name == "quotes" and not written:
            written.append(source.name)
            closing.erase_user(actor=None, user_id=subject.user_id, reason=WHY)
        return original(subject, source)

    monkeypatch.setattr(exporting, "rows_of", leaving)
    job = exports.ask_for_export(user=traces.person)
    left = Job.fetch(job.id)
    assert written
    assert (left.status.is_over, left.status is JobStatus.DONE) == (True, False)
    assert left.result_key is None
    assert left.due_at is not None
    worker.clear(left)  # as soon as no run can write any more
    assert list(storage().bucket.objects.filter(Prefix=left.folder)) == []
    with pytest.raises(NotFound):
        exports.ask_for_export(user=traces.person)


def test_an_export_goes_with_the_person(traces: Traces) -> None:
    job = exports.ask_for_export(user=traces.person)
    key = str(Job.fetch(job.id).result_key)
    assert store.exists(key)
    closing.erase_user(actor=None, user_id=traces.person.id, reason=WHY)
    assert not store.exists(key)
    assert jobs.download_url(Job.fetch(job.id)) is None


def test_an_archive_is_part_of_it(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook for what moves out of the tables: exported, forgotten and searched like everything else."""
    archive = {traces.person.id: ["An old ride of hers"]}
    place = Place(
        name="archive",
        what="Old rides",
        why="Books",
        retention="7 years",
        found_by="key",
        erased="Deleted",
        erase=lambda subject: len(archive.pop(subject.user_id, [])),
        search=lambda marks: [],
        export=lambda subject: [{"ride": each} for each in archive.get(subject.user_id, [])],
    )
    monkeypatch.setitem(registry._parts, "zz", registry.Part(places=(place,)))
    found = content_of(exports.ask_for_export(user=traces.person))
    assert found["data"]["archive"] == [{"ride": "An old ride of hers"}]
    assert found["manifest"][-1]["name"] == "archive"
    closing.erase_user(actor=None, user_id=traces.person.id, reason=WHY)
    assert archive == {}


def test_over_the_api(traces: Traces) -> None:
    client = client_of(traces.person)
    small = client.get("/api/v1/me/export")
    assert (small.status_code, small["Cache-Control"]) == (200, "no-store")
    assert small.json()["data"]["users"][0]["email"] == traces.person.email
    assert all(entry["complete"] for entry in small.json()["manifest"])
    asked = client.post("/api/v1/me/export")
    assert asked.status_code == 202
    job = client.get(f"/api/v1/jobs/{asked.json()['id']}").json()
    assert job["status"] == "DONE"
    assert job["downloadUrl"].startswith("http://testserver/files/")
    assert client_of(traces.cast.other_concierge).get(f"/api/v1/jobs/{job['id']}").status_code == 404


def test_the_direct_answer_is_bounded(traces: Traces, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "MOST_AT_ONCE", 2)
    found = exporting.small_export(User.fetch(traces.person.id))
    assert len(found["data"]["bookings"]) == 2
    assert {entry["name"]: entry["complete"] for entry in found["manifest"]}["bookings"] is False
