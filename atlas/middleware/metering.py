"""With `ATLAS_METER=1` every answer says what it cost: `Server-Timing` and `X-DynamoDB: calls=3 scans=0 rcu=2.5 wcu=0`.

Requests sent to DynamoDB, how many of them were scans, and the capacity units that DynamoDB itself reported.
"""

import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from atlas.dynamo.meter import Cost, measure


@sync_and_async_middleware
def metering_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Right inside of the request id, so that sessions and sign-in are counted too."""
    if not settings.ATLAS_METER:
        raise MiddlewareNotUsed

    def mark(response: HttpResponseBase, cost: Cost, started: float) -> HttpResponseBase:
        milliseconds = (time.perf_counter() - started) * 1000
        response.headers["Server-Timing"] = f"total;dur={milliseconds:.1f}"
        response.headers["X-DynamoDB"] = describe(cost)
        return response

    def sync(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        with measure() as cost:
            response = get_response(request)
        return mark(response, cost, started)

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        with measure() as cost:
            response = await get_response(request)
        return mark(response, cost, started)

    return asynchronous if iscoroutinefunction(get_response) else sync


def describe(cost: Cost) -> str:
    return f"calls={cost.calls} scans={cost.scans} rcu={cost.rcu:g} wcu={cost.wcu:g}"
