"""From a plan to the source that carries it out."""

from typing import Any

from atlas.dynamo.cursor import READ_AHEAD_PAGES
from atlas.dynamo.days import MOST_DAYS
from atlas.dynamo.many import LIMIT
from atlas.errors import InvalidCursor
from atlas.facade.planning.plan import Kind, Plan
from atlas.facade.reading.line import Line
from atlas.facade.reading.merge import Merge
from atlas.facade.reading.source import Budget, Source
from atlas.facade.reading.walk import Walk

LARGEST_REQUEST = 200
"""Items that one request may look at for a page."""
LEAST_LOOK = 25
"""Items looked at in one go where some of them will not be shown."""
MOST_REQUESTS = 1000
"""Of one read that is not paged; more is refused rather than cut off."""


def request_size(plan: Plan, wanted: int) -> int:
    """How many items to ask for: those wanted and one more, to know whether there is more.

    Of a filtered list more, as few will be left; of an index of keys not as many, as each costs a read of its item.
    """
    if plan.selective and plan.completes:
        return min(max(wanted + 1, LEAST_LOOK), LIMIT)
    return min(wanted * 4, LARGEST_REQUEST) if plan.filters or plan.selective else wanted + 1


def open_page(plan: Plan, wanted: int, *, backward: bool, start: Any) -> Source:
    """For one page: bounded, wherever it starts."""
    if plan.days is not None:
        shared = Budget(MOST_DAYS)
        return _open(plan, request_size(plan, wanted), lambda: shared, backward, start)
    return _open(plan, request_size(plan, wanted), lambda: Budget(READ_AHEAD_PAGES), backward, start)


def open_all(plan: Plan, wanted: int | None) -> Source:
    """For everything, or the first few. Raises `Refused` when that becomes too much."""
    refusal = (
        f"{plan.table.Meta.name}: this read takes more than {MOST_REQUESTS} requests. "
        "Instead: read_page() with its cursors, a narrower lookup, or allow_scan()."
    )
    budget = Budget(None if plan.unlimited else MOST_REQUESTS, refusal=refusal)
    size = None if wanted is None else request_size(plan, wanted) - (not plan.selective and not plan.filters)
    return _open(plan, size, lambda: budget, False, None)


def _open(plan: Plan, size: int | None, budget: Any, backward: bool, start: Any) -> Source:
    way = plan.way
    assert way is not None
    descending = plan.descending is not backward
    options: dict[str, Any] = {
        "filter_condition": plan.filter_condition,
        "limit": size,
        "consistent_read": plan.consistent,
    }

    def line(value: Any, position: Any) -> Line:
        def fetch(after: Any) -> dict[str, Any]:
            return way.query(
                value, plan.range_condition, exclusive_start_key=after, scan_index_forward=not descending, **options
            )

        return Line(way, fetch, position, budget())

    if plan.kind is Kind.SCAN:
        return Line(way, lambda after: way.scan(exclusive_start_key=after, **options), start, budget())
    if plan.days is not None:
        first, last = plan.days if not descending else plan.days[::-1]
        return Walk(first, last, line, start)
    values = plan.partitions
    if len(values) == 1:
        return line(values[0], start)
    positions = start or [None] * len(values)
    if len(positions) != len(values):
        raise InvalidCursor
    return Merge(
        [line(*each) for each in zip(values, positions, strict=True)], descending=plan.descending, backward=backward
    )
