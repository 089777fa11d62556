"""Tesla's proxy: every documented answer, tokens that are renewed, and no VIN anywhere but in the request."""

import logging
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accounts.access_log.tables import AccessEntry
from atlas.dynamo.attributes import utc_now
from atlas.errors import Forbidden, NotFound
from telemetry.commands import checks, sending
from telemetry.commands.order import Order
from telemetry.commands.tesla import accounts, proxy
from telemetry.commands.tesla.tables import OemToken
from telemetry.rules.commands import Answer, CommandName, CommandStatus, Reply
from tests.bookings.stage import Cast, make_cast
from tests.fleet.members import org
from tests.telemetry.commands.cars import asked, commanded, now_of
from tests.telemetry.commands.fake_tesla import FakeTesla, fake_tesla
from tests.telemetry.numbers import new_vin


@pytest.fixture
def tesla(settings: LazySettings) -> Iterator[FakeTesla]:
    with fake_tesla() as fake:
        settings.VEHICLE_COMMANDS = "tesla"
        settings.TESLA_PROXY_URL = fake.url
        settings.TESLA_TOKEN_URL = f"{fake.url}/token"
        settings.TESLA_CLIENT_ID = "atlas-test"
        settings.TESLA_TIMEOUT_SECONDS = 2.0
        yield fake


@pytest.fixture
def vin() -> str:
    return new_vin()


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def order(cast: Cast, vin: str, tesla: FakeTesla) -> Order:
    accounts.connect(user=cast.owner, refresh_token="refresh-1")
    return Order(vin, commanded(cast, vin), org(cast), CommandName.UNLOCK)


CAR = "vehicle unavailable: vehicle is offline or asleep"
ANSWERS: list[tuple[str, Any, Answer]] = [
    ("did it", (200, {}, {"response": {"result": True, "reason": ""}}), Answer(Reply.DONE)),
    (
        "refused, as the Fleet API says it",
        (200, {}, {"response": {"result": False, "reason": "user_present"}}),
        Answer(Reply.REFUSED, "user_present"),
    ),
    (
        "refused, as the proxy says it",
        (200, {}, {"response": {"result": False, "string": "car could not execute command"}}),
        Answer(Reply.REFUSED, "car could not execute command"),
    ),
    (
        "so already",
        (200, {}, {"response": {"result": False, "reason": "already_set"}}),
        Answer(Reply.DONE),
    ),
    ("asleep", (408, {}, {"response": None, "error": CAR}), Answer(Reply.ASLEEP)),
    ("asleep, by the proxy", (500, {}, {"response": None, "error": CAR}), Answer(Reply.ASLEEP)),
    (
        "too many",
        (429, {"Retry-After": "17"}, "Retry in 17 seconds"),
        Answer(Reply.BUSY, "rate_limited", timedelta(seconds=17)),
    ),
    ("too many, and not said for how long", (429, {"Retry-After": "soon"}, ""), Answer(Reply.BUSY, "rate_limited")),
    ("another one under way", (503, {}, {"error": "context deadline exceeded"}), Answer(Reply.BUSY, "busy")),
    ("no right", (403, {}, {"error": "Unauthorized missing scopes"}), Answer(Reply.DENIED, "not_allowed")),
    ("not theirs", (404, {}, {"error": "not_found"}), Answer(Reply.DENIED, "not_allowed")),
    ("not a command", (400, {}, {"error": "command not implemented"}), Answer(Reply.REFUSED, "http_400")),
    ("broken", (500, {}, {"error": "internal"}), Answer(Reply.UNKNOWN, "http_500")),
    ("broken on the way", (502, {}, "<html>"), Answer(Reply.UNKNOWN, "http_502")),
    ("too slow", (504, {}, "<html>"), Answer(Reply.UNKNOWN, "http_504")),
    ("not JSON", (200, {}, "<html>"), Answer(Reply.UNKNOWN, "unreadable")),
    ("not what it should be", (200, {}, ["no"]), Answer(Reply.UNKNOWN, "unreadable")),
    ("hung up", None, Answer(Reply.UNKNOWN, "answer_lost")),
]


@pytest.mark.slow
@pytest.mark.parametrize(("said", "meant"), [each[1:] for each in ANSWERS], ids=[each[0] for each in ANSWERS])
def test_each_answer(order: Order, tesla: FakeTesla, said: Any, meant: Answer) -> None:
    accounts.access_token(order.organization_id)
    tesla.replies.append(said)
    assert proxy.send(order) == meant
    path, token, body = tesla.asked[0]
    assert path == f"/api/1/vehicles/{order.vin}/command/door_unlock"
    assert (token, body) == (tesla.token, {})
    woken = [f"/api/1/vehicles/{order.vin}/wake_up"] if meant.reply is Reply.ASLEEP else []
    assert [each[0] for each in tesla.asked[1:]] == woken


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (CommandName.LOCK, "door_lock"),
        (CommandName.UNLOCK, "door_unlock"),
        (CommandName.CLIMATE_ON, "auto_conditioning_start"),
        (CommandName.CLIMATE_OFF, "auto_conditioning_stop"),
        (CommandName.FLASH, "flash_lights"),
        (CommandName.HONK, "honk_horn"),
    ],
)
def test_each_command_has_its_name_there(order: Order, tesla: FakeTesla, name: CommandName, path: str) -> None:
    assert proxy.send(Order(order.vin, order.pvin, order.organization_id, name)).reply is Reply.DONE
    assert [each[0].rpartition("/")[2] for each in tesla.asked] == [path]


