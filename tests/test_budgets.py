"""What each request may cost at DynamoDB, committed in `tests/budgets.json`: a page that grows fails here first.

`rcu` and `wcu` are capacity units as the engine reports them, authentication included. Jobs that a request leaves
behind are not its cost. After a change on purpose: correct the number, say at `floor` why it is what it is, and write
`docs/data-model.md` anew (`manage.py tables docs`).
"""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from channels.testing import WebsocketCommunicator

from accounts.tasks import send_password_reset
from atlas import outbox
from atlas.api.idempotency import HEADER
from atlas.asgi import application
from atlas.dynamo.meter import Cost, measure
from atlas.dynamo.provision.document import COSTS_PAGE, DOCUMENTS, known_budgets, render_documents
from atlas.live.authentication import in_thread
from bookings.rules.lifecycle import BookingStatus
from fleet.factories import OperatorFactory
from fleet.rules.types import OperatorStatus
from tests.asking import Call, Prepare
from tests.bookings.stage import Cast, driven, make_cast, quoted, requested
from tests.calls import CALLS, user_of
from tests.clients import access_token, client_of
from tests.factories import PASSWORD
from tests.test_openapi import operations

BUDGETS = known_budgets()
PAGE = 50
API = "/api/v1"

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sandbox", "objects")]


def fifty_bookings(who: str) -> Prepare:
    def prepare(cast: Cast) -> Call:
        for _ in range(PAGE):
            requested(cast)
        return Call(who)

    return prepare


def fifty_operators(cast: Cast) -> Call:
    for _ in range(PAGE):
        OperatorFactory.create(status=OperatorStatus.SUSPENDED)
    return Call("admin")


def ten_quotes(cast: Cast) -> Call:
    booking = requested(cast)
    for price in range(10):
        quoted(cast, booking, price=20_000 + price)
    return Call("concierge", {"booking_id": booking.id})


def with_a_key(cast: Cast) -> Call:
    call = CALLS["POST /bookings"](cast)
    return Call(call.who, body=call.body, headers={HEADER: str(uuid4())})


PREPARED: dict[str, Prepare] = {
    "GET /bookings (50)": fifty_bookings("concierge"),
    "GET /bookings (50, staff)": fifty_bookings("admin"),
    "GET /bookings/open (50)": fifty_bookings("owner"),
    "GET /bookings/{booking_id}/quotes (10)": ten_quotes,
    "GET /operators (50)": fifty_operators,
    "POST /bookings (Idempotency-Key)": with_a_key,
}
REQUESTS = [name for name in BUDGETS if API in name]


def check(name: str, cost: Cost) -> None:
    """The measured cost is within its budget, and the budget is not a wish of long ago."""
    budget = BUDGETS[name]
    measured = {"calls": cost.calls, "rcu": cost.rcu, "wcu": cost.wcu}
    assert not cost.scans, cost.operations
    assert all(measured[unit] <= budget[unit] for unit in measured), (measured, cost.operations)
    assert cost.calls == budget["calls"], f"{name} needs fewer calls by now: commit {measured}"


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_stays_within_its_budget(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast(PASSWORD)
    named = name.replace(API, "")
    operation = named.partition(" (")[0]
    call = (PREPARED.get(named) or CALLS[operation])(cast)
    client = client_of(user_of(cast, call))
    monkeypatch.setattr(outbox, "_deliver_soon", lambda _: None)
    monkeypatch.setattr("atlas.jobs.services.enqueue", lambda _: None)
    monkeypatch.setattr(send_password_reset, "delay", lambda _: None)
    with measure() as cost:
        answer = call.send(client, operation)
    assert 200 <= answer.status_code < 300, answer.content
    check(name, cost)


def test_every_operation_has_a_budget() -> None:
    assert {name.replace(API, "").partition(" (")[0] for name in REQUESTS} == set(operations())


def test_the_document_tells_the_budgets_as_they_are() -> None:
    told = render_documents([], BUDGETS)[COSTS_PAGE]
    assert (DOCUMENTS / COSTS_PAGE).read_text() == told, "run `manage.py tables docs`"


async def test_a_ride_is_watched_for_free() -> None:
    """Positions pass through Redis; a driver's are written every 15 s, and their booking looked at every 3."""
    cast = await in_thread(make_cast, PASSWORD)
    booking = await in_thread(driven, cast, BookingStatus.DRIVER_EN_ROUTE)
    tokens = [await in_thread(access_token, user) for user in (cast.chauffeur, cast.concierge)]
    driver, driving = await opened("/ws/driver/", tokens[0])
    viewer, watching = await opened(f"/ws/bookings/{booking.id}/", tokens[1])
    check("WS /ws/driver/ (open)", so_far(driving))
    check("WS /ws/bookings/{booking_id}/ (open)", so_far(watching))

    await drive(driver, viewer, positions=1)
    check("WS /ws/driver/ (first position)", so_far(driving))
    await drive(driver, viewer, positions=10)
    check("WS /ws/driver/ (10 positions within 3 s)", so_far(driving))
    check("WS /ws/bookings/{booking_id}/ (11 positions)", so_far(watching))
    await viewer.disconnect()
    await driver.disconnect()


async def opened(path: str, token: str) -> tuple[WebsocketCommunicator, Cost]:
    """A socket that was let in, and what it has spent and spends from now on."""
    costs: list[Cost] = []

    async def metered(*asgi: Any) -> None:
        with measure() as spent:
            costs.append(spent)
            await application(*asgi)

    socket = WebsocketCommunicator(metered, path)
    assert (await socket.connect())[0]
    await socket.send_json_to({"type": "authenticate", "token": token})
    assert (await socket.receive_json_from(5))["type"] == "snapshot"
    return socket, costs[0]


async def drive(driver: WebsocketCommunicator, viewer: WebsocketCommunicator, *, positions: int) -> None:
    for step in range(positions):
        await driver.send_json_to({"type": "location", "lat": 40.75 + step / 1e4, "lng": -73.98, "speed": 30})
        assert (await viewer.receive_json_from(5))["type"] == "location"
    await asyncio.sleep(0.2)  # the write to DynamoDB comes after the news


def so_far(cost: Cost) -> Cost:
    """What was spent since the last time this was asked."""
    found = Cost(cost.calls, cost.scans, cost.rcu, cost.wcu, cost.operations)
    cost.calls, cost.scans, cost.rcu, cost.wcu, cost.operations = 0, 0, 0.0, 0.0, []
    return found
