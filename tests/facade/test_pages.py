"""Long lists, page by page: forward and back the same rows, at the same cost on every page."""

from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest

from atlas.dynamo.meter import measure
from atlas.errors import InvalidCursor
from atlas.facade.page import Page
from atlas.facade.plan import Refused
from tests.facade.brute import NOON
from tests.facade.samples import BareRide, Colour, Leg, LegItem, Ride, RideItem
from tests.facade.test_laws import bounds, world

pytestmark = pytest.mark.slow

COUNT = 70


@pytest.fixture(scope="module")
def rows() -> list[RideItem]:
    """In the order of their time; owners, colours and shards by turns, some times twice, two days without any."""
    items = []
    for number in range(COUNT):
        placed = NOON - timedelta(days=number // 20 * 3, hours=-(number % 20 // 2))
        items.append(
            RideItem(
                id=f"r{number}",
                owner=("ada", "ada", "ben")[number % 3],
                placed_at=placed,
                day=placed.date().isoformat(),
                colour=[*Colour][number % 3],
                shard=number % 3,
                due=number // 2,
                note=f"n{number:03}" if number % 4 else None,
                price=number,
            )
        )
    world(items)
    return items


LISTS: dict[str, tuple[Any, Any, int]] = {
    "a partition": (lambda: Ride.objects.filter(owner="ada"), lambda ride: ride.owner == "ada", 1),
    "the other way": (
        lambda: Ride.objects.filter(owner="ada").order_by("placed_at"),
        lambda ride: ride.owner == "ada",
        1,
    ),
    "a sort key's bounds": (
        lambda: Ride.objects.filter(owner="ada", note__gt="n010", note__lte="n060"),
        lambda ride: ride.owner == "ada" and ride.note is not None and "n010" < ride.note <= "n060",
        2,
    ),
    "a prefix": (
        lambda: Ride.objects.filter(owner="ada", note__startswith="n01"),
        lambda ride: ride.owner == "ada" and (ride.note or "").startswith("n01"),
        1,
    ),
    "an index of keys": (lambda: Ride.objects.filter(colour=Colour.RED), lambda ride: ride.colour is Colour.RED, 2),
    "shards": (lambda: Ride.objects.filter(due__gte=5).order_by("due"), lambda ride: ride.due >= 5, 3),
    "shards backwards": (lambda: Ride.objects.filter(due__gte=5).order_by("-due"), lambda ride: ride.due >= 5, 3),
    "colours": (
        lambda: Ride.objects.filter(colour__in=[Colour.RED, Colour.GREEN]),
        lambda ride: ride.colour in (Colour.RED, Colour.GREEN),
        3,
    ),
    "days": (Ride.objects.all, lambda ride: True, 9),
    "days from the first": (lambda: Ride.objects.order_by("placed_at"), lambda ride: True, 16),
    "days filtered": (lambda: Ride.objects.filter(price__lt=31), lambda ride: ride.price < 31, 26),
    "a sparse filter": (
        lambda: Ride.objects.filter(owner="ada", price=60),
        lambda ride: ride.owner == "ada" and ride.price == 60,
        5,
    ),
    "an or": (
        lambda: Ride.objects.filter(owner="ada").exclude(price__gt=9, note=None),
        lambda ride: ride.owner == "ada" and not (ride.price > 9 and ride.note is None),
        5,
    ),
}


@pytest.mark.parametrize("tight", [False, True], ids=["roomy", "tight"])
@pytest.mark.parametrize("limit", [1, 4, 7, 200])
@pytest.mark.parametrize("name", LISTS)
def test_forward_and_back(rows: list[RideItem], name: str, limit: int, tight: bool) -> None:
    query, holds, most_calls = LISTS[name]
    expected = {ride.id for ride in rows if holds(ride)}
    whole = [ride.pk for ride in query()]
    assert len(whole) == len(expected)
    assert set(whole) == expected

    with bounds(tight):
        forward = walk(query(), limit, "next", most_calls)
        back = walk(query(), limit, "previous", most_calls, forward[-1])

    assert ids(forward) == whole
    assert ids(back[::-1]) == whole
    assert forward[0].previous is None
    assert back[-1].previous is None
    assert all(page.next for page in forward if page.short)


def walk(queryset: Any, limit: int, way: str, most_calls: int, page: Page[Any] | None = None) -> list[Page[Any]]:
    pages = [page or queryset.read_page(limit)]
    while cursor := getattr(pages[-1], way):
        with measure() as cost:
            pages.append(queryset.read_page(limit, cursor))
        assert cost.calls <= most_calls
        assert len(pages[-1].items) <= limit
        assert len(pages) < 3 * COUNT
    return pages


def ids(pages: list[Page[Any]]) -> list[str]:
    return [ride.pk for ride in chain(*(page.items for page in pages))]


def test_a_page_costs_the_same_wherever_it_is(rows: list[RideItem]) -> None:
    costs = []
    page: Page[Any] = Page([], next="")
    while page.next is not None:
        with measure() as cost:
            page = Ride.objects.filter(owner="ada").read_page(6, page.next)
        costs.append((cost.operations, cost.rcu))
    assert len(costs) == 8
    assert costs == [(["Query atlas-test-rides"], 0.5)] * 8


def test_a_page_of_a_scan_is_one_bounded_call(rows: list[RideItem]) -> None:
    with pytest.raises(Refused, match=r"read_page\(scan=True\)"):
        BareRide.objects.all().read_page(10)
    found: list[Any] = []
    page: Page[Any] = Page([], next="")
    while page.next is not None:
        with measure() as cost:
            page = BareRide.objects.all().read_page(10, page.next, scan=True)
        assert (cost.calls, cost.scans) == (1, 1)
        found.append([ride.pk for ride in page.items])
    assert len([*chain(*found)]) == len({*chain(*found)}) == COUNT
    for before in found[-2::-1]:
        page = BareRide.objects.all().read_page(10, page.previous, scan=True)
        assert [ride.pk for ride in page.items] == before
    assert page.previous is None


def test_a_filter_that_finds_nothing_stops_at_its_bound(rows: list[RideItem]) -> None:
    queryset = BareRide.objects.filter(price=-1)
    with measure() as cost:
        page = queryset.read_page(1, scan=True)
    assert cost.calls == 5
    assert (list(page.items), page.short, page.next is not None) == ([], True, True)


def test_named_keys_are_paged_too(rows: list[RideItem]) -> None:
    queryset = Ride.objects.filter(pk__in=[f"r{number}" for number in range(10)]).order_by("-price")
    first = queryset.read_page(4)
    last = queryset.read_page(4, queryset.read_page(4, first.next).next)
    assert [ride.price for ride in first.items] == [9, 8, 7, 6]
    assert ([ride.price for ride in last.items], last.next) == ([1, 0], None)
    assert ids([queryset.read_page(4, last.previous)]) == ["r5", "r4", "r3", "r2"]


def test_a_cursor_is_good_for_its_own_list_only(rows: list[RideItem]) -> None:
    mine = Ride.objects.filter(owner="ada")
    cursor = mine.read_page(3, scope="ada").next
    assert mine.read_page(3, cursor, scope="ada").items
    others: list[Callable[[], Any]] = [
        lambda: mine.read_page(3, cursor, scope="ben"),
        lambda: Ride.objects.filter(owner="ben").read_page(3, cursor, scope="ada"),
        lambda: mine.order_by("placed_at").read_page(3, cursor, scope="ada"),
        lambda: mine.filter(price__gt=1).read_page(3, cursor, scope="ada"),
        lambda: Ride.objects.all().read_page(3, cursor, scope="ada"),
        lambda: mine.read_page(3, (cursor or "")[:-1] + "x", scope="ada"),
        lambda: mine.read_page(3, "\udc80", scope="ada"),
    ]
    for read in others:
        with measure() as cost, pytest.raises(InvalidCursor):
            read()
        assert cost.calls == 0


def test_what_came_and_went_between_two_pages(rows: list[RideItem]) -> None:
    """Positions are keys, not numbers: nothing is shown twice or skipped."""
    for number in range(6):
        LegItem(ride_id="moving", name=f"{number}").save()
    queryset = Leg.objects.filter(ride_id="moving")
    first = queryset.read_page(2)
    LegItem(ride_id="moving", name="0.5").save()
    LegItem.fetch("moving", "1").delete()
    second = queryset.read_page(2, first.next)
    assert [leg.name for leg in second.items] == ["2", "3"]
    assert [leg.name for leg in queryset.read_page(2, second.previous).items] == ["0", "0.5"]
