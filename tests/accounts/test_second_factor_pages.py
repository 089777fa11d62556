"""The pages of the second factor: setting it up, signing in by it, and staff who must."""

import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts import services as accounts
from accounts.authentication import Backend
from accounts.rules.roles import Role
from accounts.second_factor import services
from accounts.second_factor.views import FIRST_STEP
from accounts.sessions import SessionStore
from accounts.tables import Session, User
from tests.authenticator import HERE, Authenticator, current_code, enrolled, other_code
from tests.factories import PASSWORD, UserFactory

SET_UP = "/account/second-factor/setup/"


@pytest.fixture
def app(ada: User) -> Authenticator:
    return enrolled(ada)


def first_step(client: Client, user: User, **more: str) -> Any:
    return client.post("/sign-in/", {"email": user.email, "password": PASSWORD, **more})


def who(client: Client) -> str:
    return client.get("/").content.decode()


def key(client: Client) -> str:
    return client.cookies[configured.SESSION_COOKIE_NAME].value


def signed_in(user: User) -> Client:
    client = Client()
    assert first_step(client, user)["Location"] == "/"
    return client


def begun(client: Client) -> str:
    """The secret that the page shows."""
    answer = client.post("/account/second-factor/begin/", {"password": PASSWORD})
    assert answer["Location"] == SET_UP
    shown = client.get(SET_UP)
    assert "no-store" in shown["Cache-Control"]
    found = re.search(r'data-secret="([A-Z2-7]{32})"', shown.content.decode())
    assert found is not None
    return found[1]


def test_setting_it_up(ada: User) -> None:
    here, elsewhere = signed_in(ada), signed_in(ada)
    assert here.post("/account/second-factor/begin/", {"password": "a guess"}).status_code == 400
    secret = begun(here)
    page = here.get(SET_UP).content.decode()
    assert "<svg" in page
    assert " style=" not in page
    assert "<script>" not in page
    assert begun(here) != secret  # beginning again makes another
    secret = begun(here)
    assert begun_is_kept(here, secret)
    code = current_code(secret)
    assert here.post(SET_UP, {"code": other_code(code)}).status_code == 400
    done = here.post(SET_UP, {"code": code})
    shown = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", done.content.decode())
    assert (done.status_code, len(set(shown))) == (200, 10)
    assert "no-store" in done["Cache-Control"]
    assert who(here) == ada.email
    assert who(elsewhere) == ""
    assert not any(each in here.get("/account/second-factor/").content.decode() for each in shown)
    assert here.get(SET_UP)["Location"] == "/account/second-factor/"


def begun_is_kept(client: Client, secret: str) -> bool:
    """Looking at the page again shows the same."""
    return f'data-secret="{secret}"' in client.get(SET_UP).content.decode()


def test_signing_in_in_two_steps(ada: User, app: Authenticator) -> None:
    client = Client()
    answer = first_step(client, ada, next="/account/")
    assert answer["Location"] == "/sign-in/code/"
    assert who(client) == ""
    assert client.get("/account/").status_code == 302
    before = key(client)
    code = app.code()
    wrong = client.post("/sign-in/code/", {"code": other_code(code)})
    assert (wrong.status_code, "wrong, or was used" in wrong.content.decode()) == (400, True)
    done = client.post("/sign-in/code/", {"code": code})
    assert done["Location"] == "/account/"
    assert who(client) == ada.email
    assert key(client) != before
    assert FIRST_STEP not in client.session
    assert client.session.get_expiry_age() > 13 * 24 * 3600  # not the five minutes of the step before
    assert Session.fetch(SessionStore(key(client)).row_id).user_agent == ""
    again = Client()
    first_step(again, ada)
    assert again.post("/sign-in/code/", {"code": code}).status_code == 400
    assert again.post("/sign-in/code/", {"code": app.recovery_codes[0]}).status_code == 302


