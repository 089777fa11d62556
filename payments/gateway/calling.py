"""How Square is asked: one client a process, and every answer sorted into a yes, a no, or no answer at all."""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, TypeVar

import httpx
from django.conf import settings
from square import Square
from square.core.api_error import ApiError
from square.core.pagination import SyncPager
from square.core.request_options import RequestOptions

T = TypeVar("T")

ONCE = RequestOptions(max_retries=0)
PAGE = 100
"""Square's largest."""
_FIRST_CLIENT_ERROR, _FIRST_SERVER_ERROR = 400, 500
_UNANSWERED = frozenset({408, 409, 425, 429})
"""Client errors that say nothing of the outcome: too slow, in progress under this key, too many."""


class OutcomeUnknown(Exception):
    """No answer, or none that says what happened. Ask again with the same key, never with a new one."""


class Refused(Exception):
    """A definite no that is not the card's: wrong state, wrong credentials, a request that Square cannot read."""

    def __init__(self, code: str, detail: str, *, credentials: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail
        self.credentials = credentials
        """Square does not accept us: an operator's matter, not the customer's."""


def client() -> Square:
    return _client_of(
        os.getpid(), settings.SQUARE_BASE_URL, settings.SQUARE_ACCESS_TOKEN, float(settings.SQUARE_TIMEOUT_SECONDS)
    )


@cache
def _client_of(process: int, base_url: str | None, token: str, timeout: float) -> Square:
    """One per process (a fork must not share its parent's sockets) and address; `timeout` in seconds."""
    local = base_url is not None and base_url.startswith("http://")
    http = httpx.Client(timeout=timeout, trust_env=not local)  # no proxy stands before a local sandbox
    return Square(token=token, base_url=base_url, timeout=timeout, httpx_client=http)


def ask(call: Callable[[], T]) -> T:
    """One request, its failures sorted into `Refused` and `OutcomeUnknown`."""
    try:
        return call()
    except httpx.HTTPError as error:
        raise OutcomeUnknown(f"{type(error).__name__}: {error}") from error
    except ApiError as error:
        status = error.status_code or 0
        if not _FIRST_CLIENT_ERROR <= status < _FIRST_SERVER_ERROR or status in _UNANSWERED:
            raise OutcomeUnknown(f"Square answered {status}.") from error
        first = error.errors[0]
        raise Refused(
            str(first.code), first.detail or "", credentials=first.category == "AUTHENTICATION_ERROR"
        ) from error


def pages(first: Callable[[], SyncPager[T, Any]]) -> Iterator[T]:
    page: SyncPager[T, Any] | None = read(first)
    while page is not None:
        yield from page.items or ()
        page = read(page.next_page) if page.has_next else None


def read(call: Callable[[], T]) -> T:
    """A question that changes nothing is asked once more when it has no answer."""
    try:
        return ask(call)
    except OutcomeUnknown:
        return ask(call)
