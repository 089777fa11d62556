"""How often one may ask: every request is counted (`atlas.rates`).

Every request counts under `anon` (per address), or `read` or `write` (per user); a view adds a scope of its own
with `throttle_scope = "login"`. These guard against runaway clients: guessing a password is stopped by the accounts'
lockout.
"""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from atlas import rates

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, named in the settings


class Throttle(BaseThrottle):
    """The one throttle of the API. With the cache away every request passes."""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        who = f"user:{request.user.pk}" if request.user.is_authenticated else f"ip:{self.get_ident(request)}"
        waits = [rates.count(scope, who) for scope in self._scopes(request, view)]
        self._wait = max(waits, default=0)
        return not self._wait

    def wait(self) -> float | None:
        return self._wait

    def _scopes(self, request: Request, view: "APIView") -> list[str]:
        signed_in = "read" if request.method in SAFE_METHODS else "write"
        general = signed_in if request.user.is_authenticated else "anon"
        own = getattr(view, "throttle_scope", None)
        return [general, own] if own else [general]
