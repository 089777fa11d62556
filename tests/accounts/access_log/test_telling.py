"""What is told, of whom, and with what it tells of; what is never told."""

import json
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pynamodb.exceptions import TransactWriteError

from accounts import access_log, models, services, sign_in
from accounts.access_log import Deed, erasing, sealing
from accounts.access_log.checking import Tally
from accounts.access_log.tables import AccessEntry
from accounts.access_log.verifying import verify
from accounts.rules.roles import Role
from accounts.tables import User
from atlas import trail
from atlas.dynamo import transaction
from atlas.dynamo.meter import measure
from atlas.errors import AtlasError, TooMany
from atlas.origin import Origin
from tests.accounts.access_log.wires import rows
from tests.clients import client_of
from tests.factories import PASSWORD, UserFactory

HERE = Origin("203.0.113.7", "Firefox")


@pytest.fixture
def ada() -> User:
    user: User = UserFactory.create(name="Ada Byron")
    return user


@pytest.fixture
def staff() -> User:
    user: User = UserFactory.create(name="Eve Staff", role=Role.ADMIN)
    return user


def told(user_id: str, *deeds: Deed) -> list[AccessEntry]:
    found = list(AccessEntry.query(f"users:{user_id}", consistent_read=True))
    return [entry for entry in found if not deeds or entry.deed in deeds]


def test_a_change_tells_before_and_after_who_and_from_where(ada: User) -> None:
    answer = client_of(ada).patch(
        "/api/v1/me",
        {"name": "Ada King", "settings": {"darkMode": True}},
        format="json",
        headers={"X-Request-ID": "request-4711", "User-Agent": "Firefox"},
    )
    assert answer.status_code == 200
    (entry,) = told(ada.id, Deed.CHANGED)
    assert (entry.subject_id, entry.actor_id, entry.actor_role) == (ada.id, ada.id, "CONCIERGE")
    assert (entry.via, entry.request_id) == ("PATCH /api/v1/me", "request-4711")
    assert json.loads(str(entry.change)) == {"settings.darkMode": [False, True]}
    assert json.loads(str(entry.personal))["name"] == ["Ada Byron", "Ada King"]
    assert json.loads(str(entry.whence)) | {"salt": ""} == {"ip": "127.0.0.1", "agent": "Firefox", "salt": ""}


def test_a_change_of_nothing_is_not_told(ada: User) -> None:
    services.change_profile(user=ada, name=ada.name)
    assert not told(ada.id, Deed.CHANGED)


def test_a_change_costs_no_call_more(ada: User) -> None:
    with measure() as cost:
        services.change_profile(user=ada, name="Ada King")
    assert [each.split()[0] for each in cost.operations] == ["GetItem", "TransactWriteItems"]


def test_neither_the_change_nor_its_entry_holds_alone(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are one request: killed before it is sent nothing holds, after it both do."""
    sent: list[Any] = []

    class Killed:
        def transact_write_items(self, *operations: Any) -> None:
            sent.extend(operations)
            raise KeyboardInterrupt

    monkeypatch.setattr(transaction, "connection", Killed)
    with pytest.raises(KeyboardInterrupt):
        services.change_profile(user=ada, name="Ada King")
    monkeypatch.undo()
    tables = sorted(put["TableName"] for put in sent[2])
    assert tables == [AccessEntry.Meta.table_name, User.Meta.table_name]
    assert User.fetch(ada.id).name == "Ada Byron"
    assert not told(ada.id, Deed.CHANGED)


def test_a_lost_race_tells_the_change_that_held(ada: User) -> None:
    stale = User.fetch(ada.id)
    services.change_profile(user=ada, name="Ada King")
    stale.name = "Somebody"
    with pytest.raises((AtlasError, TransactWriteError)), transaction.transact() as tx:
        tx.save(stale)
    assert [json.loads(str(entry.personal))["name"][1] for entry in told(ada.id, Deed.CHANGED)] == ["Ada King"]


def test_signing_in_and_out_by_the_api_and_on_the_page(ada: User) -> None:
    tokens = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    client = Client(headers={"Authorization": f"Bearer {tokens.access_token}"})
    assert client.post("/api/v1/auth/logout").status_code == 204
    browser = Client()
    browser.post("/sign-in/", {"email": ada.email, "password": PASSWORD})
    browser.post("/sign-out/")
    found = told(ada.id, Deed.SIGN_IN, Deed.SIGN_OUT)
    assert [entry.deed for entry in found] == [Deed.SIGN_IN, Deed.SIGN_OUT] * 2
    assert {entry.actor_id for entry in found} == {ada.id}


def test_failures_are_told_and_a_lockout_once(ada: User, settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 2
    for _ in range(2):
        with pytest.raises(AtlasError):
            sign_in.verify(email=ada.email, password="wrong", origin=HERE)
    for _ in range(3):
        with pytest.raises(TooMany):
            sign_in.verify(email=ada.email, password=PASSWORD, origin=HERE)
    found = told(ada.id, Deed.SIGN_IN_FAILED, Deed.LOCKED_OUT)
    assert [entry.deed for entry in found] == [Deed.SIGN_IN_FAILED, Deed.SIGN_IN_FAILED, Deed.LOCKED_OUT]


def test_what_a_stranger_types_is_not_kept() -> None:
    """It may be somebody's password."""
    with pytest.raises(AtlasError):
        sign_in.verify(email="typed.secret@example.com", password="wrong", origin=HERE)
    assert "typed.secret" not in json.dumps(rows(AccessEntry))


def test_a_read_is_told_once_per_window(ada: User, staff: User) -> None:
    for _ in range(3):
        access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)])
    assert len(told(ada.id, Deed.READ)) == 1
    access_log.read(actor=staff, resource="bookings", of=[(f"users:{ada.id}", ada.id)])
    access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)], reason="Ticket 4711")
    cache.clear()
    access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)])
    assert len(told(ada.id, Deed.READ)) == 4


