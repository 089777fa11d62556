"""The second factor over the API: setting it up, signing in with it, and all that must not get by."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from accounts import services as accounts
from accounts import sign_in
from accounts.second_factor import challenge, codes, seal, services
from accounts.tables import SecondFactor, TokenFamily, User
from atlas import vault
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import AtlasError, Unauthenticated
from tests.authenticator import HERE, Authenticator, current_code, enrolled, other_code
from tests.factories import PASSWORD, UserFactory, bearer

LOGIN, SECOND, MINE = "/api/v1/auth/login", "/api/v1/auth/second-factor", "/api/v1/me/second-factor"


@pytest.fixture
def app(ada: User) -> Authenticator:
    return enrolled(ada)


def call(verb: str, path: str, body: Any = None, headers: Any = None) -> Any:
    send = getattr(Client(), verb)
    if verb == "get":
        return send(path, headers=headers or {})
    return send(path, body, content_type="application/json", headers=headers or {})


def login(user: User, password: str = PASSWORD) -> Any:
    return call("post", LOGIN, {"email": user.email, "password": password})


def challenged(user: User) -> str:
    error = login(user).json()["error"]
    assert error["code"] == "second_factor_required"
    return str(error["challenge"])


def second_step(given: str, code: str) -> Any:
    return call("post", SECOND, {"challenge": given, "code": code})


def error_code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


# Setting it up


def test_setting_it_up(ada: User) -> None:
    here, elsewhere = bearer(ada), bearer(ada)
    assert call("get", MINE, headers=here).json() == {
        "active": False, "activeSince": None, "recoveryCodesLeft": 0, "mandatory": False,
    }  # fmt: skip
    begun = call("post", MINE, {"password": PASSWORD}, here)
    assert begun.status_code == 201
    setup = begun.json()
    assert set(setup) == {"secret", "otpauthUri", "expiresAt"}
    assert f"secret={setup['secret']}" in setup["otpauthUri"]
    assert begun["Cache-Control"] == "no-store"
    assert call("get", MINE, headers=here).json()["active"] is False
    assert login(ada).status_code == 200  # not before it is confirmed

    code = current_code(setup["secret"])
    wrong = call("post", f"{MINE}/confirm", {"code": other_code(code)}, here)
    assert (wrong.status_code, error_code(wrong)) == (400, "wrong_code")
    confirmed = call("post", f"{MINE}/confirm", {"code": code}, here)
    found = confirmed.json()["recoveryCodes"]
    assert (confirmed.status_code, len(found), len(set(found))) == (200, 10, 10)
    state = call("get", MINE, headers=here).json()  # this sign-in stays
    assert (state["active"], state["recoveryCodesLeft"]) == (True, 10)
    assert call("get", "/api/v1/me", headers=elsewhere).status_code == 401  # the others were made without a code
    assert login(ada).status_code == 401


def test_it_is_kept_so_that_a_copy_is_of_no_use(ada: User, app: Authenticator) -> None:
    row = SecondFactor.fetch(ada.id)
    stored = str(row.serialize())
    assert app.secret not in stored
    assert not any(each in stored or each.replace("-", "") in stored for each in app.recovery_codes)
    assert seal.opened(row.secret, ada.id) == app.secret
    with pytest.raises(vault.Unsealable):
        seal.opened(row.secret, UserFactory.create().id)


def test_the_vaults_keys_rotate_as_people_sign_in(ada: User, app: Authenticator, settings: Any) -> None:
    old = SecondFactor.fetch(ada.id).secret
    settings.VAULT_KEYS = ["a newer vault key", *settings.VAULT_KEYS]
    assert codes.spend(ada.id, app.code())
    renewed = SecondFactor.fetch(ada.id).secret
    assert renewed != old
    settings.VAULT_KEYS = settings.VAULT_KEYS[:1]
    assert codes.spend(ada.id, app.code())
    assert seal.opened(renewed, ada.id) == app.secret


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("", {"password": PASSWORD}, "second_factor_active"),
        ("/confirm", {"code": "123456"}, "second_factor_active"),
    ],
)
def test_one_is_enough(ada: User, path: str, body: Any, code: str) -> None:
    headers = bearer(ada)
    setup = services.begin(user=ada, password=PASSWORD, origin=HERE)
    key = TokenFamily.user_index.query(ada.id, limit=1)
    services.confirm(user=ada, code=current_code(setup.secret), keep=next(iter(key)).id)
    answer = call("post", MINE + path, body, headers)
    assert (answer.status_code, error_code(answer)) == (409, code)


def test_whoever_only_holds_the_session_cannot_set_one_up(ada: User) -> None:
    answer = call("post", MINE, {"password": "a guess"}, bearer(ada))
    assert (answer.status_code, error_code(answer)) == (400, "wrong_password")
    assert SecondFactor.find(ada.id, consistent=True) is None


def test_a_secret_that_waited_too_long_is_begun_again(ada: User) -> None:
    setup = services.begin(user=ada, password=PASSWORD, origin=HERE)
    row = SecondFactor.fetch(ada.id)
    row.expires_at = utc_now().replace(microsecond=0) - timedelta(seconds=1)
    row.save()
    assert services.pending(user=ada) is None
    answer = call("post", f"{MINE}/confirm", {"code": current_code(setup.secret)}, bearer(ada))
    assert (answer.status_code, error_code(answer)) == (409, "second_factor_not_begun")
    again = services.begin(user=ada, password=PASSWORD, origin=HERE)
    assert again.secret != setup.secret
    assert services.confirm(user=ada, code=current_code(again.secret), keep=None).user.second_factor_at


def test_two_confirm_at_once(ada: User) -> None:
    setup = services.begin(user=ada, password=PASSWORD, origin=HERE)

    def confirm(_: int) -> str:
        try:
            return str(len(services.confirm(user=ada, code=current_code(setup.secret), keep=None).recovery_codes))
        except AtlasError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(confirm, range(4))) == ["10"] + ["second_factor_active"] * 3


# Signing in


def test_signing_in_takes_two_steps(ada: User, app: Authenticator) -> None:
    first = login(ada)
    error = first.json()["error"]
    assert (first.status_code, error["code"], error["expiresIn"]) == (401, "second_factor_required", 300)
    assert first["Cache-Control"] == "no-store"
    second = second_step(error["challenge"], app.code())
    assert second.status_code == 200
    token = second.json()["accessToken"]
    assert call("get", "/api/v1/me", headers={"Authorization": f"Bearer {token}"}).json()["id"] == ada.id
    refreshed = call("post", "/api/v1/auth/refresh", {"refreshToken": second.json()["refreshToken"]})
    assert refreshed.status_code == 200


def test_the_wrong_password_does_not_tell_of_the_factor(ada: User, app: Authenticator) -> None:
    without = UserFactory.create()
    answers = [login(user, "a guess").json()["error"] for user in (ada, without)]
    assert [answer["code"] for answer in answers] == ["invalid_credentials"] * 2
    assert all("challenge" not in answer for answer in answers)


@pytest.mark.slow
def test_a_code_is_good_once(ada: User, app: Authenticator) -> None:
    code = app.code()
    assert second_step(challenged(ada), code).status_code == 200
    again = second_step(challenged(ada), code)
    assert (again.status_code, error_code(again)) == (401, "invalid_code")


def test_of_one_code_sent_many_times_at_once_one_wins(ada: User, app: Authenticator, settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 1000
    for _ in range(5):
        given, code = challenge.issue(app.user), app.code()
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: second_step(given, code).status_code, range(6)))  # noqa: B023
        assert sorted(found) == [200] + [401] * 5


def test_of_one_recovery_code_sent_many_times_at_once_one_wins(ada: User, app: Authenticator, settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 1000
    for recovery_code in app.recovery_codes[:3]:
        with ThreadPoolExecutor(6) as pool:
            found = list(pool.map(lambda _: codes.spend(ada.id, recovery_code), range(6)))  # noqa: B023
        assert sorted(found) == [False] * 5 + [True]
    assert services.state(user=ada).recovery_codes_left == 7


@pytest.mark.slow
def test_every_recovery_code_is_good_once(ada: User, app: Authenticator) -> None:
    for recovery_code in app.recovery_codes:
        assert second_step(challenged(ada), recovery_code.lower().replace("-", " ")).status_code == 200
        again = second_step(challenged(ada), recovery_code)
        assert (again.status_code, error_code(again)) == (401, "invalid_code")
    assert services.state(user=ada).recovery_codes_left == 0
    assert second_step(challenged(ada), app.code()).status_code == 200


def test_guessing_codes_is_stopped_wherever_it_comes_from(ada: User, app: Authenticator) -> None:
    given, wrong = challenged(ada), other_code(app.code())

    def attempt(code: str, number: int) -> Any:
        client = Client(REMOTE_ADDR=f"198.51.100.{number}")
        return client.post(SECOND, {"challenge": given, "code": code}, content_type="application/json")

    assert [attempt(wrong, number).status_code for number in range(9)] == [401] * 8 + [429]
    locked = attempt(app.code(), 200)
    assert (locked.status_code, error_code(locked)) == (429, "too_many_requests")
    assert 0 < int(locked["Retry-After"]) <= 15 * 60
    assert second_step(challenge.issue(app.user), app.recovery_codes[0]).status_code == 429
    assert login(UserFactory.create()).status_code == 200


def test_a_success_forgives(ada: User, app: Authenticator) -> None:
    for _ in range(3):
        given = challenged(ada)
        for _ in range(7):
            assert second_step(given, "12345").status_code == 401
        assert second_step(given, app.code()).status_code == 200


def test_without_the_cache_no_code_is_looked_at(ada: User, app: Authenticator, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six digits that may be tried without end are no factor."""
    given, code = challenged(ada), app.code()

    def away(*_: Any, **__: Any) -> None:
        raise RedisAway("away")

    monkeypatch.setattr(cache, "add", away)
    assert second_step(given, code).status_code == 503
    monkeypatch.undo()
    assert second_step(given, code).status_code == 200


