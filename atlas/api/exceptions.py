"""Every failure at the edge as `{"error": {"code", "message", "fields"?, "requestId", ...}}`.

`handle` is DRF's exception handler; `page_not_found` and its siblings are Django's `handler404`, ... for what
fails before or outside a DRF view. Nothing here ever shows a trace: what we did not foresee is logged under
its request id.
"""

import sys
from collections.abc import Iterator, Mapping
from typing import Any

import structlog
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    UnreadablePostError,
)
from django.template.loader import render_to_string
from django.views import defaults
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.settings import api_settings

from atlas.errors import AtlasError, Forbidden, Invalid, NotFound, TooMany, Unauthenticated, Unavailable
from atlas.outages import is_outage

log = structlog.get_logger(__name__)

API_PREFIX = "/api/"
BEARER = "Bearer"


class TooLarge(AtlasError):  # named as its siblings in atlas.errors are
    status = 413
    code = "too_large"
    message = "The request is larger than Atlas takes."


class InternalError(AtlasError):
    """What we did not foresee; the log has the rest, under the request id."""

    status = 500
    code = "internal_error"
    message = "Something went wrong on our side. It was noted; quote the request id if you tell us."


class OtherError(AtlasError):
    """An HTTP failure of DRF or Django that needs no class of its own."""

    def __init__(self, code: str, message: str, status: int, **more: Any) -> None:
        self.status = status
        super().__init__(message, code=code, **more)


def handle(exception: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's `EXCEPTION_HANDLER`."""
    request = context.get("request")
    error = translate(exception)
    django_request = getattr(request, "_request", request)
    note(error, exception, django_request)
    response = Response(body(error, django_request), status=error.status, headers=headers(error))
    response.exception = True
    return response


def translate(exception: BaseException | None) -> AtlasError:
    """The failure in our own terms."""
    error: AtlasError = InternalError()
    match exception:
        case AtlasError():
            error = exception
        case exceptions.APIException():
            error = _from_drf(exception)
        case Http404():
            error = NotFound()
        case PermissionDenied():
            error = Forbidden()
        case RequestDataTooBig():
            error = TooLarge()
        case DjangoValidationError():
            error = Invalid(fields=exception.message_dict if hasattr(exception, "error_dict") else None)
        case SuspiciousOperation() | BadRequest() | UnreadablePostError():
            error = Invalid("The request is malformed.", code="malformed")
        case _ if is_outage(exception):
            error = Unavailable()
    return error


def _from_drf(exception: exceptions.APIException) -> AtlasError:
    message = str(exception.detail) if isinstance(exception.detail, str) else ""
    error: AtlasError
    match exception:
        case exceptions.ValidationError():
            fields, general = flatten(exception.detail)
            error = Invalid(general or None, fields=fields)
        case exceptions.ParseError():
            error = Invalid(message, code="malformed")
        case exceptions.NotAuthenticated():
            error = Unauthenticated()
        case exceptions.AuthenticationFailed():
            error = Unauthenticated(message)
        case exceptions.PermissionDenied() if message.startswith("CSRF"):
            error = Forbidden(message, code="csrf_failed")
        case exceptions.PermissionDenied():
            error = Forbidden()
        case exceptions.NotFound():
            error = NotFound()
        case exceptions.Throttled():
            error = TooMany(retry_after=max(1, round(getattr(exception, "wait", None) or 1)))
        case _ if exception.status_code >= status.HTTP_500_INTERNAL_SERVER_ERROR:
            error = InternalError()
        case _:
            error = OtherError(exception.default_code, message, exception.status_code)
    return error


def flatten(detail: Any) -> tuple[dict[str, list[str]], str]:
    """DRF's nested detail as dotted fields (`pickup.lat`, `days.0.date`), and the first general message."""
    fields: dict[str, list[str]] = {}
    general = ""
    for path, message in _leaves(detail, ()):
        if path:
            fields.setdefault(".".join(path), []).append(message)
        else:
            general = general or message
    return fields, general


def _leaves(detail: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            general = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from _leaves(inner, path if general else (*path, str(name)))
    elif isinstance(detail, list | tuple):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, Mapping | list | tuple)
            yield from _leaves(inner, (*path, str(index)) if nested else path)
    else:
        yield path, str(detail)


def body(error: AtlasError, request: HttpRequest | None) -> dict[str, Any]:
    inner: dict[str, Any] = {**error.details, "code": error.code, "message": error.message}
    if error.fields:
        inner["fields"] = error.fields
    if request_id := getattr(request, "request_id", None):
        inner["requestId"] = request_id
    return {"error": inner}


def headers(error: AtlasError) -> dict[str, str]:
    found = {}
    if error.retry_after is not None:
        found["Retry-After"] = str(error.retry_after)
    if error.status == status.HTTP_401_UNAUTHORIZED:
        found["WWW-Authenticate"] = BEARER
    return found


def respond(request: HttpRequest, error: AtlasError) -> JsonResponse:
    """`error` as a plain Django response, for what fails outside of DRF."""
    return JsonResponse(body(error, request), status=error.status, headers=headers(error))


def note(error: AtlasError, exception: BaseException | None, request: HttpRequest | None) -> None:
    """Only what somebody must look at: our own bugs with their trace, an outage in one line."""
    path = getattr(request, "path", None)
    if error.status == status.HTTP_500_INTERNAL_SERVER_ERROR:
        log.error("unexpected failure", path=path, exc_info=exception)
    elif error.status == status.HTTP_503_SERVICE_UNAVAILABLE:
        log.warning("store unavailable", path=path, reason=f"{type(exception).__name__}: {exception}"[:500])


# Django's handlers: atlas.urls names them


def is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(API_PREFIX)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return respond(request, translate(exception)) if is_api(request) else defaults.bad_request(request, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return respond(request, Forbidden()) if is_api(request) else defaults.permission_denied(request, exception)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    return respond(request, NotFound()) if is_api(request) else defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """`handler500`: Django calls it while it handles the exception, so an outage can be told from a bug."""
    exception = sys.exc_info()[1]
    error = translate(exception)
    if isinstance(error, Unavailable):
        note(error, exception, request)
    if is_api(request):
        return respond(request, error)
    if isinstance(error, Unavailable):
        return away(request, error)
    return defaults.server_error(request)


def away(request: HttpRequest, error: Unavailable) -> HttpResponse:
    """A page for people while the store is away: it asks nobody who is looking, for that would need the store."""
    page = render_to_string("503.html", {"message": error.message})
    return HttpResponse(page, status=error.status, headers=headers(error))
