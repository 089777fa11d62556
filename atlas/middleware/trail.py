"""Says whose request it is, and from where, to whatever the request changes (`atlas.trail`)."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from atlas import trail
from atlas.card_numbers import strike_card_numbers
from atlas.origin import origin_of

LONGEST_PATH = 200


@sync_and_async_middleware
def trail_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Right inside of the request id. The path is kept without its query, which may hold what was searched for."""

    def sync(request: HttpRequest) -> HttpResponseBase:
        with trail.within(work_of(request)):
            response: HttpResponseBase = get_response(request)
            return response

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        with trail.within(work_of(request)):
            response: HttpResponseBase = await get_response(request)
            return response

    return asynchronous if iscoroutinefunction(get_response) else sync


def work_of(request: HttpRequest) -> trail.Work:
    return trail.Work(
        via=strike_card_numbers(f"{request.method} {request.path}")[:LONGEST_PATH],
        origin=origin_of(request),
        request_id=getattr(request, "request_id", ""),
        user=lambda: getattr(request, "user", None),
        otherwise=trail.ANONYMOUS,
    )