def outdated(monkeypatch: pytest.MonkeyPatch, user: User) -> str:
    with monkeypatch.context() as patched:
        patched.setattr("django.core.signing.time.time", lambda: utc_now().timestamp() - 301)
        return challenge.issue(user)


def void(user: User, change: Callable[[User], Any]) -> str:
    given = challenge.issue(user)
    change(user)
    return given


def test_what_is_no_challenge(ada: User, app: Authenticator, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 1000
    other = UserFactory.create()
    good = challenge.issue(app.user)
    for given in (
        "x",
        good[:-1],
        f"{good}x",
        "x" * 512,
        signing.dumps([ada.id, 0], key="another key", salt=challenge.SALT),
        signing.dumps([ada.id, app.user.credentials_epoch], key=settings.TOKEN_KEY, salt="another salt"),
        signing.dumps([ada.id, 99], key=settings.TOKEN_KEY, salt=challenge.SALT),
        signing.dumps([ada.id], key=settings.TOKEN_KEY, salt=challenge.SALT),
        signing.dumps(7, key=settings.TOKEN_KEY, salt=challenge.SALT),
        signing.dumps(["nobody", 0], key=settings.TOKEN_KEY, salt=challenge.SALT),
        challenge.issue(other),  # who has no second factor
        outdated(monkeypatch, app.user),
    ):
        answer = second_step(given, app.recovery_codes[0])
        assert (answer.status_code, error_code(answer)) == (401, "challenge_expired"), given
    assert services.state(user=ada).recovery_codes_left == 10


def test_a_challenge_ends_with_what_it_stands_on(ada: User, app: Authenticator) -> None:
    given = challenge.issue(app.user)
    accounts.suspend_user(actor=None, user_id=ada.id)
    assert error_code(second_step(given, app.code())) == "challenge_expired"
    accounts.reactivate_user(actor=None, user_id=ada.id)
    assert error_code(second_step(given, app.code())) == "challenge_expired"
    assert second_step(challenge.issue(app.user), app.code()).status_code == 200


RUBBISH: list[Any] = [
    None, 7, True, [], {}, "", " ", "12345", "1234567", "abcdef", "١٢٣٤٥٦",
    "\uff11\uff12\uff13\uff14\uff15\uff16", "-12345", "1e5",
    "12345\n6", "000000\0", "ABCDE-FGHJK", "x" * 41, "🚘" * 10,
]  # fmt: skip


@pytest.mark.parametrize("code", RUBBISH, ids=repr)
def test_rubbish_for_a_code(ada: User, app: Authenticator, code: Any) -> None:
    status = second_step(challenge.issue(app.user), code).status_code
    assert status in (400, 401)


@pytest.mark.parametrize(
    "body", [None, [], {}, {"code": "123456"}, {"challenge": "x"}, {"challenge": 7, "code": "1"}, {"a": 1}], ids=repr
)
def test_rubbish_for_a_body(body: Any) -> None:
    assert call("post", SECOND, body).status_code == 400


def test_no_token_is_made_by_the_password_alone(ada: User, app: Authenticator) -> None:
    with pytest.raises(Unauthenticated) as refused:
        sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    assert refused.value.code == "second_factor_required"
    given = refused.value.details["challenge"]
    for token in (given, challenge.issue(app.user)):
        assert call("get", "/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_costs(ada: User, app: Authenticator) -> None:
    with measure() as cost:
        given = challenged(ada)
    assert [each.split()[0] for each in cost.operations] == ["GetItem", "GetItem"]
    code = app.code()
    with measure() as cost:
        assert second_step(given, code).status_code == 200
    names = [each.split()[0] for each in cost.operations]
    assert names == ["GetItem", "GetItem", "TransactWriteItems", "TransactWriteItems"]
