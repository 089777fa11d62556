"""The pages: sign in, stay signed in by a session in DynamoDB, change the password, sign out."""

import re
from datetime import timedelta
from hashlib import sha256
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.sessions import SessionStore
from accounts.tables import Session, User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from tests.factories import PASSWORD


def sign_in(client: Client, user: User, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/sign-in/", {"email": user.email, "password": password, **more})


def key(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def who(client: Client) -> str:
    return client.get("/").content.decode()


@pytest.fixture
def browser(ada: User) -> Client:
    client = Client()
    assert sign_in(client, ada).status_code == 302
    return client


def test_the_page_itself_needs_no_store() -> None:
    with measure() as cost:
        answer = Client().get("/sign-in/")
    assert (answer.status_code, cost.calls) == (200, 0)
    page = answer.content.decode()
    assert 'name="email"' in page
    assert "csrfmiddlewaretoken" in page
    assert "style=" not in page


def test_signing_in(ada: User) -> None:
    client = Client()
    with measure() as cost:
        answer = sign_in(client, ada)
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert [each.split()[0] for each in cost.operations] == ["GetItem", "GetItem", "TransactWriteItems", "PutItem"]
    assert who(client) == ada.email
    assert User.fetch(ada.id).last_login is not None
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_each_page_reads_session_and_user_and_writes_nothing(browser: Client, ada: User) -> None:
    with measure() as cost:
        assert who(browser) == ada.email
    assert cost.operations == ["GetItem atlas-sessions", "GetItem atlas-users"]
    assert cost.wcu == 0


def test_where_to_go_next(ada: User) -> None:
    assert sign_in(Client(), ada, next="/account/")["Location"] == "/account/"
    assert sign_in(Client(), ada, next="https://evil.example/")["Location"] == "/"
    assert Client().get("/account/")["Location"] == "/sign-in/?next=/account/"


def test_a_wrong_password_says_so_and_no_more(ada: User) -> None:
    client = Client()
    answer = sign_in(client, ada, "a guess")
    assert answer.status_code == 200
    assert "E-mail or password is wrong." in answer.content.decode()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


def test_the_lockout_speaks(ada: User) -> None:
    for _ in range(8):
        sign_in(Client(), ada, "a guess")
    assert "Too many tries" in sign_in(Client(), ada).content.decode()


def test_csrf_is_checked(ada: User) -> None:
    assert sign_in(Client(enforce_csrf_checks=True), ada).status_code == 403


def test_the_session_is_stored_by_its_hash(browser: Client, ada: User) -> None:
    row = Session.fetch(sha256(key(browser).encode()).hexdigest())
    assert row.user_id == ada.id
    assert timedelta(days=13) < row.expires_at - utc_now() <= timedelta(days=14)
    assert Session.find(key(browser)) is None


def test_signing_out_ends_the_session(browser: Client) -> None:
    old = key(browser)
    assert browser.get("/sign-out/").status_code == 405
    assert browser.post("/sign-out/").status_code == 302
    assert not SessionStore().exists(old)
    thief = Client()
    thief.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: old})
    assert who(thief) == ""


def test_without_scripts_there_is_a_way_out_too(browser: Client) -> None:
    """The menu opens by script."""
    page = browser.get("/account/").content.decode()
    fallback = re.search(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert fallback is not None
    assert f'action="{reverse("accounts:sign_out")}"' in fallback[1]
    assert "csrfmiddlewaretoken" in fallback[1]


def test_a_session_expires_though_dynamodb_deletes_late(browser: Client) -> None:
    row = Session.fetch(sha256(key(browser).encode()).hexdigest())
    row.expires_at = utc_now().replace(microsecond=0) - timedelta(seconds=1)
    row.save()
    assert who(browser) == ""


def test_signing_in_changes_the_key(ada: User, browser: Client) -> None:
    old = key(browser)
    other = services.create_user(name="Eve", email="eve@example.com", password=PASSWORD, role=ada.role)
    sign_in(browser, other)
    browser.post("/sign-out/")
    sign_in(browser, ada)
    assert key(browser) != old
    assert not SessionStore().exists(old)


def test_a_suspended_user_is_out_at_once(browser: Client, ada: User) -> None:
    services.suspend_user(actor=None, user_id=ada.id)
    assert who(browser) == ""
    services.reactivate_user(actor=None, user_id=ada.id)
    assert who(browser) == ""


def test_a_new_password_signs_out_every_other_browser(browser: Client, ada: User) -> None:
    other = Client()
    sign_in(other, ada)
    answer = browser.post("/account/password/", {"current_password": PASSWORD, "new_password": "another long secret"})
    assert answer.status_code == 302
    assert who(browser) == ada.email
    assert who(other) == ""
    assert sign_in(Client(), ada).status_code == 200
    assert sign_in(Client(), ada, "another long secret").status_code == 302


def test_the_api_takes_the_session_with_csrf(ada: User) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get("/sign-in/")
    token = str(page.context["csrf_token"])
    client.post("/sign-in/", {"email": ada.email, "password": PASSWORD, "csrfmiddlewaretoken": token})
    assert client.get("/api/v1/me").json()["id"] == ada.id
    change = {"name": "Countess Ada"}
    refused = client.patch("/api/v1/me", change, content_type="application/json")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "csrf_failed")
    headers = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.patch("/api/v1/me", change, content_type="application/json", headers=headers).status_code == 200
    assert client.post("/api/v1/auth/logout", None, content_type="application/json", headers=headers).status_code == 204
    assert client.get("/api/v1/me").status_code == 401


def test_the_account_page(browser: Client, ada: User) -> None:
    assert "Ada Byron" in browser.get("/account/").content.decode()
    changed = {"name": "Ada King", "phone": "+44 20 7946 0018", "dark_mode": "on"}
    assert browser.post("/account/", changed)["Location"] == "/account/"
    user = User.fetch(ada.id)
    assert (user.name, user.phone) == ("Ada King", "+442079460018")
    assert (user.settings.dark_mode, user.settings.notifications) == (True, False)
    refused = browser.post("/account/", {**changed, "phone": "twelve"})
    assert refused.status_code == 400
    assert "country code" in refused.content.decode()
    weak = browser.post("/account/password/", {"current_password": PASSWORD, "new_password": "short"})
    assert (weak.status_code, "at least 10 characters" in weak.content.decode()) == (400, True)


def test_store_semantics() -> None:
    session = SessionStore()
    session["cart"] = [1, 2]
    session.save()
    first = str(session.session_key)
    with measure() as cost:
        assert SessionStore(first)["cart"] == [1, 2]
    assert cost.operations == ["GetItem atlas-sessions"]
    again = SessionStore(first)
    again["cart"] = [3]
    again.save()
    assert SessionStore(first)["cart"] == [3]
    again.cycle_key()
    again.save()
    assert again.session_key != first
    assert SessionStore(first).get("cart") is None
    assert SessionStore(again.session_key)["cart"] == [3]
    with pytest.raises(CreateError):
        again.save(must_create=True)


def test_a_deleted_session_is_not_written_back() -> None:
    session = SessionStore()
    session["a"] = 1
    session.save()
    under_way = SessionStore(session.session_key)
    under_way["a"] = 2
    session.delete()
    with pytest.raises(UpdateError):
        under_way.save()
    assert not SessionStore().exists(str(session.session_key))


def test_a_made_up_key_is_nobody() -> None:
    for made_up in ("", "x", "0" * 32, "é" * 40, "a" * 5000):
        client = Client()
        client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: made_up})
        assert who(client) == ""
