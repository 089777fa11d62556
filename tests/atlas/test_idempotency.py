"""A repeated POST with the same `Idempotency-Key` does its work once, whoever is quick or dies in between."""

import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import LazySettings
from rest_framework.test import APIClient

from atlas.api import idempotency
from atlas.dynamo.attributes import utc_now
from atlas.errors import Conflict, PaymentDeclined, Unavailable
from atlas.tables import IdempotencyKey
from tests.atlas import api_urls
from tests.atlas.api_urls import journal
from tests.atlas.test_errors import MIDDLEWARE

RIDE: dict[str, Any] = {"type": "P2P", "details": {"pickupLocation": "Grand Hotel"}}


@pytest.fixture(autouse=True)
def small_api(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.atlas.api_urls"
    settings.MIDDLEWARE = MIDDLEWARE
    journal.done.clear()
    journal.fail = None


@pytest.fixture
def key() -> str:
    return str(uuid4())


def post(key: str | None, body: Any = RIDE, user: str = "ada") -> Any:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_X_USER=user, **({} if key is None else {"HTTP_IDEMPOTENCY_KEY": key}))
    return client.post("/api/v1/rides", body, format="json")


def test_the_second_answer_is_the_first_one(key: str) -> None:
    first, second = post(key), post(key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first["ETag"] == second["ETag"] == '"1"'
    assert len(journal.done) == 1
    assert ("Idempotent-Replayed" in first.headers, second["Idempotent-Replayed"]) == (False, "true")
    assert second["X-Request-ID"] != first["X-Request-ID"]


def test_the_order_of_members_does_not_matter(key: str) -> None:
    post(key)
    assert post(key, dict(reversed(RIDE.items())))["Idempotent-Replayed"] == "true"


def test_another_body_is_refused(key: str) -> None:
    post(key)
    response = post(key, {**RIDE, "price": 5})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "idempotency_key_reused")
    assert len(journal.done) == 1


def test_keys_of_others_and_requests_without_one_are_their_own(key: str) -> None:
    ids = {post(key).json()["id"], post(key, user="bob").json()["id"], post(None).json()["id"], post(None).json()["id"]}
    assert len(ids) == 4


@pytest.mark.parametrize("bad", ["", "a b", "é", "x" * 129, "a\tb"])
def test_a_key_is_short_and_plain(bad: str) -> None:
    response = post(bad)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "malformed")


def test_a_declined_card_stays_declined(key: str) -> None:
    journal.fail = PaymentDeclined()
    first = post(key)
    journal.fail = None
    second = post(key)
    assert (first.status_code, second.status_code, len(journal.done)) == (402, 402, 1)
    error = second.json()["error"]
    assert (error["code"], error["requestId"]) == ("card_declined", second["X-Request-ID"])


@pytest.mark.parametrize("failure", [Unavailable(), RuntimeError(), Conflict()])
def test_what_changed_nothing_may_be_tried_again(key: str, failure: Exception) -> None:
    journal.fail = failure
    assert post(key).status_code >= 409
    journal.fail = None
    assert post(key).status_code == 201


def test_an_invalid_body_does_not_use_up_the_key(key: str) -> None:
    assert post(key, {**RIDE, "type": "BALLOON"}).status_code == 400
    assert post(key).status_code == 201


def test_of_many_at_once_one_does_the_work(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()
    ride = api_urls.RidesView.created

    def slowly(*args: Any, **kwargs: Any) -> Any:
        started.set()
        assert go_on.wait(5)
        return ride(*args, **kwargs)

    monkeypatch.setattr(api_urls.RidesView, "created", slowly)
    answers: list[Any] = []
    first = threading.Thread(target=lambda: answers.append(post(key)))
    first.start()
    assert started.wait(5)
    meanwhile = [post(key) for _ in range(3)]
    go_on.set()
    first.join()
    assert {(each.status_code, each.json()["error"]["code"]) for each in meanwhile} == {(409, "request_in_progress")}
    assert meanwhile[0]["Retry-After"] == "1"
    assert (answers[0].status_code, post(key)["Idempotent-Replayed"], len(journal.done)) == (201, "true", 1)


def test_a_dead_process_frees_the_key_after_its_lease(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "_settle", lambda *_: None)  # as if it died before it could say how it went
    post(key)
    assert post(key).json()["error"]["code"] == "request_in_progress"
    monkeypatch.undo()
    later = utc_now() + idempotency.LEASE + timedelta(seconds=1)
    monkeypatch.setattr(idempotency, "utc_now", lambda: later)
    assert post(key).status_code == 201
    assert post(key)["Idempotent-Replayed"] == "true"


def test_a_key_is_forgotten_after_a_day(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    post(key)
    later = utc_now() + idempotency.LIFE + timedelta(seconds=1)
    monkeypatch.setattr(idempotency, "utc_now", lambda: later)
    assert post(key, {**RIDE, "price": 5}).status_code == 201
    assert len(journal.done) == 2


def test_an_answer_that_cannot_be_kept_is_given_all_the_same(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = IdempotencyKey.save, []

    def save_once(self: IdempotencyKey, *args: Any, **kwargs: Any) -> Any:
        calls.append(self)
        if len(calls) > 1:
            raise OSError("gone")
        return save(self, *args, **kwargs)

    monkeypatch.setattr(IdempotencyKey, "save", save_once)
    assert post(key).status_code == 201
