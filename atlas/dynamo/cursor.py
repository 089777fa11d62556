"""Pages of a key or index query, and the opaque signed cursor between them.

A cursor holds DynamoDB's last key. It is signed for one list of one user with its filters (`scope`): a forged one, or
one from another list, is refused with `InvalidCursor`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.core import signing
from pynamodb.pagination import ResultIterator

from atlas.dynamo.table import Table
from atlas.errors import InvalidCursor

T = TypeVar("T")
S = TypeVar("S")
I = TypeVar("I", bound=Table)  # noqa: E741

MAX_LENGTH = 4096
READ_AHEAD_PAGES = 5
"""A filter may leave a page of DynamoDB empty: at most this many are read for one page of ours."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items and the cursor of the next ones (None at the end). A page may be short without being the last."""

    items: Sequence[T]
    next: str | None = None

    def map(self, change: Callable[[T], S]) -> "Page[S]":
        return Page([change(item) for item in self.items], self.next)


def scope(*parts: object) -> str:
    """Names one list: the user, the list and its filters. No text in one part can pass for another part."""
    return "|".join("" if part is None else quote(str(part), safe="") for part in parts)


def encode(position: Any, scope: str) -> str:
    return signing.dumps(position, key=settings.TOKEN_KEY, salt=f"cursor:{scope}", compress=True)


def decode(cursor: str | None, scope: str) -> Any:
    """The position that `encode` was given, None for no cursor. Raises `InvalidCursor`."""
    if not cursor:
        return None
    if len(cursor) > MAX_LENGTH:
        raise InvalidCursor
    try:
        return signing.loads(cursor, key=settings.TOKEN_KEY, salt=f"cursor:{scope}")
    except (signing.BadSignature, ValueError) as error:
        raise InvalidCursor from error


def read_page(
    query: Callable[..., ResultIterator[I]],
    *key: Any,
    scope: str,
    cursor: str | None,
    limit: int,
    **options: Any,
) -> Page[I]:
    """One page of `query` (a table's or an index's): `limit` items, or fewer when a filter leaves few.

    Asks DynamoDB for no more than it shows: one request without a filter, at most `READ_AHEAD_PAGES` with one.
    """
    filtered = options.get("filter_condition") is not None
    results = query(
        *key,
        limit=limit,
        page_size=min(limit * 4, 200) if filtered else limit,
        last_evaluated_key=decode(cursor, scope),
        **options,
    )
    items = list(_bounded(results))
    last = results.last_evaluated_key
    return Page(items, encode(last, scope) if last else None)


def _bounded(results: ResultIterator[I]) -> Iterable[I]:
    pages = 0
    original = results._get_next_page

    def next_page() -> None:
        nonlocal pages
        if pages == READ_AHEAD_PAGES:
            raise StopIteration
        pages += 1
        original()

    results._get_next_page = next_page  # type: ignore[method-assign]
    return results
