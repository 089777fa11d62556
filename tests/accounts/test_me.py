"""One's own account: profile, password, address, export and deletion."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.test import Client

from accounts import services
from accounts.events import UserDeleted
from accounts.privacy import erasures
from accounts.privacy.closing import delete_me
from accounts.rules.roles import Role, UserStatus
from accounts.selectors import user_by_email
from accounts.tables import TokenFamily, User
from atlas import events
from atlas.errors import AtlasError, Conflict, Forbidden, NotFound
from atlas.origin import Origin
from atlas.tables import Unique
from tests.factories import PASSWORD, UserFactory, bearer

HERE = Origin("127.0.0.1", "tests")


def call(verb: str, path: str, user: User | dict[str, str], body: Any = None, **headers: str) -> Any:
    signed = user if isinstance(user, dict) else bearer(user)
    send = getattr(Client(), verb)
    if verb == "get":
        return send(path, headers={**signed, **headers})
    return send(path, body, content_type="application/json", headers={**signed, **headers})


def test_me(ada: User) -> None:
    answer = call("get", "/api/v1/me", ada)
    body = answer.json()
    assert set(body) == {
        "id", "name", "email", "phone", "role", "status", "avatar", "settings", "profileId", "createdAt", "updatedAt",
        "lastLogin",
    }  # fmt: skip
    assert answer["ETag"] == f'"{User.fetch(ada.id).version}"'


def test_change_only_what_is_given(ada: User) -> None:
    answer = call("patch", "/api/v1/me", ada, {"settings": {"darkMode": True}, "avatar": "https://example.com/a.png"})
    assert answer.status_code == 200
    body = answer.json()
    assert body["settings"] == {"notifications": True, "darkMode": True}
    assert (body["name"], body["avatar"], body["phone"]) == (ada.name, "https://example.com/a.png", ada.phone)
    assert call("patch", "/api/v1/me", ada, {"phone": ""}).json()["phone"] == ""


@pytest.mark.parametrize(
    "body",
    [
        {"role": "ADMIN"},
        {"status": "ACTIVE"},
        {"email": "x@example.com"},
        {"id": "7"},
        {"settings": {"admin": True}},
        {"settings": {"darkMode": "yes"}},
        {"settings": None},
        {"name": ""},
        {"name": None},
        {"phone": "12"},
        {"avatar": "javascript:alert(1)"},
        [],
    ],
)
def test_nothing_else(ada: User, body: Any) -> None:
    assert call("patch", "/api/v1/me", ada, body).status_code == 400
    assert User.fetch(ada.id).role == Role.CONCIERGE


def test_if_match(ada: User) -> None:
    headers = bearer(ada)
    tag = call("get", "/api/v1/me", headers)["ETag"]
    first = call("patch", "/api/v1/me", headers, {"name": "One"}, **{"If-Match": tag})
    assert first.status_code == 200
    assert first["ETag"] != tag
    assert call("patch", "/api/v1/me", headers, {"name": "Two"}, **{"If-Match": tag}).status_code == 412
    assert User.fetch(ada.id).name == "One"


def test_two_edits_at_once_both_hold(ada: User) -> None:
    def edit(change: dict[str, Any]) -> None:
        services.change_profile(user=ada, **change)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(edit, [{"name": "Both"}, {"phone": "+442079460018"}]))
    user = User.fetch(ada.id)
    assert (user.name, user.phone) == ("Both", "+442079460018")


def test_change_password(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("accounts.services.sign_out_sockets", told.append)
    here, elsewhere = bearer(ada), bearer(ada)
    path = "/api/v1/auth/change-password"
    wrong = call("post", path, here, {"currentPassword": "no", "newPassword": "another long secret"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (400, "wrong_password")
    weak = call("post", path, here, {"currentPassword": PASSWORD, "newPassword": "short"})
    assert list(weak.json()["error"]["fields"]) == ["newPassword"]
    assert told == []
    right = {"currentPassword": PASSWORD, "newPassword": "another long secret"}
    assert call("post", path, here, right).status_code == 204
    assert told == [ada.id]
    for headers in (here, elsewhere):
        assert call("get", "/api/v1/me", headers).status_code == 401


def test_guessing_the_password_of_an_open_session(ada: User) -> None:
    headers = bearer(ada)
    codes = [
        call("post", "/api/v1/auth/change-password", headers, {"currentPassword": "x", "newPassword": "y"}).status_code
        for _ in range(9)
    ]
    assert codes == [400] * 8 + [429]


def test_change_email(ada: User) -> None:
    headers, old = bearer(ada), ada.email
    UserFactory.create(email="busy@example.com")
    path = "/api/v1/me/email"
    assert call("post", path, headers, {"email": "busy@example.com", "password": PASSWORD}).status_code == 409
    assert call("post", path, headers, {"email": "new@example.com", "password": "x"}).status_code == 400
    answer = call("post", path, headers, {"email": "New@Example.com", "password": PASSWORD})
    assert (answer.status_code, answer.json()["email"]) == (200, "new@example.com")
    assert user_by_email(old) is None
    assert Unique.fetch("email:new@example.com").owner_id == ada.id
    assert UserFactory.create(email=old).id != ada.id


def test_two_users_move_to_one_address_at_once() -> None:
    users = [UserFactory.create(), UserFactory.create()]

    def move(user: User) -> str:
        try:
            services.change_email(user=user, email="wanted@example.com", password=PASSWORD, origin=HERE)
        except Conflict as error:
            return error.code
        return "moved"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(move, users)) == ["email_taken", "moved"]


def test_export(ada: User) -> None:
    answer = call("get", "/api/v1/me/export", ada)
    data = answer.json()["data"]
    assert answer["Cache-Control"] == "no-store"
    assert data["users"][0]["email"] == ada.email
    assert [each["ipAddress"] for each in data["auth-tokens"]] == ["127.0.0.1"]
    assert "bcrypt" not in answer.content.decode()


def test_delete(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[UserDeleted] = []
    monkeypatch.setitem(events._handlers, UserDeleted, [told.append])
    monkeypatch.setitem(events._by_name, "UserDeleted", UserDeleted)
    headers, email = bearer(ada), ada.email
    assert call("delete", "/api/v1/me", headers).status_code == 400
    assert call("delete", "/api/v1/me", headers, {"password": "x"}).status_code == 400
    assert call("delete", "/api/v1/me", headers, {"password": PASSWORD}).status_code == 204
    assert call("get", "/api/v1/me", headers).status_code == 401
    left = User.fetch(ada.id)
    assert left.status == UserStatus.DELETED
    assert not any(text in str(left.serialize()) for text in (email, "Ada Byron", ada.phone, "bcrypt"))
    erasures.run(ada.id)
    assert list(TokenFamily.user_index.query(ada.id)) == []
    assert told == [UserDeleted(ada.id, Role.CONCIERGE, None)]
    assert UserFactory.create(email=email).id != ada.id
    with pytest.raises(NotFound):
        services.reactivate_user(actor=None, user_id=ada.id)


def test_who_may_suspend(ada: User) -> None:
    with pytest.raises(Forbidden):
        services.suspend_user(actor=UserFactory.create(role=Role.OPERATOR), user_id=ada.id)
    services.suspend_user(actor=UserFactory.create(role=Role.ADMIN), user_id=ada.id)
    assert User.fetch(ada.id).status == UserStatus.SUSPENDED
    for change in (
        lambda: services.change_profile(user=ada, name="x"),
        lambda: delete_me(user=ada, password=PASSWORD, origin=HERE),
    ):
        with pytest.raises(AtlasError):
            change()


def test_attach_profile(ada: User) -> None:
    services.attach_profile(user_id=ada.id, profile_id="operator-1")
    assert User.fetch(ada.id).profile_id == "operator-1"
