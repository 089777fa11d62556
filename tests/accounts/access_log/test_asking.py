"""Asking the access log: by subject, actor and time, each through an index; what people see of it themselves."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts import access_log
from accounts.access_log import Deed, selectors
from accounts.access_log.tables import AccessEntry
from accounts.access_log.writing import entry, store
from accounts.rules.roles import Role
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden, Invalid, InvalidCursor
from tests.bookings.stage import browser
from tests.clients import client_of
from tests.factories import UserFactory


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada Byron")
    return user


@pytest.fixture
def staff() -> User:
    user: User = UserFactory.create(name="Eve Staff", role=Role.ADMIN)
    return user


def every(page_of: Any, **options: Any) -> list[AccessEntry]:
    """All pages, and how many there were."""
    found: list[AccessEntry] = []
    cursor = None
    for _ in range(50):
        page = page_of(cursor=cursor, **options)
        found += page.items
        cursor = page.next
        if cursor is None:
            return found
    raise AssertionError("it does not end")


def test_by_subject_by_actor_and_both(ada: User, staff: User) -> None:
    for number in range(7):
        access_log.record(Deed.READ, object=f"a:{number}", subject_id=ada.id, actor=staff)
    access_log.record(Deed.READ, object="a:8", subject_id=str(uuid4()), actor=staff)
    about = every(selectors.list_entries, user=staff, subject=ada.id, limit=3)
    moments = [each.moment for each in about]
    assert moments == sorted(moments, reverse=True)
    assert {each.subject_id for each in about} == {ada.id}
    assert [each.deed for each in about].count(Deed.READ) == 8, "the look at her entries is one itself"
    by = every(selectors.list_entries, user=staff, actor=staff.id, limit=3)
    assert {each.actor_id for each in by} == {staff.id}
    both = every(selectors.list_entries, user=staff, subject=ada.id, actor=staff.id, limit=3)
    assert len(both) == 8


@pytest.mark.slow
def test_by_time_through_days_and_shards(staff: User, empty_log: None) -> None:
    now = utc_now()
    store([entry(Deed.READ, object=f"a:{hours}", at=now - timedelta(hours=hours)) for hours in range(0, 100, 5)])
    all_ = every(selectors.list_entries, user=staff, from_=now - timedelta(days=6), limit=6)
    assert [each.object_ for each in all_] == [f"a:{hours}" for hours in range(0, 100, 5)]
    period = {"from_": now - timedelta(hours=61), "to": now - timedelta(hours=29)}
    found = every(selectors.list_entries, user=staff, limit=2, **period)
    assert [each.object_ for each in found] == [f"a:{hours}" for hours in range(30, 61, 5)]


def test_no_question_scans(ada: User, staff: User) -> None:
    for options in ({"subject": ada.id}, {"actor": staff.id}, {"from_": utc_now() - timedelta(days=2)}):
        with measure() as cost:
            selectors.list_entries(user=staff, **options)
        assert not cost.scans
        assert cost.calls <= 14, cost.operations


def test_what_is_refused(ada: User, staff: User) -> None:
    with pytest.raises(Forbidden):
        selectors.list_entries(user=ada)
    with pytest.raises(Invalid):
        selectors.list_entries(user=staff, from_=utc_now(), to=utc_now() - timedelta(days=1))
    for cursor in ("nonsense", "a:b:c"):
        with pytest.raises(InvalidCursor):
            selectors.list_entries(user=staff, cursor=cursor)


def test_a_person_sees_who_saw_their_data_and_not_by_name(ada: User, staff: User) -> None:
    assert client_of(ada).patch("/api/v1/me", {"name": "Ada King"}, format="json").status_code == 200
    access_log.record(Deed.READ, object=f"users:{ada.id}", subject_id=ada.id, actor=staff, resource="user", reason="x")
    access_log.record(Deed.READ, object="a:1", subject_id=staff.id, actor=ada, resource="user")
    (seen,) = client_of(ada).get("/api/v1/me/access-log").json()["results"]
    assert (seen["deed"], seen["actorRole"], seen["resource"]) == ("READ", "ADMIN", "user")
    assert not {"actorId", "reason", "ipAddress"} & set(seen)


def test_staff_see_everything_of_an_entry(ada: User, staff: User) -> None:
    client_of(ada).patch("/api/v1/me", {"name": "Ada King"}, format="json")
    answer = client_of(staff).get(f"/api/v1/access-log?subject={ada.id}")
    changed = next(each for each in answer.json()["results"] if each["deed"] == "CHANGED")
    assert changed["changes"] == {"name": ["Ada Byron", "Ada King"]}
    assert changed["ipAddress"] == "127.0.0.1"
    assert client_of(ada).get("/api/v1/access-log").status_code == 403


def test_the_page(ada: User, staff: User) -> None:
    client = browser(ada)
    assert "Nobody yet" in client.get("/account/access/").content.decode()
    access_log.record(Deed.READ, object=f"users:{ada.id}", subject_id=ada.id, actor=staff, resource="users change")
    shown = client.get("/account/access/").content.decode()
    assert "Atlas staff" in shown
    assert "looked at" in shown
    assert staff.name not in shown
    assert "/account/access/" in client.get("/account/").content.decode()
    assert client.get("/account/access/?cursor=forged").status_code == 400


def test_a_damaged_row_stops_nobody_from_reading(ada: User, staff: User) -> None:
    from tests.accounts.access_log.wires import altered, put  # noqa: PLC0415

    made = access_log.record(Deed.READ, object=f"users:{ada.id}", subject_id=ada.id, actor=staff)
    whole = AccessEntry.find(made.object_, made.moment)
    assert whole is not None
    put(AccessEntry, altered(dict(whole.stored or {}), "deed", {"S": "NONSENSE"}))
    assert client_of(staff).get(f"/api/v1/access-log?subject={ada.id}").status_code == 200
