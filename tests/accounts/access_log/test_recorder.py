"""The back office's recorder: reads, actions, exports, and the history that the admin shows."""

from typing import Any

import pytest
from django.contrib import admin
from django.http import HttpRequest
from django.test import RequestFactory

from accounts import models, services
from accounts.access_log import Deed
from accounts.access_log.recorder import AccessLogRecorder
from accounts.access_log.tables import AccessEntry
from accounts.rules.roles import Role
from accounts.tables import User
from atlas import trail
from atlas.dynamo.meter import measure
from atlas.errors import InvalidCursor
from atlas.facade.admin.recorder import Act, ActionResult, Change, Outcome
from atlas.middleware.trail import work_of
from tests.factories import UserFactory


@pytest.fixture
def ada() -> Any:
    return models.User.from_item(UserFactory.create(name="Ada Byron"))


@pytest.fixture
def request_of_staff() -> HttpRequest:
    request = RequestFactory().get("/admin/accounts/user/")
    request.user = models.User.from_item(UserFactory.create(name="Eve Staff", role=Role.ADMIN))
    return request


def entries(ada: Any) -> list[AccessEntry]:
    return list(AccessEntry.query(f"users:{ada.id}", consistent_read=True))


def test_it_is_the_back_offices() -> None:
    assert isinstance(admin.site.recorder, AccessLogRecorder)  # type: ignore[attr-defined]


def test_reads_are_told_once(ada: Any, request_of_staff: HttpRequest) -> None:
    recorder = AccessLogRecorder()
    for view in ("change", "change", "list"):
        recorder.record_read(request_of_staff, models.User, [ada], view=view)
    found = [entry for entry in entries(ada) if entry.deed is Deed.READ]
    assert [(entry.resource, entry.actor_id) for entry in found] == [
        ("users change", request_of_staff.user.pk),
        ("users list", request_of_staff.user.pk),
    ]


def test_a_save_of_the_admin_commits_with_its_entry(ada: Any, request_of_staff: HttpRequest) -> None:
    with trail.within(work_of(request_of_staff)), measure() as cost:
        ada.name = "Ada King"
        ada.save()
        AccessLogRecorder().record_changed(request_of_staff, ada, changes={"name": Change("Ada Byron", "Ada King")})
    assert [each.split()[0] for each in cost.operations] == ["TransactWriteItems"]
    changed = [entry for entry in entries(ada) if entry.deed is Deed.CHANGED]
    assert [entry.actor_id for entry in changed] == [request_of_staff.user.pk]
    assert User.fetch(ada.id).name == "Ada King"


def test_an_action_is_told_by_item_with_its_reason(ada: Any, request_of_staff: HttpRequest) -> None:
    results = [ActionResult(ada.id, ada, Outcome.REFUSED, "Not now"), ActionResult("gone", None, Outcome.GONE)]
    with trail.within(work_of(request_of_staff)):
        AccessLogRecorder().record_action(
            request_of_staff, models.User, action="suspend", results=results, reason="Ticket 4711"
        )
    page = AccessLogRecorder().history_of(request_of_staff, ada, limit=10, cursor=None)
    newest = page.entries[0]
    assert (newest.act, newest.actor) == (Act.ACTION, "Eve Staff")
    assert "suspend" in newest.summary
    assert "Ticket 4711" in newest.summary
    assert newest.changes["outcome"] == Change(None, "REFUSED")


def test_history_names_the_fields_and_pages(ada: Any, request_of_staff: HttpRequest) -> None:
    for number in range(3):
        services.change_profile(user=ada, name=f"Ada {number}")
    recorder = AccessLogRecorder()
    first = recorder.history_of(request_of_staff, ada, limit=2, cursor=None)
    assert [entry.changes["name"].after for entry in first.entries] == ["Ada 2", "Ada 1"]
    second = recorder.history_of(request_of_staff, ada, limit=2, cursor=first.next)
    assert [entry.act for entry in second.entries] == [Act.CHANGED, Act.CREATED]
    with pytest.raises(InvalidCursor):
        recorder.history_of(request_of_staff, ada, limit=2, cursor="forged")


def test_exports_and_recent_deeds(ada: Any, request_of_staff: HttpRequest) -> None:
    recorder = AccessLogRecorder()
    with trail.within(work_of(request_of_staff)):
        recorder.record_export(request_of_staff, models.User, format="csv", query={"q": "Ada"}, unmasked=True)
    (newest,) = recorder.recent(request_of_staff, limit=1)
    assert (newest.act, newest.changes["unmasked"]) == (Act.EXPORTED, Change(None, True))
