"""How often one may ask: fixed windows counted in the cache, one atomic increment per request and scope.

Every request counts under `anon` (per address), or `read` or `write` (per user); a view adds a scope of its own
with `throttle_scope = "login"`. Rates are `REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]`; a scope without one is not
limited. These guard against runaway clients: guessing a password is stopped by the accounts' lockout.
"""

import time
from typing import TYPE_CHECKING, Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which imports this module, named in the settings

log = structlog.get_logger(__name__)

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def parse_rate(rate: str) -> tuple[int, int]:
    """`"30/minute"` -> 30 requests in 60 seconds. Raises `KeyError` or `ValueError` for anything else."""
    number, period = rate.split("/")
    return int(number), PERIODS[period]


class Throttle(BaseThrottle):
    """The one throttle of the API. With the cache away every request passes."""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        waits = [self._count(scope, request) for scope in self._scopes(request, view)]
        self._wait = max(waits, default=0)
        return not self._wait

    def wait(self) -> float | None:
        return self._wait

    def _scopes(self, request: Request, view: "APIView") -> list[str]:
        signed_in = "read" if request.method in SAFE_METHODS else "write"
        general = signed_in if request.user.is_authenticated else "anon"
        own = getattr(view, "throttle_scope", None)
        return [general, own] if own else [general]

    def _count(self, scope: str, request: Request) -> float:
        """Count this request; the seconds to wait when it is one too many, else 0."""
        rates: dict[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
        if not rates.get(scope):
            return 0
        allowed, seconds = parse_rate(rates[scope])
        window, elapsed = divmod(time.time(), seconds)
        who = f"user:{request.user.pk}" if request.user.is_authenticated else f"ip:{self.get_ident(request)}"
        key = f"throttle:{scope}:{who}:{window:.0f}"
        try:
            cache.add(key, 0, timeout=seconds + 5)
            count = cache.incr(key)
        except ValueError:  # evicted between the two calls
            return 0
        except (RedisError, OSError) as error:
            log.warning("throttle skipped", scope=scope, reason=type(error).__name__)
            return 0
        return seconds - elapsed if count > allowed else 0
