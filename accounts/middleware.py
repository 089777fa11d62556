"""What every request of a browser's session is looked at for: its first for a while? may it go on?"""

from collections.abc import Callable
from typing import Any

import structlog
from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.utils.decorators import sync_and_async_middleware
from django_htmx.http import HttpResponseClientRedirect
from pynamodb.exceptions import PynamoDBException

from accounts.sessions import SessionStore
from atlas.api import exceptions
from atlas.origin import origin_of

log = structlog.get_logger(__name__)

ENROLMENT = "accounts:second_factor"
BEFORE_ENROLMENT = frozenset(
    {ENROLMENT, "accounts:second_factor_begin", "accounts:second_factor_setup", "accounts:sign_out"}
)
"""The pages that staff without a second factor may see, where one is required."""


@sync_and_async_middleware
def last_seen_middleware(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Keeps "last seen" of the list of sign-ins, written every quarter of an hour at most."""

    def sync(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        if wants_note(request):
            note(request)
        return response

    async def asynchronous(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = await get_response(request)
        if wants_note(request):
            await sync_to_async(note)(request)
        return response

    return asynchronous if iscoroutinefunction(get_response) else sync


def wants_note(request: HttpRequest) -> bool:
    """Without I/O: only what was read for this request anyway is looked at."""
    session = request.session
    return isinstance(session, SessionStore) and bool(session.accessed) and session.is_due and SESSION_KEY in session


def note(request: HttpRequest) -> None:
    """The request has its answer already: a store that is away now spoils nothing."""
    try:
        request.session.see(origin_of(request))  # type: ignore[attr-defined] # a SessionStore of ours
    except PynamoDBException as error:
        log.warning("last seen not noted", reason=type(error).__name__)


class EnrolmentMiddleware:
    """With `STAFF_SECOND_FACTOR_REQUIRED`, staff without a second factor are led to set one up, before anything else.

    The API's own door is in `accounts.authentication`, that of sockets in `atlas.live.authentication`.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        if not settings.STAFF_SECOND_FACTOR_REQUIRED:
            raise MiddlewareNotUsed
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or exceptions.is_api(request):
            return None
        if request.resolver_match is not None and request.resolver_match.view_name in BEFORE_ENROLMENT:
            return None
        if not getattr(request.user, "must_enrol", False):
            return None
        address = resolve_url(ENROLMENT)
        return HttpResponseClientRedirect(address) if request.headers.get("HX-Request") else redirect(address)
