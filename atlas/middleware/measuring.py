"""Counts and times every request for `/metrics`, whatever became of it."""

import time
from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

from atlas.metrics import observe


@sync_and_async_middleware
def measuring_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Outside of everything that turns failures into answers."""

    def sync(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response: HttpResponseBase = get_response(request)
        observe(request, response.status_code, time.perf_counter() - started)
        return response

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response: HttpResponseBase = await get_response(request)
        observe(request, response.status_code, time.perf_counter() - started)
        return response

    return asynchronous if iscoroutinefunction(get_response) else sync
