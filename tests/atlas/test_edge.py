"""Throttles, versions, costs, body limits and the OpenAPI document."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from asgiref.testing import ApplicationCommunicator
from django.conf import LazySettings
from django.contrib.staticfiles import finders
from django.core.asgi import get_asgi_application
from django.core.cache import cache
from django.test import Client
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.validation import validate_schema
from redis.exceptions import ConnectionError as RedisConnectionError
from rest_framework.settings import api_settings
from rest_framework.test import APIClient

from atlas.api.docs import DocsView, SchemaView
from atlas.api.schema import add_manners
from atlas.api.throttles import Throttle
from atlas.dynamo.meter import measure
from atlas.middleware.body_limit import BodyLimit
from atlas.middleware.metering import describe
from atlas.rates import parse_rate
from atlas.tables import Unique
from tests.atlas import api_urls
from tests.atlas.test_errors import MIDDLEWARE

RATES = {"anon": "3/minute", "write": "2/hour", "read": None, "login": "1/minute"}


@pytest.fixture(autouse=True)
def small_api(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = "tests.atlas.api_urls"
    settings.MIDDLEWARE = MIDDLEWARE


@pytest.fixture
def throttled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(api_settings, "DEFAULT_THROTTLE_RATES", RATES)
    for view in (api_urls.LoginView, api_urls.RidesView, api_urls.BrokenView):
        monkeypatch.setattr(view, "throttle_classes", [Throttle])
    with time_machine.travel("2026-12-24T18:30:10Z", tick=False):
        yield


def statuses(client: APIClient, method: str, path: str, times: int) -> list[int]:
    return [client.generic(method, path, "{}", "application/json").status_code for _ in range(times)]


# Throttles


@pytest.mark.usefixtures("throttled")
def test_one_request_too_many_is_told_when_to_come_back() -> None:
    client = APIClient(raise_request_exception=False)
    assert statuses(client, "GET", "/api/v1/broken/404", 4) == [404, 404, 404, 429]
    response = client.get("/api/v1/broken/404")
    assert response["Retry-After"] == "50"
    assert response.json()["error"]["code"] == "too_many_requests"
    with time_machine.travel("2026-12-24T18:31:00Z", tick=False):
        assert client.get("/api/v1/broken/404").status_code == 404


@pytest.mark.usefixtures("throttled")
def test_users_are_counted_by_themselves_and_reads_apart_from_writes() -> None:
    ada, bob = APIClient(), APIClient()
    ada.credentials(HTTP_X_USER="ada")
    bob.credentials(HTTP_X_USER="bob")
    assert statuses(ada, "POST", "/api/v1/rides", 3) == [400, 400, 429]
    assert statuses(bob, "POST", "/api/v1/rides", 1) == [400]
    assert statuses(ada, "GET", "/api/v1/rides", 10) == [200] * 10


@pytest.mark.usefixtures("throttled")
def test_a_view_adds_a_scope_of_its_own() -> None:
    assert statuses(APIClient(), "POST", "/api/v1/login", 2) == [400, 429]


@pytest.mark.usefixtures("throttled")
def test_without_a_cache_every_request_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise RedisConnectionError

    monkeypatch.setattr(cache, "add", away)
    assert statuses(APIClient(), "POST", "/api/v1/login", 5) == [400] * 5


def test_a_rate_that_cannot_be_read_is_an_error() -> None:
    assert parse_rate("30/hour") == (30, 3600)
    for bad in ("30", "x/minute", "3/fortnight"):
        with pytest.raises((KeyError, ValueError)):
            parse_rate(bad)


# Versions


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (None, 200),
        ('"3"', 200),
        ('W/"3"', 200),
        ('"1", "3"', 200),
        ("*", 200),
        ('"2"', 412),
        ("3", 400),
        ("nonsense", 400),
    ],
)
def test_a_patch_is_refused_when_the_item_has_moved_on(if_match: str | None, status: int) -> None:
    client = APIClient()
    client.credentials(HTTP_X_USER="ada", **({"HTTP_IF_MATCH": if_match} if if_match else {}))
    response = client.patch("/api/v1/rides/7", {"price": 5}, format="json")
    assert response.status_code == status
    if status == 200:
        assert response["ETag"] == '"3"'
    if status == 412:
        assert (response.json()["error"]["code"], response.json()["error"]["version"]) == ("stale", 3)


# Costs


def test_an_answer_says_what_it_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    def look(*_: Any, **__: Any) -> Any:
        Unique.find("nothing")
        Unique.find("nothing", consistent=True)
        raise api_urls.FAILURES["404"]

    monkeypatch.setattr(api_urls.BrokenView, "get", look)
    response = Client().get("/api/v1/broken/404")
    assert response["X-DynamoDB"] == "calls=2 scans=0 rcu=1.5 wcu=0"
    assert response["Server-Timing"].startswith("total;dur=")


def test_nothing_is_said_of_costs_unless_asked(settings: LazySettings) -> None:
    settings.ATLAS_METER = False
    assert "X-DynamoDB" not in Client().get("/api/v1/broken/404").headers


def test_a_cost_is_written_plainly() -> None:
    with measure() as cost:
        pass
    cost.add("Scan", "x", 2, 10.0)
    assert describe(cost) == "calls=2 scans=2 rcu=10 wcu=0"


# Bodies, as the server sees them


async def answered(*, headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> tuple[int, Any]:
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/login",
        "query_string": b"",
        "headers": [(b"host", b"testserver"), (b"content-type", b"application/json"), *headers],
    }
    application: Any = get_asgi_application()
    communicator: Any = ApplicationCommunicator
    app = communicator(BodyLimit(application, 1000), scope)
    for number, chunk in enumerate(chunks, 1):
        await app.send_input({"type": "http.request", "body": chunk, "more_body": number < len(chunks)})
    start = await app.receive_output(5)
    body = await app.receive_output(5)
    await app.wait(5)
    return start["status"], json.loads(body["body"]) if body["body"] else None


@pytest.mark.parametrize(
    ("headers", "chunks", "status"),
    [
        ([(b"content-length", b"1001")], [], 413),
        ([(b"content-length", b"99999999999999999999")], [], 413),
        ([(b"content-length", b"-5")], [], 413),
        ([], [b"x" * 600, b"x" * 600], 413),
        ([], [b" " * 600, b"{}"], 400),
        ([(b"content-length", b"18")], [b'{"lat":1,"lng":12}'], 204),
    ],
)
async def test_a_body_is_cut_off_at_the_limit(headers: list[Any], chunks: list[bytes], status: int) -> None:
    found, body = await answered(headers=headers, chunks=chunks)
    assert found == status
    if status == 413:
        assert body["error"]["code"] == "too_large"
        assert body["error"]["requestId"]


# The OpenAPI document


@pytest.fixture
def document(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(spectacular_settings, "POSTPROCESSING_HOOKS", [add_manners])
    return SchemaGenerator(patterns=api_urls.urlpatterns).get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


def test_the_document_is_valid_and_without_warnings(document: Any, capsys: pytest.CaptureFixture[str]) -> None:
    validate_schema(document)  # type: ignore[no-untyped-call]
    assert document["openapi"].startswith("3.1")
    assert capsys.readouterr().err == ""


def test_every_operation_has_the_one_error(document: Any) -> None:
    operations = [each for item in document["paths"].values() for each in item.values()]
    assert len(operations) == 5
    for operation in operations:
        for code in ("400", "401", "403", "404", "409", "429", "503"):
            assert operation["responses"][code] == {"$ref": f"#/components/responses/Error{code}"}
    error = document["components"]["responses"]["Error429"]
    assert error["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Error"}
    assert "Retry-After" in error["headers"]


def test_names_on_the_wire_are_those_of_the_document(document: Any) -> None:
    schemas = document["components"]["schemas"]
    details = schemas["DetailsRequest"]
    assert set(details["properties"]) == {"pickupLocation", "pickup", "baseP2P", "quietRide", "itinerary", "beverages"}
    assert details["required"] == ["pickupLocation"]
    assert details["additionalProperties"] is False
    assert "additionalProperties" not in schemas["Details"]
    assert set(schemas["RidePage"]["properties"]) == {"results", "next"}
    assert schemas["PlaceRequest"]["properties"]["lat"]["maximum"] == 90


def test_headers_that_a_client_may_send_are_described(document: Any) -> None:
    def headers(path: str, method: str) -> set[str]:
        parameters = document["paths"][path][method].get("parameters", [])
        return {each["name"] for each in parameters if each["in"] == "header"}

    assert headers("/api/v1/rides", "post") == {"Idempotency-Key"}
    assert headers("/api/v1/rides/{ride_id}", "patch") == {"If-Match"}
    queries = {each["name"] for each in document["paths"]["/api/v1/rides"]["get"]["parameters"]}
    assert queries == {"status", "onlyMine", "seats", "cursor", "limit"}


class Addresses:
    """The URLs of the document itself."""

    urlpatterns = [
        path("api/schema/", SchemaView.as_view(), name="schema"),
        path("api/docs/", DocsView.as_view(url_name="schema"), name="docs"),
    ]


def test_the_docs_need_nothing_from_outside_and_no_inline_script(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = Addresses
    page = Client().get("/api/docs/").content.decode()
    assert "<script>" not in page
    assert "<style" not in page
    assert "http://" not in page
    assert "https://" not in page
    script = Client().get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert finders.find("drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js")


def test_the_document_is_json_unless_yaml_is_asked_for(settings: LazySettings) -> None:
    settings.ROOT_URLCONF = Addresses
    assert "openapi" in Client().get("/api/schema/").json()
    yaml = Client().get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi"})
    assert yaml.content.startswith(b"openapi: 3.1")
