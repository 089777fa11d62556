"""From an HTTP request to an operation: who may call, and what the body is."""

import hmac
import ipaddress
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .calls import LARGEST_BODY, Operation, parse_body
from .errors import SquareError, for_status, unauthorized
from .runtime import Runtime

Handler = Callable[[Request], Awaitable[Response]]
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


async def read_body(request: Request) -> dict[str, Any]:
    """Raises ``SquareError`` for more than a mebibyte or for anything but a JSON object."""
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > LARGEST_BODY:
            raise for_status(413, "The request body is too large.")
    return parse_body(bytes(raw))


def square_handler(runtime: Runtime, operation: Operation) -> Handler:
    """An operation of Square's API: needs the bearer token."""

    async def handle(request: Request) -> Response:
        _require_token(request, runtime.config.access_token)
        answer = await runtime.perform(
            operation,
            body=await read_body(request),
            query=request.query_params,
            path=request.path_params,
        )
        return JSONResponse(answer.body, answer.status)

    return handle


def control_handler(handle: Handler) -> Handler:
    """The control API: callers on this machine only, and no web page from elsewhere in a browser on it.

    The Host check stops DNS rebinding, the content type check stops cross-site form posts (which cannot send JSON
    without the preflight that this server never answers).
    """

    async def guarded(request: Request) -> Response:
        refuse_strangers(request)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if request.method in {"POST", "DELETE"} and content_type != "application/json":
            raise SquareError("INVALID_CONTENT_TYPE", "Expected application/json.")
        return await handle(request)

    return guarded


def refuse_strangers(request: Request) -> None:
    """Callers on this machine, who asked for this machine by its own name. Raises FORBIDDEN."""
    if not _is_loopback(request) or request.url.hostname not in _LOOPBACK_NAMES:
        raise for_status(403, "The control API and the page answer callers on this machine only.")


def control_operation(runtime: Runtime, operation: Operation) -> Handler:
    """An operation of the control API that works on the store."""

    async def handle(request: Request) -> Response:
        answer = await runtime.perform(
            operation,
            body=await read_body(request),
            query=request.query_params,
            path=request.path_params,
        )
        return JSONResponse(answer.body, answer.status)

    return control_handler(handle)


def _require_token(request: Request, expected: str) -> None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), expected.encode()):
        raise unauthorized()


def _is_loopback(request: Request) -> bool:
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