def test_the_second_step_alone_leads_nowhere(app: Authenticator) -> None:
    client = Client()
    assert client.get("/sign-in/code/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/sign-in/"


def test_where_to_go_next_is_ours(ada: User, app: Authenticator) -> None:
    client = Client()
    first_step(client, ada, next="https://evil.example/")
    assert client.post("/sign-in/code/", {"code": app.code()})["Location"] == "/"


def test_a_step_that_took_too_long_begins_again(ada: User, app: Authenticator) -> None:
    client = Client()
    first_step(client, ada)
    accounts.suspend_user(actor=None, user_id=ada.id)
    accounts.reactivate_user(actor=None, user_id=ada.id)
    answer = client.post("/sign-in/code/", {"code": app.code()}, follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/"
    assert who(client) == ""


def test_the_lockout_speaks(ada: User, app: Authenticator) -> None:
    client = Client()
    first_step(client, ada)
    for _ in range(8):
        client.post("/sign-in/code/", {"code": "1"})
    answer = client.post("/sign-in/code/", {"code": app.code()})
    assert (answer.status_code, "Too many tries" in answer.content.decode()) == (400, True)


def test_csrf_is_checked(ada: User, app: Authenticator) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/sign-in/code/", {"code": "1"}).status_code == 403


def test_djangos_own_forms_are_no_way_around_it(ada: User, app: Authenticator) -> None:
    with pytest.raises(PermissionDenied):
        Backend().authenticate(None, username=ada.email, password=PASSWORD)
    services.switch_off(user=ada, password=PASSWORD, code=app.recovery_codes[0], origin=HERE)
    assert Backend().authenticate(None, username=ada.email, password=PASSWORD) is not None


def test_new_codes_and_off(ada: User, app: Authenticator) -> None:
    client = Client()
    first_step(client, ada)
    client.post("/sign-in/code/", {"code": app.recovery_codes[0]})
    shown = client.get("/account/second-factor/").content.decode()
    assert "9 recovery codes are left" in unescape(shown)
    path = "/account/second-factor/recovery-codes/"
    assert client.post(path, {"renew-password": PASSWORD, "renew-code": "x"}).status_code == 400
    renewed = client.post(path, {"renew-password": PASSWORD, "renew-code": app.code()})
    assert len(re.findall(r"<code>", renewed.content.decode())) == 10
    path = "/account/second-factor/off/"
    assert client.post(path, {"off-password": "x", "off-code": app.code()}).status_code == 400
    assert client.post(path, {"off-password": PASSWORD, "off-code": app.code()}).status_code == 302
    assert who(client) == ada.email
    assert User.fetch(ada.id).second_factor_at is None


@pytest.mark.parametrize("path", ["begin", "recovery-codes", "off"])
@pytest.mark.parametrize("body", [{}, {"password": "x" * 200}, {"code": "\0"}, {"off-code": "x" * 99}], ids=repr)
def test_rubbish(ada: User, app: Authenticator, path: str, body: dict[str, str]) -> None:
    client = Client()
    first_step(client, ada)
    client.post("/sign-in/code/", {"code": app.code()})
    assert client.post(f"/account/second-factor/{path}/", body).status_code == 400


@pytest.fixture
def strict(settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR_REQUIRED = True


@pytest.mark.usefixtures("strict")
def test_staff_are_led_to_it_before_anything_else(ada: User) -> None:
    nora = UserFactory.create(role=Role.ADMIN)
    client = signed_in(nora)
    for path in ("/", "/account/", "/account/sessions/"):
        assert client.get(path)["Location"] == "/account/second-factor/"
    assert client.post("/account/", {"name": "x"})["Location"] == "/account/second-factor/"
    polled = client.get("/account/", headers={"HX-Request": "true"})
    assert polled["HX-Redirect"] == "/account/second-factor/"
    assert client.get("/api/v1/me").status_code == 403
    assert "Set yours up" in client.get("/account/second-factor/").content.decode()
    client.post(SET_UP, {"code": current_code(begun(client))})
    assert who(client) == nora.email
    assert client.get("/api/v1/me").status_code == 200
    assert who(signed_in(ada)) == ada.email


@pytest.mark.usefixtures("strict")
def test_staff_without_one_may_sign_out() -> None:
    client = signed_in(UserFactory.create(role=Role.ADMIN))
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/sign-in/").status_code == 200
