"""Who is at the other end of a socket: by the session cookie of the web pages, or by an access token.

Nothing here knows users: Django's session and backend do, and `ATLAS_LIVE_AUTHENTICATE` names the function that
turns a token into a user. A user may bear a `session_id`, the sign-in that the socket stands on: then the socket ends
with it, and `ATLAS_LIVE_STILL_SIGNED_IN` names the function that says whether it still is (user, session id).
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.utils.module_loading import import_string

from atlas.errors import Forbidden, Unauthenticated

P = ParamSpec("P")
R = TypeVar("R")


async def user_of_scope(scope: Mapping[str, Any]) -> Any | None:
    """The user that the handshake itself proves, or None when a token must follow.

    Raises `Forbidden` for a cookie that a page of another origin brought along: browsers send cookies with every
    handshake, whoever opened it.
    """
    user = scope.get("user")
    key = scope.get("cookies", {}).get(settings.SESSION_COOKIE_NAME)
    if user is None and key:
        user = await in_thread(_user_of_session, key)
    if user is None or not user.is_authenticated:
        return None
    if not _is_own_origin(scope):
        raise Forbidden("This page may not use your session.")
    return _entitled(user)


async def user_of_token(token: str) -> Any:
    """Raises `Unauthenticated` for a token that is not, or no longer, good."""
    find = import_string(settings.ATLAS_LIVE_AUTHENTICATE)
    user = await (find(token) if iscoroutinefunction(find) else in_thread(find, token))
    if user is None or not user.is_authenticated:
        raise Unauthenticated
    return _entitled(user)


async def user_again(user: Any) -> Any:
    """The same user as stored now. Raises `Unauthenticated` when they may not sign in any more."""
    backend = auth.load_backend(settings.AUTHENTICATION_BACKENDS[0])
    found = await in_thread(backend.get_user, user.pk)
    if found is None or not getattr(found, "is_active", True):
        raise Unauthenticated
    if session_id := session_of(user):
        if not await in_thread(import_string(settings.ATLAS_LIVE_STILL_SIGNED_IN), found, session_id):
            raise Unauthenticated
        found.session_id = session_id
    return found


def session_of(user: Any) -> str | None:
    """The sign-in that a user came by, where that is known."""
    return getattr(user, "session_id", None)


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking call beside the event loop, in a pool: a slow one must not delay unrelated viewers."""
    return await sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


def _entitled(user: Any) -> Any:
    """Raises `Forbidden` for who must set up a second factor first."""
    if getattr(user, "must_enrol", False):
        raise Forbidden("Set up your second factor first.", code="second_factor_enrolment_required")
    return user


def _user_of_session(key: str) -> Any:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user: Any = auth.get_user(request)
    user.session_id = getattr(request.session, "row_id", None)
    return user


def _is_own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opened the socket is ours; clients that are no browser send no `Origin`."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
