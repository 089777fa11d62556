"""What an operator of Atlas looks at: does it live, can it work, how is it doing."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client
from prometheus_client.parser import text_string_to_metric_families

from atlas.celery import app
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.connection import connection
from atlas.health import NEEDED
from atlas.live.hub import hub
from atlas.live.mailbox import Mailbox
from atlas.local.ports import free_port
from atlas.shards import shard_of
from atlas.tables import OutboxRow, Unique

pytestmark = pytest.mark.slow

PARTS = ("store", "cache", "broker", "objects")
Labels = frozenset[tuple[str, str]]
Samples = dict[tuple[str, Labels], float]
Break = Callable[[], None]


def samples(text: str) -> Samples:
    """By name and labels."""
    families = text_string_to_metric_families(text)
    return {(each.name, frozenset(each.labels.items())): each.value for family in families for each in family.samples}


def scrape(client: Client) -> Samples:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    return samples(answer.content.decode())


def requests(found: Samples, method: str, route: str, status: int) -> float:
    labels = frozenset({"method": method, "route": route, "status": str(status)}.items())
    return found.get(("atlas_http_requests_total", labels), 0)


@pytest.fixture
def no_store(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Break]:
    def take_away() -> None:
        settings.DYNAMODB_ENDPOINT = f"http://127.0.0.1:{free_port()}"
        connection.cache_clear()
        for table in (Unique, OutboxRow):
            monkeypatch.setattr(table, "_connection", None)

    yield take_away
    connection.cache_clear()


@pytest.fixture
def no_cache(settings: Any) -> Break:
    def take_away() -> None:
        default = settings.CACHES["default"]
        settings.CACHES = {"default": {**default, "LOCATION": f"redis://127.0.0.1:{free_port()}/0"}}

    return take_away


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> Break:
    def take_away() -> None:
        monkeypatch.setattr(app.conf, "broker_write_url", f"redis://127.0.0.1:{free_port()}/0")

    return take_away


@pytest.fixture
def no_objects(settings: Any) -> Break:
    def take_away() -> None:
        settings.OBJECTS_ENDPOINT = f"http://127.0.0.1:{free_port()}"
        settings.STORAGES = dict(settings.STORAGES)

    return take_away


def test_a_process_that_lives_says_so_whatever_is_away(no_store: Break, no_cache: Break, client: Client) -> None:
    no_store()
    no_cache()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("objects")
def test_ready_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **dict.fromkeys(PARTS, "ok")}


@pytest.mark.usefixtures("objects")
def test_without_objects_only_files_wait(no_objects: Break, client: Client) -> None:
    no_objects()
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", **dict.fromkeys(PARTS, "ok"), "objects": "unavailable"}


@pytest.mark.usefixtures("objects")
@pytest.mark.parametrize("part", NEEDED)
def test_not_ready_names_the_part_that_is_away(part: str, request: pytest.FixtureRequest, client: Client) -> None:
    request.getfixturevalue(f"no_{part}")()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    expected = dict.fromkeys(PARTS, "ok") | {part: "unavailable"}
    assert answer.json() == {"status": "unavailable", **expected}


def test_requests_are_counted_and_timed_by_route_not_by_path(client: Client) -> None:
    route = "api/v1/bookings/<uuid:booking_id>"
    path, wrong = f"/api/v1/bookings/{uuid4()}", f"/nothing/{uuid4()}"
    before = scrape(client)
    for each in (path, path, wrong):
        client.get(each)
    client.generic("BREW", wrong)

    text = client.get("/metrics").content.decode()

    after = samples(text)
    assert requests(after, "GET", route, 401) - requests(before, "GET", route, 401) == 2
    assert requests(after, "GET", "unmatched", 404) - requests(before, "GET", "unmatched", 404) == 1
    assert requests(after, "OTHER", "unmatched", 404) - requests(before, "OTHER", "unmatched", 404) == 1
    timed = ("atlas_http_request_seconds_count", frozenset({"method": "GET", "route": route}.items()))
    assert after[timed] - before.get(timed, 0) == 2
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}-", text)


def test_a_scrape_tells_of_the_process(client: Client) -> None:
    found = scrape(client)
    assert found[("process_resident_memory_bytes", frozenset())] > 0
    assert found[("atlas_store_up", frozenset())] == 1


def test_a_fact_that_nobody_delivers_shows(client: Client) -> None:
    id = str(uuid4())
    due_at = utc_now() - timedelta(minutes=7)
    row = OutboxRow(id=id, event="Nothing", payload="{}", due_shard=shard_of(id), due_at=due_at)
    row.save()
    try:
        assert scrape(client)[("atlas_outbox_overdue_seconds", frozenset())] >= 420
    finally:
        row.delete()
    assert scrape(client)[("atlas_outbox_overdue_seconds", frozenset())] < 420


def test_a_scrape_needs_no_store(no_store: Break, client: Client) -> None:
    no_store()
    assert scrape(client)[("atlas_store_up", frozenset())] == 0


async def test_sockets_are_counted(async_client: AsyncClient) -> None:
    mailboxes = [Mailbox(), Mailbox()]
    for mailbox in mailboxes:
        await hub().subscribe(mailbox, ["booking:1", f"user:{id(mailbox)}"])

    found = samples((await async_client.get("/metrics")).content.decode())

    assert found[("atlas_live_sockets", frozenset())] == 2
    assert found[("atlas_live_topics", frozenset())] == 3
    for mailbox in mailboxes:
        await hub().unsubscribe(mailbox)
