"""Guessing is stopped, for one account and across accounts; the rightful owner elsewhere is not."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from accounts import lockout
from accounts.tables import User
from atlas.errors import TooMany
from tests.factories import PASSWORD, UserFactory


def login(email: str, password: str, address: str = "192.0.2.1") -> Any:
    body = {"email": email, "password": password}
    return Client(REMOTE_ADDR=address).post("/api/v1/auth/login", body, content_type="application/json")


def test_the_ninth_try_waits(ada: User) -> None:
    for _ in range(8):
        assert login(ada.email, "a guess").status_code == 401
    answer = login(ada.email, PASSWORD)
    assert answer.status_code == 429
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert 0 < int(answer["Retry-After"]) <= 15 * 60
    assert login(ada.email.upper(), PASSWORD).status_code == 429
    assert login(ada.email, PASSWORD, "198.51.100.7").status_code == 200
    assert login(UserFactory.create().email, PASSWORD).status_code == 200


def test_unknown_addresses_are_locked_too() -> None:
    answers = [login("nobody-here@example.com", "a guess").status_code for _ in range(9)]
    assert answers == [401] * 8 + [429]


def test_a_success_forgives(ada: User) -> None:
    for _ in range(3):
        for _ in range(7):
            assert login(ada.email, "a guess").status_code == 401
        assert login(ada.email, PASSWORD).status_code == 200


def test_tries_in_parallel_count(ada: User) -> None:
    with ThreadPoolExecutor(16) as pool:
        codes = sorted(answer.status_code for answer in pool.map(lambda _: login(ada.email, "a guess"), range(16)))
    assert codes == [401] * 8 + [429] * 8


def test_spraying_one_password_over_many_accounts(settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 2
    tries = 2 * lockout.SPRAY_FACTOR
    for number in range(tries):
        lockout.count_try(f"victim{number}@example.com", "203.0.113.5")
    with pytest.raises(TooMany):
        lockout.count_try("fresh@example.com", "203.0.113.5")
    lockout.count_try("fresh@example.com", "203.0.113.6")


def test_an_office_that_signs_in_all_day_is_not_spraying(settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 1
    for number in range(3 * lockout.SPRAY_FACTOR):
        lockout.count_try(f"colleague{number}@example.com", "203.0.113.9")
        lockout.forgive(f"colleague{number}@example.com", "203.0.113.9")


def test_one_ipv6_network_is_one_guesser(settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 1
    lockout.count_try("a@example.com", "2001:db8::1")
    with pytest.raises(TooMany):
        lockout.count_try("a@example.com", "2001:db8::2")
    lockout.count_try("a@example.com", "2001:db8:1::1")
    lockout.count_try("a@example.com", "::ffff:192.0.2.9")
    with pytest.raises(TooMany):
        lockout.count_try("a@example.com", "192.0.2.9")


def test_it_ends(ada: User, settings: Any) -> None:
    settings.LOCKOUT_FAILURES = 0
    assert login(ada.email, PASSWORD).status_code == 429
    for limit in lockout.limits(ada.email, "192.0.2.1"):
        cache.set(limit.locked, 1.0)
    settings.LOCKOUT_FAILURES = 8
    assert login(ada.email, PASSWORD).status_code == 200


def test_a_header_that_anyone_can_send_does_not_help(ada: User, settings: Any) -> None:
    def attempt(number: int) -> Any:
        body = {"email": ada.email, "password": "a guess"}
        headers = {"X-Forwarded-For": f"198.51.100.{number}"}
        client = Client(REMOTE_ADDR="192.0.2.1")
        return client.post("/api/v1/auth/login", body, content_type="application/json", headers=headers)

    assert [attempt(number).status_code for number in range(9)] == [401] * 8 + [429]


@pytest.mark.parametrize("failing", ["get", "add", "delete", "decr"])
def test_without_the_cache_one_can_still_sign_in(ada: User, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise RedisAway("away")

    monkeypatch.setattr(cache, failing, away)
    assert login(ada.email, PASSWORD).status_code == 200
