"""Tesla's signed commands, through `tesla-http-proxy` (github.com/teslamotors/vehicle-command).

The proxy holds the key that vehicles know, signs each command end to end and passes it on. It speaks the REST of
Tesla's Fleet API: `POST /api/1/vehicles/{vin}/command/{name}` under the owner's access token; 200 with `result` true,
or false and why; other statuses are Tesla's own passed through (408 asleep or offline, 429 with `Retry-After`, 401),
or the proxy's (400 it knows no such command, 500 whatever else failed, that a vehicle sleeps among it).

The VIN is in the path, so nothing of a failed call goes further than its kind: no URL, no exception of the HTTP client.
"""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from django.conf import settings

from telemetry.commands.order import Order
from telemetry.commands.tesla import accounts
from telemetry.rules.commands import Answer, CommandName, Reply

log = structlog.get_logger(__name__)

PATHS = {
    CommandName.LOCK: "door_lock",
    CommandName.UNLOCK: "door_unlock",
    CommandName.CLIMATE_ON: "auto_conditioning_start",
    CommandName.CLIMATE_OFF: "auto_conditioning_stop",
    CommandName.FLASH: "flash_lights",
    CommandName.HONK: "honk_horn",
}
UNAUTHORIZED = "unauthorized"
SAID = {
    HTTPStatus.REQUEST_TIMEOUT: (Reply.ASLEEP, ""),
    HTTPStatus.TOO_MANY_REQUESTS: (Reply.BUSY, "rate_limited"),
    HTTPStatus.SERVICE_UNAVAILABLE: (Reply.BUSY, "busy"),  # the proxy: another command of this vehicle is under way
    HTTPStatus.UNAUTHORIZED: (Reply.DENIED, UNAUTHORIZED),
    HTTPStatus.FORBIDDEN: (Reply.DENIED, "not_allowed"),
    HTTPStatus.NOT_FOUND: (Reply.DENIED, "not_allowed"),
}
"""What a status means, whatever its body says."""
SET_TEMPERATURE = "set_temps"
LONGEST_WAIT = timedelta(minutes=10)
LONGEST_REASON = 100
ASLEEP = "vehicle is offline or asleep"
"""How the proxy says it in a 500."""
ALREADY = frozenset({"already_set", "already on", "already off", "already_on", "already_off", "is_preconditioning"})
"""Reasons of a `false` that mean: it is so."""


def send(order: Order) -> Answer:
    """The provider. A first 401 renews the access token and asks once more."""
    token = accounts.access_token(order.organization_id)
    if token is None:
        return Answer(Reply.DENIED, "no_account")
    answer = _send(order, token)
    if answer.reply is Reply.DENIED and answer.reason == UNAUTHORIZED:
        fresh = accounts.access_token(order.organization_id, instead_of=token)
        return answer if fresh is None else _send(order, fresh)
    return answer


def _send(order: Order, token: str) -> Answer:
    if order.name is CommandName.CLIMATE_ON and order.temperature is not None:
        both = {"driver_temp": order.temperature, "passenger_temp": order.temperature}
        first = _command(order.vin, SET_TEMPERATURE, token, both)
        if first.reply is not Reply.DONE:
            return first
    return _command(order.vin, PATHS[order.name], token, {})


def _command(vin: str, name: str, token: str, body: Mapping[str, object]) -> Answer:
    try:
        response = _post(f"/api/1/vehicles/{vin}/command/{name}", token, body)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        return _unsent(name, error)
    except httpx.HTTPError as error:
        log.warning("tesla_answer_lost", command=name, error=type(error).__name__)
        return Answer(Reply.UNKNOWN, "timeout" if isinstance(error, httpx.TimeoutException) else "answer_lost")
    answer = _read(response, vin)
    if answer.reply is Reply.ASLEEP:
        _wake(vin, token)
    return answer


def _read(response: httpx.Response, vin: str) -> Answer:
    status = response.status_code
    if status == HTTPStatus.OK:
        return _result(response, vin)
    if status in SAID:
        reply, reason = SAID[HTTPStatus(status)]
        return Answer(reply, reason, _retry_after(response) if reply is Reply.BUSY else None)
    if ASLEEP in response.text:
        return Answer(Reply.ASLEEP)
    refused = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return Answer(Reply.REFUSED if refused else Reply.UNKNOWN, f"http_{status}")


def _result(response: httpx.Response, vin: str) -> Answer:
    """What the vehicle itself said. The proxy names its reason `string` where the Fleet API says `reason`."""
    try:
        said: Any = response.json()["response"]
        done = said["result"]
        reason = str(said.get("reason") or said.get("string") or "").replace(vin, "")[:LONGEST_REASON].strip()
    except (ValueError, KeyError, TypeError, AttributeError):
        return Answer(Reply.UNKNOWN, "unreadable")
    if done is True or reason in ALREADY:
        return Answer(Reply.DONE)
    return Answer(Reply.REFUSED, reason)


def _wake(vin: str, token: str) -> None:
    """It takes a vehicle some seconds; the command is sent again then."""
    try:
        _post(f"/api/1/vehicles/{vin}/wake_up", token, {})
    except httpx.HTTPError as error:
        log.warning("tesla_wake_failed", error=type(error).__name__)


def _unsent(name: str, error: Exception) -> Answer:
    log.warning("tesla_proxy_away", command=name, error=type(error).__name__)
    return Answer(Reply.UNREACHABLE, "proxy_away")


def _retry_after(response: httpx.Response) -> timedelta | None:
    given = response.headers.get("Retry-After", "")
    return min(timedelta(seconds=int(given)), LONGEST_WAIT) if given.isascii() and given.isdigit() else None


def _post(path: str, token: str, body: Mapping[str, object]) -> httpx.Response:
    return _client(settings.TESLA_PROXY_URL, settings.TESLA_PROXY_CA, settings.TESLA_TIMEOUT_SECONDS).post(
        path, json=dict(body), headers={"Authorization": f"Bearer {token}"}
    )


@cache
def _client(url: str, authority: str, timeout: float) -> httpx.Client:
    """One pool per process; no redirects, which would carry the token elsewhere."""
    trust = ssl.create_default_context(cafile=authority or None)
    return httpx.Client(base_url=url, verify=trust, timeout=timeout, follow_redirects=False)
