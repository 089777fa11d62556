"""Under `/api/` every failure is JSON, also those that never reach a DRF view: no such path, no such method,
a technical page of DEBUG. On pages, what a service refuses to show is a 404 or 403, a store that is away a 503.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.http import HttpRequest, HttpResponseBase
from django.views import defaults

from atlas.api import exceptions
from atlas.errors import AtlasError, Forbidden, NotFound, Unavailable

KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")


class ErrorsMiddleware:
    """Inside of the request id, outside of everything that may fail."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if self.is_async:
            return self._call(request)
        return as_json(request, self.get_response(request))

    async def _call(self, request: HttpRequest) -> HttpResponseBase:
        return as_json(request, await self.get_response(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """What a Django view raised and did not catch; DRF's views have answered for themselves. Bugs go on."""
        error = exceptions.translate(exception)
        if isinstance(error, exceptions.InternalError):
            return None
        if isinstance(error, Unavailable):
            exceptions.note(error, exception, request)
        return exceptions.respond(request, error) if exceptions.is_api(request) else _page(request, error, exception)


def _page(request: HttpRequest, error: AtlasError, exception: Exception) -> HttpResponseBase | None:
    """A failed page for people; what is left to Django (a form's own errors, a bug) is None."""
    match error:
        case Unavailable():
            return exceptions.away(request, error)
        case NotFound() if isinstance(exception, AtlasError):
            return defaults.page_not_found(request, exception)
        case Forbidden() if isinstance(exception, AtlasError):
            return defaults.permission_denied(request, exception)
    return None


def as_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """`response`, or the same failure in the API's form where it is an API path and not JSON yet."""
    status = HTTPStatus(response.status_code)
    if status < HTTPStatus.BAD_REQUEST or not exceptions.is_api(request):
        return response
    if response.headers.get("Content-Type", "").startswith("application/json"):
        return response
    answer = exceptions.respond(request, error_for(status))
    for name in KEPT_HEADERS:
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def error_for(status: HTTPStatus) -> AtlasError:
    """The error of an HTTP status of which nothing more is known."""
    known: list[type[AtlasError]] = [exceptions.InternalError, exceptions.TooLarge, *AtlasError.__subclasses__()]
    for error in known:
        if error.status == status:
            return error()
    return exceptions.OtherError(status.name.lower(), f"{status.phrase}.", status)
