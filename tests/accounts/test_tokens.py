"""Signing in over the API: tokens, their rotation and replay, and what ends them at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.test import Client

from accounts import services, sign_in, tokens
from accounts.authentication import user_for_token
from accounts.rules.roles import UserStatus
from accounts.tables import TokenFamily, User
from accounts.tokens import Token
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.errors import Unauthenticated
from atlas.origin import Origin
from tests.factories import PASSWORD, UserFactory, bearer

HERE = Origin("127.0.0.1", "tests")


def login(api: Client, email: str, password: str = PASSWORD) -> Any:
    return api.post("/api/v1/auth/login", {"email": email, "password": password}, content_type="application/json")


def refresh(api: Client, token: str) -> Any:
    return api.post("/api/v1/auth/refresh", {"refreshToken": token}, content_type="application/json")


def me(api: Client, token: str) -> Any:
    return api.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def code(answer: Any) -> str:
    return str(answer.json()["error"]["code"])


def test_sign_in(api: Client, ada: User) -> None:
    answer = login(api, ada.email.upper())
    assert answer.status_code == 200
    body = answer.json()
    assert body["expiresIn"] == 15 * 60
    assert body["user"]["id"] == ada.id
    assert body["user"]["lastLogin"].endswith("Z")
    assert answer["Cache-Control"] == "no-store"
    assert me(api, body["accessToken"]).json()["email"] == ada.email


def test_a_stranger_is_asked_for_a_token(api: Client) -> None:
    answer = api.get("/api/v1/me")
    assert (answer.status_code, code(answer)) == (401, "unauthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"


def test_costs(api: Client, ada: User) -> None:
    with measure() as cost:
        token = login(api, ada.email).json()["accessToken"]
    assert [each.split()[0] for each in cost.operations] == ["GetItem", "GetItem", "TransactWriteItems"]
    with measure() as cost:
        me(api, token)
    assert (cost.operations, cost.rcu) == (["BatchGetItem atlas-auth-tokens,atlas-users"], 1.0) or (
        cost.operations == ["BatchGetItem atlas-users,atlas-auth-tokens"] and cost.rcu == 1.0
    )


def test_unknown_and_wrong_are_one_answer_after_one_work(
    api: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by the clock: the same reads and the same hashing, whoever asks."""
    hashed: list[str] = []
    monkeypatch.setattr("tests.fast.QuickBCrypt.encode", _counting(hashed, "tests.fast.QuickBCrypt.encode"))
    seen = []
    for email in (ada.email, "nobody@example.com"):
        hashed.clear()
        with measure() as cost:
            answer = login(api, email, "not the password")
        error = answer.json()["error"]
        error.pop("requestId", None)
        seen.append((answer.status_code, error, cost.operations, len(hashed)))
    assert seen[0] == seen[1]
    assert seen[0][0] == 401
    assert seen[0][3] == 1


def _counting(calls: list[str], name: str) -> Callable[..., str]:
    from tests.fast import QuickBCrypt  # noqa: PLC0415

    real = QuickBCrypt.encode

    def encode(self: Any, password: str, salt: Any) -> str:
        calls.append(name)
        return str(real(self, password, salt))

    return encode


def test_two_devices_at_once(ada: User) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE), range(8)))
    assert len({each.refresh_token for each in found}) == 8


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Bearer " + "x" * 5000, "bearer \xff"],
)
def test_no_token_at_all(api: Client, header: str) -> None:
    answer = api.get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, code(answer)) == (401, "invalid_token")


def test_forged_tokens(api: Client, ada: User) -> None:
    good = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    claims = jwt.decode(good.access_token, options={"verify_signature": False})
    for forged in (
        jwt.encode(claims, "another-key-of-thirty-two-bytes-or-more", algorithm="HS256"),
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, settings.TOKEN_KEY, algorithm="HS384"),
        jwt.encode({**claims, "aud": "other"}, settings.TOKEN_KEY, algorithm="HS256"),
        jwt.encode({**claims, "iss": "other"}, settings.TOKEN_KEY, algorithm="HS256"),
        jwt.encode({**claims, "sub": ""}, settings.TOKEN_KEY, algorithm="HS256"),
        jwt.encode({**claims, "fam": "x" * 1500}, settings.TOKEN_KEY, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, settings.TOKEN_KEY, algorithm="HS256"),
        good.refresh_token,
    ):
        answer = me(api, forged)
        assert (answer.status_code, code(answer)) == (401, "invalid_token"), forged
    assert refresh(api, good.access_token).status_code == 401
    assert me(api, good.access_token).status_code == 200


def test_another_users_family(api: Client, ada: User) -> None:
    """A token signed by us whose parts do not belong together counts for nobody."""
    other = sign_in.sign_in(email=UserFactory.create().email, password=PASSWORD, origin=HERE)
    family = tokens.read(other.access_token, tokens.ACCESS).family_id
    assert me(api, tokens.issue_access(Token(ada.id, family), now=utc_now())).status_code == 401


