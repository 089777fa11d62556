"""When a part of the outside is away: 503 with `Retry-After` and nothing half done, or an answer all the same."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.connection import connection
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.registry import tables
from atlas.live import redis
from atlas.local.engine import file_engine
from atlas.local.ports import free_port
from atlas.local.service import Service
from atlas.local.square.testing import SandboxControl
from bookings import examples
from bookings.tables import Booking, Quote
from fleet.services import save_location
from payments.tables import PaymentTransaction
from tests.asking import Call
from tests.bookings.stage import make_cast, quoted, requested
from tests.calls import CALLS, user_of
from tests.clients import client_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.slow

READS = ("GET /me", "GET /bookings", "GET /bookings/open", "GET /vehicles", "GET /transactions")
WRITES = ("POST /auth/register", "POST /auth/login", "POST /bookings", "PATCH /me", "POST /vehicles")


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Service]:
    """An engine of this test's own, that may die."""
    with file_engine(tmp_path / "dynamodb.sqlite") as service:
        settings.DYNAMODB_ENDPOINT = service.url
        connection.cache_clear()
        for table in tables():
            monkeypatch.setattr(table, "_connection", None)
        store = Store.of_settings()
        assert not apply_plan(store, make_plan(store, tables()))
        yield service
    connection.cache_clear()


def test_without_the_store_everything_is_503_and_nothing_is_half_done(engine: Service, sandbox: SandboxControl) -> None:
    cast = make_cast(PASSWORD)
    booking = requested(cast)
    quote = quoted(cast, booking)
    accept = Call("concierge", {"quote_id": quote.id}, examples.ACCEPT.value)
    calls = {name: CALLS[name](cast) for name in (*READS, *WRITES)} | {"POST /quotes/{quote_id}/accept": accept}
    clients = {name: client_of(user_of(cast, call)) for name, call in calls.items()}
    before = stored(booking, quote)
    paid_before = len(sandbox.payments())

    engine.kill()
    for name, call in calls.items():
        answer: Any = call.send(clients[name], name)
        assert answer.status_code == 503, name
        assert int(answer["Retry-After"]) > 0
        assert answer.json()["error"]["code"] == "unavailable"
    page = Client().post("/sign-in/", {"email": cast.concierge.email, "password": PASSWORD})
    assert (page.status_code, page["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503

    engine.start()
    assert stored(booking, quote) == before
    assert len(sandbox.payments()) == paid_before
    assert accept.send(clients["GET /me"], "POST /quotes/{quote_id}/accept").status_code == 200


def stored(booking: Booking, quote: Quote) -> list[Any]:
    """All that an accept writes."""
    payments = [row.to_simple_dict() for row in PaymentTransaction.booking_index.query(booking.id)]
    return [Booking.fetch(booking.id).to_simple_dict(), Quote.fetch(quote.id).to_simple_dict(), payments]


@pytest.fixture
def no_redis(settings: Any) -> Iterator[None]:
    """Cache, last positions and pub/sub are gone."""
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": settings.REDIS_URL}}
    redis.client.cache_clear()
    yield
    redis.client.cache_clear()


@pytest.mark.usefixtures("no_redis")
@pytest.mark.parametrize("name", ["GET /me", "GET /bookings", "POST /bookings", "POST /auth/login", "PATCH /me"])
def test_without_redis_work_goes_on(name: str) -> None:
    """Nobody is throttled or locked out meanwhile, and live views hear nothing; bookings are bookings."""
    cast = make_cast(PASSWORD)
    call = CALLS[name](cast)
    assert call.send(client_of(user_of(cast, call)), name).status_code in (200, 201)


@pytest.mark.usefixtures("no_redis", "sandbox")
@pytest.mark.parametrize(
    "name",
    [
        "POST /bookings/{booking_id}/quotes",
        "POST /quotes/{quote_id}/accept",
        "POST /bookings/{booking_id}/assign",
        "POST /bookings/{booking_id}/status",
        "GET /bookings/{booking_id}/track",
    ],
)
def test_without_redis_a_ride_goes_on(name: str) -> None:
    cast = make_cast(PASSWORD)
    call = CALLS[name](cast)
    here = {"lat": 40.75, "lng": -73.98, "heading": 90.0, "speed": 30.0, "timestamp": utc_now()}
    save_location(driver_id=cast.driver.id, location=here)
    answer = call.send(client_of(user_of(cast, call)), name)
    assert answer.status_code in (200, 201), answer.content


@pytest.mark.usefixtures("no_redis")
def test_without_redis_it_is_told_so() -> None:
    assert APIClient().get("/readyz").status_code == 503
