"""`X-Request-ID`: taken from the caller when it is harmless, made otherwise; in every log line and every answer."""

import re
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from structlog.contextvars import bound_contextvars

from atlas.card_numbers import has_card_number

HEADER = "X-Request-ID"

_HARMLESS = re.compile(r"[A-Za-z0-9._-]{8,128}", re.ASCII)


def request_id(given: str | None) -> str:
    """`given` when it can go into logs and headers as it is, else a new one."""
    return given if given and _HARMLESS.fullmatch(given) and not has_card_number(given) else uuid4().hex


@sync_and_async_middleware
def request_id_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """The outermost middleware. Sets `request.request_id` and binds it to structlog's context."""

    def begin(request: HttpRequest) -> str:
        identity = request_id(request.headers.get(HEADER))
        request.request_id = identity  # type: ignore[attr-defined]
        return identity

    def finish(response: HttpResponseBase, identity: str) -> HttpResponseBase:
        response.headers[HEADER] = identity
        return response

    def sync(request: HttpRequest) -> HttpResponseBase:
        identity = begin(request)
        with bound_contextvars(request_id=identity):
            return finish(get_response(request), identity)

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        identity = begin(request)
        with bound_contextvars(request_id=identity):
            answer: Awaitable[HttpResponseBase] = get_response(request)
            return finish(await answer, identity)

    return asynchronous if iscoroutinefunction(get_response) else sync
