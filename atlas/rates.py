"""How often something may be done: fixed windows counted in the cache, one atomic increment each.

Rates are `REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]` by scope; a scope without one is not limited, and with the cache
away nothing is.
"""

import time
from typing import Any

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.settings import api_settings

log = structlog.get_logger(__name__)

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


def parse_rate(rate: str) -> tuple[int, int]:
    """`"30/minute"` -> 30 in 60 seconds. Raises `KeyError` or `ValueError` for anything else."""
    number, period = rate.split("/")
    return int(number), PERIODS[period]


def count(scope: str, who: str) -> float:
    """Count once more for `who`; the seconds to wait when it is one too many, else 0."""
    rates: dict[str, Any] = api_settings.DEFAULT_THROTTLE_RATES
    if not rates.get(scope):
        return 0
    allowed, seconds = parse_rate(rates[scope])
    window, elapsed = divmod(time.time(), seconds)
    key = f"throttle:{scope}:{who}:{window:.0f}"
    try:
        cache.add(key, 0, timeout=seconds + 5)
        counted = cache.incr(key)
    except ValueError:  # evicted between the two calls
        return 0
    except (RedisError, OSError) as error:
        log.warning("throttle skipped", scope=scope, reason=type(error).__name__)
        return 0
    return seconds - elapsed if counted > allowed else 0
