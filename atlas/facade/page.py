"""A page of a facade's list with the cursors before and after it, at the same cost wherever it is.

A page reads forward from the end of the one before, or backward from the start of the one after. A list that is
filtered in DynamoDB or in Python may come back short: it stopped at its bound, says so, and `next` goes on from there.
A scan has one direction, so its cursors carry where the last pages began.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from atlas.dynamo import cursor as cursors
from atlas.dynamo.cursor import READ_AHEAD_PAGES
from atlas.dynamo.table import Table
from atlas.errors import InvalidCursor
from atlas.facade.planning.plan import Kind, Plan
from atlas.facade.reading.items import by_key, complete, take
from atlas.facade.reading.opening import open_page, request_size

T = TypeVar("T")

FORWARD, BACKWARD = "next", "previous"
TRAIL = 20
"""Beginnings of earlier pages that a scan's cursor remembers."""


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Items in the list's order, the cursors of the pages beside them (None at the ends)."""

    items: Sequence[T]
    next: str | None = None
    previous: str | None = None
    short: bool = False
    """Reading stopped at its bound before the page was full: there may be more, `next` goes on looking."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A page's items in the direction they were read, and the positions on both sides of it."""

    items: list[Table]
    after: Any
    before: Any
    more: bool
    short: bool


def read_page(plan: Plan, limit: int, cursor: str | None, scope: str) -> Page[Table]:
    """Raises `InvalidCursor` for a cursor that was not made for this plan and scope."""
    direction, start = _opened(cursors.decode(cursor, scope))
    if plan.kind is Kind.EMPTY:
        return Page([])
    if plan.kind in (Kind.GET, Kind.BATCH_GET):
        return _of_keys(plan, limit, start or 0, scope)
    if plan.kind is Kind.SCAN:
        return _of_scan(plan, limit, start or [], scope)
    backward = direction == BACKWARD
    stretch = _read(plan, limit, backward=backward, start=start)
    onward = cursors.encode([direction, stretch.after], scope) if stretch.more else None
    other = BACKWARD if direction == FORWARD else FORWARD
    back = cursors.encode([other, stretch.before], scope) if cursor else None
    if backward:
        return Page(stretch.items[::-1], back, onward, stretch.short)
    return Page(stretch.items, onward, back, stretch.short)


def _opened(stored: Any) -> tuple[str, Any]:
    if stored is None:
        return FORWARD, None
    try:
        direction, start = stored
    except (TypeError, ValueError) as error:
        raise InvalidCursor from error
    if direction not in (FORWARD, BACKWARD):
        raise InvalidCursor
    return direction, start


def _read(plan: Plan, limit: int, *, backward: bool, start: Any) -> Stretch:
    source = open_page(plan, limit, backward=backward, start=start)
    found: list[tuple[Any, Table]] = []
    for _ in range(READ_AHEAD_PAGES):
        room = limit - len(found)
        entries = take(source, request_size(plan, limit) if plan.selective else room)
        if not entries:
            break
        items = zip(entries, complete(plan, entries), strict=True)
        found += [(entry.after, item) for entry, item in items if item is not None and plan.holds(item)]
        if len(found) > limit:
            kept = found[:limit]
            return Stretch([item for _, item in kept], kept[-1][0], source.back_mark(), more=True, short=False)
        if len(found) == limit:
            break
    more = source.more
    items_found = [item for _, item in found]
    return Stretch(items_found, source.mark(), source.back_mark(), more, short=more and len(found) < limit)


def _of_scan(plan: Plan, limit: int, trail: list[Any], scope: str) -> Page[Table]:
    stretch = _read(plan, limit, backward=False, start=trail[-1] if trail else None)
    onward = cursors.encode([FORWARD, [*trail, stretch.after][-TRAIL:]], scope) if stretch.more else None
    back = cursors.encode([FORWARD, trail[:-1]], scope) if trail else None
    return Page(stretch.items, onward, back, stretch.short)


def _of_keys(plan: Plan, limit: int, start: int, scope: str) -> Page[Table]:
    """Named keys are few: read together, shown in pages."""
    found = by_key(plan)
    return Page(
        found[start : start + limit],
        cursors.encode([FORWARD, start + limit], scope) if start + limit < len(found) else None,
        cursors.encode([FORWARD, max(0, start - limit)], scope) if start else None,
    )
