"""Laws of the planner, for random data, filters, orders and page sizes, on a real engine.

Rows are those that plain Python finds; pages forward and back are the same rows in the same order; what `explain` says
is what the meter saw; nothing scans unless it may.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from atlas.dynamo.meter import Cost, measure
from atlas.facade import page as pages
from atlas.facade.plan import Kind, Plan, Refused
from atlas.facade.reading import opening
from tests.facade.brute import Case, conditions, orders, rides
from tests.facade.samples import BareRide, Ride, RideItem

pytestmark = pytest.mark.slow

MOST_PAGES = 60
quick = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def world(items: list[RideItem]) -> None:
    """These rides and no others."""
    with RideItem.batch_write() as batch:
        for old in list(RideItem.scan()):
            batch.delete(old)
    with RideItem.batch_write() as batch:
        for item in items:
            batch.save(item)


def check_cost(plan: Plan, cost: Cost) -> None:
    """The meter saw what the plan says."""
    seen = {operation.split()[0] for operation in cost.operations}
    fetch = {"BatchGetItem"} if plan.completes else set()
    allowed = {
        Kind.EMPTY: set(),
        Kind.GET: {"GetItem"},
        Kind.BATCH_GET: {"BatchGetItem"},
        Kind.QUERY: {"Query"} | fetch,
        Kind.FAN_OUT: {"Query"} | fetch,
        Kind.SCAN: {"Scan"},
    }[plan.kind]
    assert seen <= allowed
    assert seen or plan.kind is Kind.EMPTY
    if plan.kind in (Kind.GET, Kind.BATCH_GET):
        assert cost.calls == 1


def in_order(ids: list[str], items: dict[str, RideItem], order: tuple[str, ...]) -> bool:
    name, down = order[0].lstrip("-"), order[0].startswith("-")
    values = [getattr(items[id], "id" if name == "pk" else name) for id in ids]
    return values == sorted(values, key=lambda value: (value is not None, value), reverse=down)


@quick
@given(
    items=rides(),
    model=st.sampled_from([Ride, BareRide]),
    case=conditions,
    order=orders,
    scan=st.booleans(),
    reverse=st.booleans(),
    limit=st.integers(1, 4),
    tight=st.booleans(),
)
def test_rows_pages_and_cost(
    items: list[RideItem],
    model: Any,
    case: Case,
    order: tuple[str, ...],
    scan: bool,
    reverse: bool,
    limit: int,
    tight: bool,
) -> None:
    world(items)
    queryset: Any = model.objects.filter(case.q).order_by(*order)
    queryset = queryset.allow_scan() if scan else queryset
    queryset = queryset.reverse() if reverse else queryset
    with measure() as cost:
        try:
            plan = queryset.plan()
            found = [ride.pk for ride in queryset]
        except Refused:
            event("refused")
            assert cost.calls == 0
            return
    event(str(plan.kind))
    assert plan.kind is not Kind.SCAN or scan
    check_cost(plan, cost)
    assert queryset.explain()

    known = {item.id: item for item in items}
    assert sorted(found) == sorted(id for id, item in known.items() if case.holds(item))
    if order and order[0] != "pk" and reverse is False:
        assert in_order(found, known, order)

    with bounds(tight):
        check_pages(queryset, found, limit, backward=plan.kind is not Kind.SCAN)


@contextmanager
def bounds(tight: bool) -> Iterator[None]:
    """With `tight`, a page stops short after the first look: what a large table and a sparse filter would do."""
    if not tight:
        yield
        return
    with (
        patch.multiple(opening, READ_AHEAD_PAGES=1, MOST_DAYS=2, LARGEST_REQUEST=2, LEAST_LOOK=1),
        patch.multiple(pages, READ_AHEAD_PAGES=1),
    ):
        yield


def check_pages(queryset: Any, expected: list[str], limit: int, *, backward: bool) -> None:
    """Walked to the end and back, all pages together are `expected`, both times."""
    page = queryset.read_page(limit)
    forward = [[ride.pk for ride in page.items]]
    while page.next:
        page = queryset.read_page(limit, page.next)
        forward.append([ride.pk for ride in page.items])
        assert len(forward) < MOST_PAGES
    assert [*chain(*forward)] == expected
    assert all(len(ids) <= limit for ids in forward)
    back = [[ride.pk for ride in page.items]]
    while page.previous:
        page = queryset.read_page(limit, page.previous)
        back.append([ride.pk for ride in page.items])
        assert len(back) < MOST_PAGES
    if backward or len(forward) <= 1:
        assert [*chain(*back[::-1])] == expected
    else:
        assert back == forward[::-1]


@quick
@given(items=rides(), case=conditions, order=orders, low=st.integers(0, 5), size=st.integers(0, 6))
def test_slices_are_slices(items: list[RideItem], case: Case, order: tuple[str, ...], low: int, size: int) -> None:
    world(items)
    queryset = Ride.objects.filter(case.q).order_by(*order).allow_scan()
    try:
        whole = [ride.pk for ride in queryset]
    except Refused:
        return
    assert [ride.pk for ride in queryset[low : low + size]] == whole[low : low + size]
    assert queryset.exists() is bool(whole)
    assert queryset.count() == len(whole)
    first = queryset.first()
    assert (first.pk if first else None) == (whole[0] if whole else None)
    assert list(queryset.values_list("pk", flat=True)) == whole
    assert queryset.in_bulk(whole).keys() == set(whole)
