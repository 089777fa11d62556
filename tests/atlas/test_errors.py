"""Every failure under `/api/` is `{"error": {...}}` with a request id, and tells nothing it should not."""

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import AsyncClient, Client

from tests.atlas.api_urls import FAILURES

MIDDLEWARE = [
    "atlas.middleware.request_id.request_id_middleware",
    "atlas.middleware.metering.metering_middleware",
    "atlas.middleware.errors.ErrorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]
CODES = {
    "bug": (500, "internal_error"),
    "404": (404, "not_found"),
    "403": (403, "forbidden"),
    "suspicious": (400, "malformed"),
    "away": (503, "unavailable"),
    "busy": (503, "unavailable"),
    "race": (409, "already_accepted"),
    "card": (402, "card_declined"),
    "theirs": (404, "not_found"),
    "not yours": (403, "forbidden"),
}


@pytest.fixture(autouse=True)
def small_api(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.atlas.api_urls"
    settings.MIDDLEWARE = MIDDLEWARE


@pytest.fixture
def client() -> Client:
    return Client(raise_request_exception=False)


def error(response: Any) -> dict[str, Any]:
    assert response["Content-Type"] == "application/json"
    assert b"Traceback" not in response.content
    assert b"secret detail" not in response.content
    found: dict[str, Any] = response.json()["error"]
    assert found["requestId"] == response["X-Request-ID"]
    assert found["message"]
    return found


@pytest.mark.parametrize("kind", FAILURES)
@pytest.mark.parametrize("path", ["/api/v1/broken/{}", "/api/v1/plain?fail={}"])
@pytest.mark.parametrize("debug", [False, True])
def test_a_failure_has_its_status_and_code(
    client: Client, settings: LazySettings, kind: str, path: str, debug: bool
) -> None:
    settings.DEBUG = debug
    response = client.get(path.format(kind))
    assert (response.status_code, error(response)["code"]) == CODES[kind]


def test_the_store_being_away_says_when_to_come_back(client: Client) -> None:
    assert client.get("/api/v1/broken/away")["Retry-After"] == "5"
    assert client.get("/api/v1/broken/busy")["Retry-After"] == "7"
    page = client.get("/page?fail=away")
    assert (page.status_code, page["Retry-After"]) == (503, "5")


def test_a_lost_race_tells_the_state_as_it_is(client: Client) -> None:
    assert error(client.get("/api/v1/broken/race"))["status"] == "OPERATOR_ASSIGNED"


def test_an_unknown_path_is_json_under_the_api_and_a_page_elsewhere(client: Client) -> None:
    assert error(client.get("/api/v1/nowhere"))["code"] == "not_found"
    assert client.get("/nowhere")["Content-Type"].startswith("text/html")


PAGES = [("404", 404), ("403", 403), ("theirs", 404), ("not yours", 403), ("bug", 500)]


@pytest.mark.parametrize(("kind", "status"), PAGES)
def test_a_page_that_may_not_be_seen_is_a_page_all_the_same(client: Client, kind: str, status: int) -> None:
    response = client.get("/page", {"fail": kind})
    assert response.status_code == status
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/api/v1/plain", "/api/v1/login"])
def test_an_unknown_method_names_those_allowed(client: Client, path: str) -> None:
    response = client.delete(path)
    assert response.status_code == 405
    assert error(response)["code"] == "method_not_allowed"
    assert response["Allow"]


def test_signing_in_is_asked_for(client: Client) -> None:
    response = client.get("/api/v1/rides")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert error(response)["code"] == "unauthenticated"


def test_an_answer_in_a_form_we_do_not_have_is_406(client: Client) -> None:
    response = client.get("/api/v1/rides", headers={"X-User": "ada", "Accept": "application/xml"})
    assert response.status_code == 406
    assert error(response)["code"] == "not_acceptable"


@pytest.mark.parametrize("given", ["short", "with space 1234", "a" * 129, "new\tline-1234", ""])
def test_a_harmful_request_id_is_replaced(client: Client, given: str) -> None:
    response = client.get("/api/v1/broken/404", headers={"X-Request-ID": given})
    assert response["X-Request-ID"] != given
    assert error(response)


def test_a_harmless_request_id_is_kept(client: Client) -> None:
    response = client.get("/api/v1/broken/404", headers={"X-Request-ID": "trace-0001.a_b"})
    assert error(response)["requestId"] == "trace-0001.a_b"


def test_the_log_has_the_trace_and_the_request_id(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/api/v1/broken/bug")
    logged = [record for record in caplog.records if record.name == "atlas.api.exceptions"]
    assert response["X-Request-ID"] in str(logged[0].msg)
    assert logged[0].exc_info or "secret detail" in str(logged[0].msg)


async def test_the_same_holds_under_asgi() -> None:
    client = AsyncClient(raise_request_exception=False)
    response = await client.get("/api/v1/broken/bug", headers={"X-Request-ID": "trace-0001"})
    assert (response.status_code, error(response)["requestId"]) == (500, "trace-0001")
    assert response["X-DynamoDB"] == "calls=0 scans=0 rcu=0 wcu=0"
    missing = await client.get("/api/v1/nowhere")
    assert error(missing)["code"] == "not_found"


@pytest.mark.parametrize("path", ["/api/v1/rides/1", "/api/v1/rides/none", "/api/v1/broken/card"])
def test_no_cache_keeps_an_answer(client: Client, path: str) -> None:
    """Whoever asked, and whatever came of it."""
    assert client.get(path, headers={"X-User": "ada"})["Cache-Control"] == "no-store"


def test_a_guessed_host_is_refused_and_no_error_of_ours(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    assert error(client.get("/api/v1/rides/1", headers={"Host": "evil.example"}))["code"] == "malformed"
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
