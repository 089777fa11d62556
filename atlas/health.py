"""Is the process alive, and can it reach what it needs. No secrets, no data."""

from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, JsonResponse

from atlas.errors import Unavailable
from atlas.objects import bucket
from atlas.tables import Unique

NEEDED = ("store", "cache", "broker")


def healthz(request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> JsonResponse:
    """Store, cache and broker answer; 503 names the one that does not.

    Objects are named too, and take no traffic away: without them only files wait, with 503 everything would.
    """
    checks = {"store": _store, "cache": _cache, "broker": _broker, "objects": _objects}
    states = {name: _state(check) for name, check in checks.items()}
    ready = all(states[name] == "ok" for name in NEEDED)
    answer = JsonResponse({"status": "ok" if ready else "unavailable", **states}, status=200 if ready else 503)
    if not ready:
        answer["Retry-After"] = "5"
    return answer


def _state(check: Callable[[], object]) -> str:
    try:
        check()
    except Exception:
        return "unavailable"
    return "ok"


def _store() -> None:
    Unique.find("health")


def _cache() -> None:
    cache.get("health")


def _objects() -> None:
    if not bucket.exists():
        raise Unavailable


def _broker() -> None:
    from atlas.celery import app  # noqa: PLC0415 (atlas.celery is a composition root)

    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
