"""Who is at the other end of a socket: by the session cookie of the web pages, or by an access token.

Nothing here knows users: Django's session and backend do, and `ATLAS_LIVE_AUTHENTICATE` names the function that
turns a token into a user.
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
    return user


async def user_of_token(token: str) -> Any:
    """Raises `Unauthenticated` for a token that is not, or no longer, good."""
    find = import_string(settings.ATLAS_LIVE_AUTHENTICATE)
    user = await (find(token) if iscoroutinefunction(find) else in_thread(find, token))
    if user is None or not user.is_authenticated:
        raise Unauthenticated
    return user


async def user_again(user: Any) -> Any:
    """The same user as stored now. Raises `Unauthenticated` when they may not sign in any more."""
    backend = auth.load_backend(settings.AUTHENTICATION_BACKENDS[0])
    found = await in_thread(backend.get_user, user.pk)
    if found is None or not getattr(found, "is_active", True):
        raise Unauthenticated
    return found


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a blocking call beside the event loop, in a pool: a slow one must not delay unrelated viewers."""
    return await sync_to_async(function, thread_sensitive=False)(*args, **kwargs)


def _user_of_session(key: str) -> Any:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return auth.get_user(request)


def _is_own_origin(scope: Mapping[str, Any]) -> bool:
    """Whether the page that opened the socket is ours; clients that are no browser send no `Origin`."""
    headers = dict(scope.get("headers", []))
    origin = headers.get(b"origin", b"").decode("latin-1")
    host = headers.get(b"host", b"").decode("latin-1")
    return not origin or urlsplit(origin).netloc == host or origin in settings.CSRF_TRUSTED_ORIGINS