def test_a_temperature_is_set_before_the_climate_goes_on(order: Order, tesla: FakeTesla) -> None:
    warm = Order(order.vin, order.pvin, order.organization_id, CommandName.CLIMATE_ON, 21.5)
    assert proxy.send(warm) == Answer(Reply.DONE)
    assert [(each[0].rpartition("/")[2], each[2]) for each in tesla.asked] == [
        ("set_temps", {"driver_temp": 21.5, "passenger_temp": 21.5}),
        ("auto_conditioning_start", {}),
    ]


def test_a_proxy_that_does_not_answer(order: Order, settings: LazySettings) -> None:
    """Nobody listens: it was surely not sent. Somebody does and is silent: it may have been."""
    accounts.access_token(order.organization_id)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.TESLA_PROXY_URL = f"http://127.0.0.1:{silent.getsockname()[1]}"
        settings.TESLA_TIMEOUT_SECONDS = 0.2
        assert proxy.send(order) == Answer(Reply.UNKNOWN, "timeout")
    settings.TESLA_TIMEOUT_SECONDS = 0.3
    assert proxy.send(order) == Answer(Reply.UNREACHABLE, "proxy_away")


def test_a_token_that_ended_is_renewed_once(order: Order, tesla: FakeTesla) -> None:
    assert proxy.send(order).reply is Reply.DONE
    assert proxy.send(order).reply is Reply.DONE
    assert tesla.renewed == 1, "kept for as long as it counts"
    tesla.token = "revoked at Tesla"
    tesla.asked.clear()
    assert proxy.send(order).reply is Reply.DONE
    assert tesla.renewed == 2
    assert [each[1] for each in tesla.asked] == ["access-2", "access-3"]
    account = OemToken.fetch(order.organization_id, accounts.TESLA)
    account.access_until = utc_now()
    account.save()
    assert proxy.send(order).reply is Reply.DONE
    assert tesla.renewed == 3


def test_an_account_that_was_cut_off(order: Order, tesla: FakeTesla) -> None:
    tesla.refresh = "another"
    assert proxy.send(order) == Answer(Reply.DENIED, "no_account")
    assert not tesla.asked


def test_tokens_are_sealed_and_forgotten(cast: Cast, order: Order) -> None:
    accounts.access_token(order.organization_id)
    stored = str(OemToken.fetch(order.organization_id, accounts.TESLA).to_dynamodb_dict())
    assert "refresh-" not in stored
    assert "access-" not in stored
    with pytest.raises(Forbidden):
        accounts.disconnect(user=cast.manager)
    accounts.disconnect(user=cast.owner)
    with pytest.raises(NotFound):
        accounts.account_of(user=cast.owner)


def test_from_the_row_to_the_vehicle_and_nowhere_else(
    cast: Cast, order: Order, tesla: FakeTesla, caplog: pytest.LogCaptureFixture
) -> None:
    """A whole run with trouble in it: the VIN is in the requests, and in no row and no line."""
    caplog.set_level(logging.INFO)
    tesla.replies += [
        (408, {}, {"error": CAR}),
        (500, {}, {"error": f"no luck with {order.vin}"}),
        None,
        (200, {}, {"response": {"result": False, "reason": f"{order.vin} refused"}}),
    ]
    command = asked(cast, order.pvin, CommandName.LOCK)
    while not command.status.is_over:
        sending.send(command.user_id, command.id, command.due_at)
        command = now_of(command)
    assert (command.status, command.reason) == (CommandStatus.REFUSED, "refused")
    assert command.attempts == 4
    entries = [str(each.to_dynamodb_dict()) for each in AccessEntry.query(f"vin-mapping:{order.pvin}")]
    assert len(entries) >= 4
    assert order.vin not in "\n".join([*entries, str(command.to_dynamodb_dict()), caplog.text, repr(order)])


def test_production_commands_no_cars_that_are_not_there(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    settings.VEHICLE_COMMANDS = "simulated"
    assert checks.find_faults()
    settings.VEHICLE_COMMANDS = "off"
    assert not checks.find_faults()
    settings.VEHICLE_COMMANDS = "tesla"
    settings.TESLA_PROXY_URL = "http://proxy:4443"
    assert len(checks.find_faults()) == 2
    settings.TESLA_PROXY_URL, settings.TESLA_CLIENT_ID = "https://proxy:4443", "atlas"
    assert not checks.find_faults()
    settings.VEHICLE_COMMANDS = "carrier pigeon"
    assert checks.find_faults()