def test_ones_own_data_is_not_told(ada: User) -> None:
    with measure() as cost:
        access_log.read(actor=ada, resource="user", of=[(f"users:{ada.id}", ada.id), ("a:1", lambda: ada.id)])
    assert not cost.calls


def test_a_read_is_told_while_the_cache_is_away(ada: User, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(cache, "get_many", away)
    monkeypatch.setattr(cache, "set_many", away)
    for _ in range(2):
        access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)])
    assert len(told(ada.id, Deed.READ)) == 2


def test_a_read_whose_entry_failed_is_told_the_next_time(
    ada: User, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AccessEntry, "save", lambda _: (_ for _ in ()).throw(ConnectionError))
    with pytest.raises(ConnectionError):
        access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)])
    monkeypatch.undo()
    access_log.read(actor=staff, resource="user", of=[(f"users:{ada.id}", ada.id)])
    assert len(told(ada.id, Deed.READ)) == 1


def test_many_people_of_one_list_are_one_call(staff: User) -> None:
    of = [(f"users:person-{number}", f"person-{number}") for number in range(50)]
    with measure() as cost:
        access_log.read(actor=staff, resource="bookings", of=of)
    assert cost.calls == 1


def test_no_secret_is_ever_told(ada: User) -> None:
    """After a journey through everything that has one."""
    tokens = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    sign_in.refresh(refresh_token=tokens.refresh_token)
    new = "another-9-quartz-owls-vex"
    services.change_password(user=ada, current_password=PASSWORD, new_password=new, origin=HERE)
    moved = services.change_email(user=ada, email="ada.king@example.org", password=new, origin=HERE)
    log = json.dumps(rows(AccessEntry))
    (change,) = [entry for entry in told(ada.id, Deed.CHANGED) if "passwordHash" in str(entry.change)]
    assert json.loads(str(change.change))["passwordHash"] == ["***", "***"]
    for secret in (PASSWORD, new, ada.password_hash, moved.password_hash, tokens.access_token, tokens.refresh_token):
        assert secret not in log
    assert not re.search(r"bcrypt|\$2[aby]\$|eyJ[A-Za-z0-9]{10}", log)


def test_a_forgotten_person_leaves_the_chain_whole(ada: User, staff: User, empty_log: None) -> None:
    with trail.within(trail.Work("PATCH /api/v1/me", HERE, user=lambda: models.User.from_item(ada))):
        services.change_profile(user=ada, name="Ada King", phone="+12125550199")
    at_work = trail.Work("POST /admin/", Origin("198.51.100.2", "Safari"), user=lambda: staff)
    with trail.within(at_work), trail.because("Ada asked for it by phone"):
        services.change_profile(user=ada, name="Ada Lovelace")
    sealing.seal_all()
    assert erasing.erase(user_id=ada.id) == 2
    assert erasing.erase(user_id=ada.id) == 0
    assert erasing.holds_nothing_of(ada.id)
    log = json.dumps(rows(AccessEntry))
    for gone in ("Byron", "King", "Lovelace", "+12125550199", "203.0.113.7", "by phone"):
        assert gone not in log
    assert "198.51.100.2" in log, "from where somebody else acted stays"
    first, second = told(ada.id, Deed.CHANGED)
    assert first.fields == ["name", "phone"]
    assert second.actor_id == staff.id
    sealing.seal_all()
    tally = Tally()
    assert not list(verify(tally))
    assert tally.erased == 3
