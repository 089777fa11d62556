"""The rest of the pages: history, autocomplete, popups, what columns look like, the overview's recent actions."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.utils import timezone

from atlas.dynamo.meter import measure
from atlas.facade.admin.columns import LONGEST, document, instant, link_to, money, show_document, status_badge
from tests.facade.admin.conftest import MakeParcel
from tests.facade.admin.pages import filled_in, told
from tests.facade.parcels.admin import Journal
from tests.facade.parcels.models import DepotItem, Parcel, ParcelItem, ParcelStatus

LIST = "/admin/parcels/parcel/"


def test_history_is_the_recorders(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel()
    page = admin.get(f"{LIST}{item.id}/history/")
    text = page.content.decode()
    assert "ada@example.com" in text
    assert "<strong>Note</strong>: <del>before &lt;b&gt;</del> → <ins>after</ins>" in text
    assert 'href="?cursor=older"' in text
    assert journal.of("read") == [("history", "Parcel", [item.id])]
    assert 'rel="next"' not in admin.get(f"{LIST}{item.id}/history/?cursor=older").content.decode()
    forged = admin.get(f"{LIST}{item.id}/history/?cursor=forged")
    assert (forged.status_code, forged.headers["Location"]) == (302, f"{LIST}{item.id}/history/")
    assert told(forged)


def test_nothing_is_kept_in_djangos_log(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(LogEntry.objects, "log_actions", never)
    item = parcel()
    address = f"{LIST}{item.id}/change/"
    assert admin.post(address, filled_in(admin.get(address), note="x")).status_code == 302
    assert admin.post(f"{LIST}{item.id}/delete/", {"post": "yes"}).status_code == 302


def test_recent_actions(admin: Client) -> None:
    text = admin.get("/admin/").content.decode()
    if "recent-actions" in text:
        assert '<a href="/admin/parcels/parcel/p_2F1/change/">A parcel</a>' in text


def test_autocomplete(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    found = parcel()
    for number in range(30):
        DepotItem(id=f"d{number}", name=f"North {number:02d}").save()
    DepotItem(id="s", name="South").save()
    asked = {"app_label": "parcels", "model_name": "parcel", "field_name": "depot"}
    answer = admin.get("/admin/autocomplete/", {**asked, "term": "Sou"}).json()
    assert answer == {"results": [{"id": "s", "text": "South"}], "pagination": {"more": False}}
    with measure() as cost:
        answer = admin.get("/admin/autocomplete/", {**asked, "term": "North"}).json()
    assert [each["text"] for each in answer["results"]] == [f"North {number:02d}" for number in range(20)]
    assert [each for each in cost.operations if "depots" in each] == ["Query atlas-test-depots"]
    assert journal.of("read") == [], "depots are nobody's data"
    answer = admin.get(
        "/admin/autocomplete/", {**asked, "model_name": "label", "field_name": "parcel", "term": found.id}
    )
    assert answer.json()["results"] == [{"id": found.id, "text": found.reference}]
    assert journal.of("read") == [("search", "Parcel", [found.id])]
    assert admin.get("/admin/autocomplete/", {**asked, "term": "no such"}).json()["results"] == []
    assert admin.get("/admin/autocomplete/", {**asked, "term": "North", "page": "2"}).status_code == 200


@pytest.mark.parametrize("term", ["", " ", "x" * 5000, "\u00fc", "'", "\x00"])
def test_autocomplete_of_rubbish(admin: Client, term: str) -> None:
    DepotItem(id="s", name="South").save()
    asked = {"app_label": "parcels", "model_name": "parcel", "field_name": "depot", "term": term}
    response = admin.get("/admin/autocomplete/", asked)
    assert (response.status_code, response.json()["pagination"]) == (200, {"more": False})
    assert "scans=0" in response.headers["X-DynamoDB"]


def test_a_link_is_chosen_by_its_key(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    page = admin.get("/admin/parcels/label/add/")
    assert b"vForeignKeyRawIdAdminField" in page.content
    assert f'href="{LIST}?_to_field=id"' in page.content.decode()
    popup = admin.get(f"{LIST}?_to_field=id&_popup=1")
    assert f'data-popup-opener="{item.id}"' in popup.content.decode()
    refused = admin.post("/admin/parcels/label/add/", filled_in(page, "label_form", parcel="nobody", text="x"))
    assert b"Select a valid choice" in refused.content
    assert (
        admin.post("/admin/parcels/label/add/", filled_in(page, "label_form", parcel=item.id, text="x")).status_code
        == 302
    )


def test_preserved_filters(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    page = admin.get(LIST, {"status": "PENDING"})
    address = f"{LIST}{item.id}/change/?_changelist_filters=status%3DPENDING"
    assert address in page.content.decode()
    response = admin.post(address, filled_in(admin.get(address), note="x"))
    assert response.headers["Location"] == f"{LIST}?status=PENDING"


# Columns


@pytest.fixture
def shown() -> Parcel:
    return Parcel(
        id="p1",
        reference="PAR-1",
        status=ParcelStatus.DELIVERED,
        price=-123456,
        currency="GBP",
        sent_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC),
        address={"city": "<Linz>", "street": None},
        depot_id="d/1",
    )


def test_columns(shown: Parcel, settings: Any) -> None:
    assert status_badge("status")(shown) == (
        '<span class="status status-neutral" data-status="DELIVERED">Delivered</span>'
    )
    assert money("price")(shown) == '<span class="money">\u2212£1,234.56</span>'
    assert money("price", currency="USD")(shown) == '<span class="money">\u2212$1,234.56</span>'
    with timezone.override("America/New_York"):
        assert instant("sent_at")(shown) == (
            '<time datetime="2026-07-01T22:30:00Z" title="2026-07-01 22:30:00 UTC">1 Jul 2026, 18:30 EDT</time>'
        )
    assert document("address")(shown) == (
        '<dl class="document"><dt>City</dt><dd>&lt;Linz&gt;</dd>'
        '<dt>Street</dt><dd><span class="empty">\u2013</span></dd></dl>'
    )
    column = status_badge("status", "State")
    assert (column.__name__, column.short_description, column.admin_order_field) == ("status", "State", "status")  # type: ignore[attr-defined]


def test_columns_of_nothing() -> None:
    empty = Parcel(id="p1", sent_at=None, depot_id=None, address=None, note="")
    for column in (instant("sent_at"), document("address"), link_to("depot"), status_badge("note"), money("sent_at")):
        assert column(empty) == '<span class="empty">\u2013</span>'


def test_a_link(shown: Parcel) -> None:
    assert link_to("depot")(shown) == '<span class="gone" title="It is not there (any more).">d/1</span>'
    DepotItem(id="d/1", name="<North>").save()
    again = Parcel(id="p2", depot_id="d/1")
    assert link_to("depot")(again) == '<a href="/admin/parcels/depot/d_2F1/change/">&lt;North&gt;</a>'


def test_documents_are_bounded() -> None:
    assert "and 5 more" in show_document({str(number): number for number in range(LONGEST + 5)})
    assert "and 5 more" in show_document(list(range(LONGEST + 5)))
    deep: Any = "bottom"
    for _ in range(20):
        deep = {"in": deep}
    assert "…" in show_document(deep)
    assert show_document([True, False, None, ParcelStatus.PENDING, 1.5]) == (
        '<ol class="document"><li>Yes</li><li>No</li><li><span class="empty">\u2013</span></li>'
        "<li>PENDING</li><li>1.5</li></ol>"
    )


def test_no_inline_style_or_script(admin: Client, parcel: MakeParcel) -> None:
    """The CSP allows none."""
    item = parcel()
    pages = [
        "",
        "add/",
        f"{item.id}/change/",
        f"{item.id}/history/",
        f"{item.id}/delete/",
        f"{item.id}/actions/deliver/",
    ]
    for page in pages:
        text = admin.get(LIST + page).content.decode()
        assert "style=" not in text, page
        assert "<style" not in text, page
        assert "<script>" not in text, page
        assert "onclick=" not in text, page


def test_asking_costs_the_same_at_any_size(admin: Client, parcel: MakeParcel) -> None:
    def cost() -> tuple[int, float]:
        with measure() as measured:
            admin.get(LIST, {"status": "PENDING"})
        return measured.calls, measured.rcu

    for _ in range(26):
        parcel()
    few = cost()
    with ParcelItem.batch_write() as batch:
        for number in range(400):
            batch.save(ParcelItem(reference=f"PAR-M{number}", sent_at=datetime(2025, 1, 1, tzinfo=UTC)))
    assert cost() == few
