"""What was made for one person is kept by nobody: no proxy, and no browser once they have signed out.

Said here once for every page that reads the session (`Vary: Cookie`); a view that knows better sets its own
`Cache-Control`. The API says the same of its answers (`atlas.api.views`).
"""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers, has_vary_header
from django.utils.decorators import sync_and_async_middleware


@sync_and_async_middleware
def private_pages_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Stands outside `SessionMiddleware`, which tells by `Vary` that it was asked."""

    def sync(request: HttpRequest) -> HttpResponseBase:
        return _marked(get_response(request))

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        return _marked(await get_response(request))

    return asynchronous if iscoroutinefunction(get_response) else sync


def _marked(response: HttpResponseBase) -> HttpResponseBase:
    if has_vary_header(response, "Cookie") and not response.has_header("Cache-Control"):
        add_never_cache_headers(response)
    return response