def test_an_expired_token(api: Client, ada: User) -> None:
    signed_in = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    token = tokens.read(signed_in.access_token, tokens.ACCESS)
    long_ago = datetime.now(UTC) - timedelta(minutes=16)
    answer = me(api, tokens.issue_access(token, now=long_ago))
    assert (answer.status_code, code(answer)) == (401, "token_expired")


def test_refresh_rotates(api: Client, ada: User) -> None:
    first = login(api, ada.email).json()
    second = refresh(api, first["refreshToken"]).json()
    assert second["refreshToken"] != first["refreshToken"]
    assert second["user"]["id"] == ada.id
    assert me(api, second["accessToken"]).status_code == 200
    third = refresh(api, second["refreshToken"])
    assert third.status_code == 200


def test_a_replay_ends_the_family(api: Client, ada: User) -> None:
    elsewhere = login(api, ada.email).json()
    first = login(api, ada.email).json()
    second = refresh(api, first["refreshToken"]).json()
    answer = refresh(api, first["refreshToken"])
    assert (answer.status_code, code(answer)) == (401, "token_replayed")
    assert me(api, second["accessToken"]).status_code == 401
    assert refresh(api, second["refreshToken"]).status_code == 401
    assert me(api, elsewhere["accessToken"]).status_code == 200


def test_of_two_refreshes_at_once_one_is_a_replay(ada: User) -> None:
    signed_in = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)

    def attempt(_: int) -> str:
        try:
            sign_in.refresh(refresh_token=signed_in.refresh_token)
        except Unauthenticated as error:
            return error.code
        return "ok"

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(attempt, range(6)))
    assert sorted(outcomes) == ["ok"] + ["token_replayed"] * 5
    family = TokenFamily.fetch(tokens.read(signed_in.access_token, tokens.ACCESS).family_id)
    assert family.revoked_at is not None


def test_a_family_past_its_time(api: Client, ada: User) -> None:
    """DynamoDB deletes late: the row is still there, and counts no more."""
    signed_in = login(api, ada.email).json()
    family = TokenFamily.fetch(tokens.read(signed_in["accessToken"], tokens.ACCESS).family_id)
    family.expires_at = utc_now().replace(microsecond=0) - timedelta(seconds=1)
    family.save()
    assert me(api, signed_in["accessToken"]).status_code == 401
    assert refresh(api, signed_in["refreshToken"]).status_code == 401


def test_sign_out_ends_this_device_alone(api: Client, ada: User) -> None:
    phone, laptop = login(api, ada.email).json(), login(api, ada.email).json()
    assert api.post("/api/v1/auth/logout", headers=_headers(phone)).status_code == 204
    assert me(api, phone["accessToken"]).status_code == 401
    assert refresh(api, phone["refreshToken"]).status_code == 401
    assert me(api, laptop["accessToken"]).status_code == 200


def test_a_suspended_user_is_out_at_once(api: Client, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr("accounts.services.sign_out_sockets", told.append)
    signed_in = login(api, ada.email).json()
    services.suspend_user(actor=None, user_id=ada.id)
    assert told == [ada.id]
    assert me(api, signed_in["accessToken"]).status_code == 401
    assert refresh(api, signed_in["refreshToken"]).status_code == 401
    answer = login(api, ada.email)
    assert (answer.status_code, code(answer)) == (403, "account_suspended")
    assert code(login(api, ada.email, "wrong")) == "invalid_credentials"
    services.reactivate_user(actor=None, user_id=ada.id)
    assert me(api, signed_in["accessToken"]).status_code == 401
    assert login(api, ada.email).status_code == 200


async def test_the_user_of_a_socket(ada: User) -> None:
    token = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE).access_token
    user = await user_for_token(token)
    assert user is not None
    assert (user.id, user.role, user.status, user.is_authenticated) == (ada.id, ada.role, UserStatus.ACTIVE, True)
    assert await user_for_token("nonsense") is None
    services.suspend_user(actor=None, user_id=ada.id)
    assert await user_for_token(token) is None


def test_only_hashes_are_stored(ada: User) -> None:
    signed_in = sign_in.sign_in(email=ada.email, password=PASSWORD, origin=HERE)
    family = TokenFamily.fetch(tokens.read(signed_in.access_token, tokens.ACCESS).family_id)
    assert signed_in.refresh_token not in str(family.attribute_values)
    assert (family.user_agent, family.ip_address) == ("tests", "127.0.0.1")


def test_bearer_helper(api: Client, ada: User) -> None:
    assert api.get("/api/v1/me", headers=bearer(ada)).status_code == 200


def _headers(signed_in: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed_in['accessToken']}"}
