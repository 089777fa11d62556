"""Lists: pages forward and back at one price, filters by index, order only where an index sorts, search by key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.facade.admin.conftest import START, MakeParcel
from tests.facade.admin.pages import rows, told
from tests.facade.parcels.admin import Journal
from tests.facade.parcels.models import DepotItem, ParcelItem, ParcelStatus, StopItem

LIST = "/admin/parcels/parcel/"


def references(items: list[ParcelItem]) -> list[str]:
    return [item.reference for item in items]


def test_pages_forward_and_back(admin: Client, parcel: MakeParcel) -> None:
    newest_first = references([parcel() for _ in range(60)])[::-1]
    seen, costs, addresses, address = [], [], [], LIST
    while address:
        addresses.append(address)
        page = admin.get(address)
        seen.append(rows(page))
        costs.append(page.headers["X-DynamoDB"].split(" rcu")[0])
        address = page.context["cl"].next_url and LIST + page.context["cl"].next_url
    assert seen == [newest_first[:25], newest_first[25:50], newest_first[50:]]
    assert costs == ["calls=5 scans=0"] * 3  # session, user, and one query for each status
    back = admin.get(LIST + page.context["cl"].previous_url)
    assert rows(back) == newest_first[25:50]
    first = admin.get(LIST + back.context["cl"].previous_url)
    assert rows(first) == newest_first[:25]
    assert 'rel="next"' in first.content.decode()
    assert 'rel="prev"' not in admin.get(LIST).content.decode()


@pytest.mark.parametrize(("given", "shown"), [("25", 25), ("50", 50), ("100", 55), ("7", 25), ("x", 25), ("1e9", 25)])
def test_page_sizes(admin: Client, parcel: MakeParcel, given: str, shown: int) -> None:
    for _ in range(55):
        parcel()
    page = admin.get(LIST, {"limit": given})
    assert len(rows(page)) == shown
    if shown == 50:
        following = admin.get(LIST + page.context["cl"].next_url)
        assert len(rows(following)) == 5
        assert "limit=50" in following.context["cl"].previous_url


def test_filters_are_index_queries(admin: Client, parcel: MakeParcel) -> None:
    wanted = [parcel(status=ParcelStatus.DELIVERED) for _ in range(3)]
    parcel()
    page = admin.get(LIST, {"status": "DELIVERED"})
    assert rows(page) == references(wanted)[::-1]
    assert page.headers["X-DynamoDB"].startswith("calls=3 scans=0")
    assert b"Choose first: status" not in page.content
    assert 'value="DELIVERED"' in page.content.decode(), "the form of days keeps the status"


def test_a_second_filter_narrows(admin: Client, parcel: MakeParcel) -> None:
    insured = parcel(insured=True)
    parcel()
    parcel(insured=True, status=ParcelStatus.DELIVERED)
    page = admin.get(LIST, {"status": "PENDING", "insured": "True"})
    assert rows(page) == [insured.reference]
    assert page.headers["X-DynamoDB"].startswith("calls=3 scans=0")


def test_days(admin: Client, parcel: MakeParcel) -> None:
    inside = parcel(sent_at=START.replace(day=10, hour=23, minute=59))
    parcel(sent_at=START.replace(day=11, hour=0, minute=0, second=0, microsecond=0))
    parcel(sent_at=START.replace(day=8))
    days = {"status": "PENDING", "sent_at__from": "2026-03-09", "sent_at__to": "2026-03-10"}
    assert rows(admin.get(LIST, days)) == [inside.reference]
    assert len(rows(admin.get(LIST, {"status": "PENDING", "sent_at__from": "2026-03-10"}))) == 2
    assert len(rows(admin.get(LIST, {"status": "PENDING", "sent_at__to": "2026-03-08"}))) == 1


def test_only_what_an_index_sorts_is_sortable(admin: Client, parcel: MakeParcel) -> None:
    items = [parcel() for _ in range(3)]
    page = admin.get(LIST)
    heads = [name for name, text in columns(page) if "sortable" in text]
    assert heads == ["sent_at"]
    assert "sorted descending" in dict(columns(page))["sent_at"]
    number = [name for name, _ in columns(page)].index("sent_at")
    assert rows(admin.get(LIST, {"o": str(number)})) == references(items)
    assert rows(admin.get(LIST, {"o": f"-{number}"})) == references(items)[::-1]


@pytest.mark.parametrize("order", ["1", "-2", "99", "-", "x", "1.2.3", "--4", "9" * 400, "²"])
def test_another_order_is_the_lists_own(admin: Client, parcel: MakeParcel, order: str) -> None:
    items = [parcel() for _ in range(3)]
    page = admin.get(LIST, {"o": order})
    assert (page.status_code, rows(page)) == (200, references(items)[::-1])


def columns(page: Any) -> list[tuple[str, str]]:
    from django.contrib.admin.templatetags.admin_list import result_headers  # noqa: PLC0415

    names = ["action", *(getattr(each, "__name__", each) for each in page.context["cl"].list_display[1:])]
    return list(zip(names, (str(each["class_attrib"]) for each in result_headers(page.context["cl"])), strict=True))


def test_links_are_read_in_one_call(admin: Client, parcel: MakeParcel) -> None:
    for number in range(10):
        DepotItem(id=f"d{number}", name=f"Depot {number}").save()
        parcel(depot_id=f"d{number}")
    parcel(depot_id="burnt-down")
    parcel()
    page = admin.get(LIST)
    text = page.content.decode()
    assert page.headers["X-DynamoDB"].startswith("calls=6 scans=0")
    assert '<a href="/admin/parcels/depot/d3/change/">Depot 3</a>' in text
    assert '<span class="gone" title="It is not there (any more).">burnt-down</span>' in text


@pytest.mark.parametrize(
    ("way", "calls"),
    [
        (lambda item: item.id, 3),
        (lambda item: item.id.upper(), 3),
        (lambda item: f"  {item.reference.lower()} ", 3),
        (lambda item: item.email.upper(), 3),
    ],
)
def test_search_by_key(admin: Client, parcel: MakeParcel, way: Callable[[ParcelItem], str], calls: int) -> None:
    wanted, _other = parcel(email="ada@example.com"), parcel()
    page = admin.get(LIST, {"q": way(wanted)})
    assert rows(page) == [wanted.reference]
    assert page.headers["X-DynamoDB"].startswith(f"calls={calls} scans=0")


@pytest.mark.parametrize("term", ["ada", "PAR", "%", "'; drop table", "x" * 5000, "ä" * 600, "a@b", "PAR-99999"])
def test_search_for_what_is_not_there(admin: Client, parcel: MakeParcel, term: str) -> None:
    parcel()
    page = admin.get(LIST, {"q": term})
    assert (page.status_code, rows(page)) == (200, [])
    assert "scans=0" in page.headers["X-DynamoDB"]


def test_search_within_a_filter(admin: Client, parcel: MakeParcel) -> None:
    item = parcel(status=ParcelStatus.DELIVERED)
    assert rows(admin.get(LIST, {"q": item.reference, "status": "DELIVERED"})) == [item.reference]
    assert rows(admin.get(LIST, {"q": item.reference, "status": "PENDING"})) == []


def test_search_says_what_it_can(admin: Client) -> None:
    assert "Exact search by ID, e-mail, reference" in admin.get(LIST).content.decode()


def test_a_table_that_no_index_lists(admin: Client, parcel: MakeParcel) -> None:
    StopItem(parcel_id=parcel().id, place="Mill").save()
    page = admin.get("/admin/parcels/stop/")
    assert (page.status_code, rows(page)) == (200, [])
    assert "Choose a filter or search" in page.content.decode()
    assert page.headers["X-DynamoDB"].startswith("calls=2 scans=0")


def test_a_small_table_as_it_lies(admin: Client) -> None:
    for number in range(60):
        DepotItem(id=str(number), name=str(number)).save()
    first = admin.get("/admin/parcels/depot/")
    assert len(rows(first)) == 50
    assert "scans=1" in first.headers["X-DynamoDB"]
    second = admin.get("/admin/parcels/depot/" + first.context["cl"].next_url)
    assert set(rows(first)) | set(rows(second)) == {str(number) for number in range(60)}
    filtered = admin.get("/admin/parcels/depot/", {"name": "7"})
    assert filtered.status_code == 302, "a filtered scan is no bounded page"


def test_a_linked_list(admin: Client, parcel: MakeParcel) -> None:
    """A page may lead to the items of one partition."""
    DepotItem(id="d/1", name="North").save()
    wanted = parcel(depot_id="d/1")
    parcel()
    for name in ("depot", "depot_id", "depot__exact", "depot_id__exact"):
        page = admin.get(LIST, {name: "d/1"})
        assert (page.status_code, rows(page)) == (200, [wanted.reference]), name


@pytest.mark.slow
def test_reads_of_a_personal_table_are_noted(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel()
    admin.get(LIST)
    admin.get(LIST, {"q": item.id})
    admin.get("/admin/parcels/depot/")
    assert journal.of("read") == [("list", "Parcel", [item.id]), ("search", "Parcel", [item.id])]


def test_a_page_whose_items_are_gone(admin: Client, parcel: MakeParcel) -> None:
    items = [parcel() for _ in range(30)]
    address = LIST + admin.get(LIST).context["cl"].next_url
    for item in items[:5]:
        item.delete()
    page = admin.get(address)
    assert (page.status_code, rows(page), told(page)) == (200, [], [])
    assert "There is nothing on this page any more." in page.content.decode()
