"""What a password must be, wherever one is set, and a new one by e-mail."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core import mail, signing
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from accounts import password_reset as resetting
from accounts import passwords, services, sign_in
from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden, Invalid, Unauthenticated
from bookings.demo.cast import PASSWORD as DEMO_PASSWORD
from tests.authenticator import HERE, enrolled
from tests.factories import PASSWORD, UserFactory, bearer

NEW = "another long secret"


def faults(password: str, role: Role = Role.CONCIERGE, name: str = "Ada Byron", email: str = "ada@example.com") -> str:
    """What is wrong with it; empty when nothing is."""
    try:
        passwords.check_strength(password, name=name, email=email, role=role)
    except Invalid as error:
        return " ".join(error.fields["password"])
    return ""


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD, DEMO_PASSWORD, NEW, "a long enough secret", "correct horse battery", "Zürich-Käse-Löffel",
        "пароль-из-шести-слов", "🚘🏔️🥐 breakfast",
    ],
)  # fmt: skip
def test_what_is_good(password: str) -> None:
    assert faults(password) == ""
    assert faults(password, Role.ADMIN) == ""


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too short"),
        ("tr0ub4dor", "at least 10"),
        ("x" * 129, "At most 128"),
        ("password1234", "too common|easy to guess"),
        ("P@ssw0rd2026", "easy to guess"),
        ("qwertyuiop12", "easy to guess"),
        ("zxcvbnmasdfghjkl", "easy to guess"),
        ("iloveyou2026", "easy to guess"),
        ("drowssap1234", "easy to guess"),
        ("aaaaaaaaaaaaaa", "Repeats"),
        ("abcabcabcabc", "Repeats"),
        ("19870214198702", "entirely numeric"),
        ("8273645091827", "entirely numeric"),
        ("Byron, Ada!", "similar to the name|easy to guess"),
        ("ada@example.com", "similar to the email"),
        ("Ada Byron 1815", "similar|easy to guess"),
        ("adabyronatlas", "similar|easy to guess"),
    ],
)
def test_what_is_not(password: str, why: str) -> None:
    assert re.search(why, faults(password)), faults(password)


def test_staff_need_twelve() -> None:
    assert faults("vex-quartz1") == ""
    assert "at least 12 characters" in faults("vex-quartz1", Role.ADMIN)
    assert faults("vex-quartz12", Role.ADMIN) == ""


def test_no_leaked_password_of_the_lists_is_taken() -> None:
    """Of those long enough to be considered at all, each one, however it is written."""
    leaked = [
        each for each in CommonPasswordValidator().passwords | set(FREQUENCY_LISTS["passwords"]) if len(each) >= 10
    ]
    assert len(leaked) > 2000
    taken = [each for each in sorted(leaked)[::7] for spelt in (each, each.upper()) if not faults(spelt)]
    assert taken == []


def test_a_long_one_is_no_burden() -> None:
    """zxcvbn is quadratic and more: what it looks at is bounded."""
    started = utc_now()
    for password in ("a1" * 64, "4@(3{6" * 21, "12/11/2010" * 12, "qwerty" * 21):
        faults(password)
    assert (utc_now() - started).total_seconds() < 4


def test_it_holds_wherever_a_password_is_set(ada: User) -> None:
    weak = "P@ssw0rd2026"
    attempts: list[Callable[[], Any]] = [
        lambda: services.register(name="Eve", email="weak@example.com", password=weak, role=Role.CONCIERGE),
        lambda: services.create_user(name="Eve", email="weak@example.com", password=weak, role=Role.DRIVER),
        lambda: services.change_password(user=ada, current_password=PASSWORD, new_password=weak, origin=HERE),
        lambda: resetting.reset(token=token_of(ada), new_password=weak),
    ]
    for attempt in attempts:
        with pytest.raises(Invalid) as refused:
            attempt()
        assert "easy to guess" in str(refused.value.fields)


@pytest.mark.parametrize(("password", "why"), [("P@ssw0rd2026", "easy to guess"), ("vex-quartz1", "at least 12")])
def test_createsuperuser_says_what_is_wrong(monkeypatch: pytest.MonkeyPatch, password: str, why: str) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", password)
    options: dict[str, Any] = {"email": f"{uuid4()}@example.com", "name": "Boss", "interactive": False}
    with pytest.raises(CommandError, match=why):
        call_command("createsuperuser", **options)
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", **options, stdout=StringIO())


# A new one by e-mail


def token_of(user: User) -> str:
    return resetting.address_of(User.fetch(user.id)).partition("token=")[2].replace("%3A", ":")


def post(path: str, body: Any, **headers: str) -> Any:
    return Client().post(f"/api/v1/auth/{path}", body, content_type="application/json", headers=headers)


def confirm(token: str, password: str = NEW) -> Any:
    return post("password-reset/confirm", {"token": token, "newPassword": password})


def test_the_whole_way(ada: User) -> None:
    headers = bearer(ada)
    assert post("password-reset", {"email": ada.email.upper()}).status_code == 204
    (letter,) = mail.outbox
    assert letter.to == [ada.email]
    found = re.search(r"https?://\S+", str(letter.body))
    assert found is not None
    path = found[0].partition("://")[2].partition("/")[2]
    client = Client()
    page = client.get(f"/{path}")
    assert (page.status_code, page["Referrer-Policy"]) == (200, "same-origin")
    token = page.context["token"]
    weak = client.post("/password-reset/confirm/", {"token": token, "new_password": "short"})
    assert (weak.status_code, "at least 10 characters" in weak.content.decode()) == (400, True)
    done = client.post("/password-reset/confirm/", {"token": token, "new_password": NEW})
    assert done["Location"] == "/sign-in/"
    assert sign_in.sign_in(email=ada.email, password=NEW, origin=HERE).user.id == ada.id
    assert Client().get("/api/v1/me", headers=headers).status_code == 401
    assert client.get("/account/").status_code == 302  # it signs nobody in
    again = client.post("/password-reset/confirm/", {"token": token, "new_password": "and one more secret"})
    assert (again.status_code, "too old, or was used" in again.content.decode()) == (400, True)


def test_asking_tells_nothing(ada: User) -> None:
    """The same answer after the same work: the request looks nothing up."""
    suspended = UserFactory.create()
    services.suspend_user(actor=None, user_id=suspended.id)
    seen = []
    for email in (ada.email, "nobody-at-all@example.com", suspended.email):
        with measure() as cost:
            answer = post("password-reset", {"email": email})
        page = Client().post("/password-reset/", {"email": email})
        text = re.sub(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"', "", page.content.decode())
        seen.append((answer.status_code, answer.content, page.status_code, len(text), cost.calls > 0))
    assert len({each[:4] for each in seen}) == 1
    assert [letter.to for letter in mail.outbox] == [[ada.email]]  # one, though it was asked for twice


def test_the_request_itself_reads_nothing(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("accounts.password_reset.send_password_reset.delay", asked.append)
    with measure() as cost:
        post("password-reset", {"email": ada.email})
        post("password-reset", {"email": "nobody-at-all@example.com"})
    assert (cost.calls, asked) == (0, [ada.email, "nobody-at-all@example.com"])


def test_nobody_is_swamped(ada: User) -> None:
    for _ in range(5):
        post("password-reset", {"email": ada.email})
    assert len(mail.outbox) == 1
    cache.clear()
    post("password-reset", {"email": ada.email})
    assert len(mail.outbox) == 2


def test_without_a_broker_it_says_so(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: str) -> None:
        raise OSError("away")

    monkeypatch.setattr("accounts.password_reset.send_password_reset.delay", away)
    assert post("password-reset", {"email": ada.email}).status_code == 503


def test_what_is_no_link(ada: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    good = token_of(ada)
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: utc_now().timestamp() - 30 * 60 - 1)
        outdated = token_of(ada)
    for token in (
        "x",
        good[:-1],
        "x" * 512,
        outdated,
        signing.dumps([ada.id, 0], key="another key", salt=resetting.SALT),
        signing.dumps([ada.id, 0], key=settings.TOKEN_KEY, salt="second-factor.challenge"),
        signing.dumps([ada.id, 99], key=settings.TOKEN_KEY, salt=resetting.SALT),
        signing.dumps(["nobody", 0], key=settings.TOKEN_KEY, salt=resetting.SALT),
        signing.dumps("x", key=settings.TOKEN_KEY, salt=resetting.SALT),
    ):
        answer = confirm(token)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_reset_token"), token
        assert Client().get("/password-reset/confirm/", {"token": token}).status_code == 400
    assert Client().get("/password-reset/confirm/").status_code == 400
    assert confirm(good).status_code == 204


def test_a_link_ends_with_what_it_stands_on(ada: User) -> None:
    link = token_of(ada)
    services.change_password(user=ada, current_password=PASSWORD, new_password=NEW, origin=HERE)
    assert confirm(link).status_code == 400
    link = token_of(ada)
    services.suspend_user(actor=None, user_id=ada.id)
    assert confirm(link).status_code == 400


def test_of_one_link_used_many_times_at_once_one_wins(ada: User) -> None:
    link = token_of(ada)
    words = ["first long secret", "second long secret", "third long secret", "fourth long secret"]
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda word: confirm(link, word).status_code, words))
    assert sorted(found) == [204, 400, 400, 400]
    winner = words[found.index(204)]
    assert sign_in.sign_in(email=ada.email, password=winner, origin=HERE).user.id == ada.id


def test_it_is_no_way_around_a_second_factor(ada: User) -> None:
    enrolled(ada)
    assert confirm(token_of(ada)).status_code == 204
    with pytest.raises(Unauthenticated) as refused:
        sign_in.sign_in(email=ada.email, password=NEW, origin=HERE)
    assert refused.value.code == "second_factor_required"


def test_staff_may_have_a_link_sent(ada: User) -> None:
    support = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.SUPPORT)
    resetting.ask_for(actor=support, user_id=ada.id)
    assert [letter.to for letter in mail.outbox] == [[ada.email]]
    for actor in (UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE), UserFactory.create()):
        with pytest.raises(Forbidden):
            resetting.ask_for(actor=actor, user_id=ada.id)
    with pytest.raises(Forbidden):
        resetting.ask_for(actor=support, user_id=UserFactory.create(role=Role.ADMIN).id)


@pytest.mark.parametrize("body", [None, [], {}, {"email": 7}, {"email": "x"}, {"email": "a@b.c", "x": 1}], ids=repr)
def test_rubbish(body: Any) -> None:
    assert post("password-reset", body).status_code == 400
    assert post("password-reset/confirm", body).status_code == 400
