"""The list as a file: all pages of its filter, streamed, masked, recorded, no cell a formula."""

import csv
import io
import json
from typing import Any

import pytest
from django.test import AsyncClient, Client

from accounts.models import User
from atlas.dynamo.meter import measure
from atlas.facade.admin.export import cell
from tests.facade.admin.conftest import START, MakeParcel
from tests.facade.admin.pages import told
from tests.facade.parcels.admin import Journal
from tests.facade.parcels.models import Address, ParcelStatus

LIST = "/admin/parcels/parcel/"
EXPORT = f"{LIST}export/"


def text_of(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_csv(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel(
        status=ParcelStatus.DELIVERED,
        sent_at=START,
        note="=HYPERLINK(1)",
        price=-5,
        recipient="Ada",
        pin="1234",
        address=Address(city="Linz"),
    )
    parcel()
    response = admin.post(f"{EXPORT}?status=DELIVERED", {"format": "csv"})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="parcel-')
    text = text_of(response)
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text[1:]))
    assert (row["reference"], row["status"], row["price"]) == (item.reference, "DELIVERED", "-5")
    assert (row["note"], row["address"]) == ("'=HYPERLINK(1)", '{"city": "Linz"}')
    assert row["sent_at"] == "2026-03-01T12:30:15.123456+00:00"
    assert "pin" not in row
    assert row["recipient"] == "Ada", "an administrator may see it"
    assert journal.of("export") == [("csv", {"status": "DELIVERED"}, True)]


def test_personal_fields_are_masked(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    parcel(recipient="Ada")
    monkeypatch.setattr(User, "has_perm", lambda self, perm, obj=None: "personal" not in perm)
    (row,) = [json.loads(line) for line in text_of(admin.post(EXPORT, {"format": "jsonl"})).splitlines()]
    assert (row["recipient"], row["email"], row["price"]) == ("••••", "••••", 0)


def test_all_pages_one_read_each(admin: Client, parcel: MakeParcel) -> None:
    references = {parcel(status=ParcelStatus.DELIVERED).reference for _ in range(230)}
    with measure() as cost:
        text = text_of(admin.post(f"{EXPORT}?status=DELIVERED", {"format": "jsonl"}))
    assert {json.loads(line)["reference"] for line in text.splitlines()} == references
    queries = [each for each in cost.operations if each == "Query atlas-test-parcels"]
    assert (len(queries), "Scan" in " ".join(cost.operations)) == (3, False)


def test_it_is_streamed(admin: Client, parcel: MakeParcel) -> None:
    """The first lines leave before the last items are read."""
    for _ in range(150):
        parcel(status=ParcelStatus.DELIVERED)
    response: Any = admin.post(f"{EXPORT}?status=DELIVERED", {"format": "jsonl"})
    parts = iter(response.streaming_content)
    assert next(parts).count(b"\n") == 100
    assert next(parts).count(b"\n") == 50


async def test_under_asgi(staff: User, parcel: MakeParcel) -> None:
    """Django would collect a plain iterator first."""
    for _ in range(130):
        parcel(status=ParcelStatus.DELIVERED)
    client = AsyncClient()
    await client.aforce_login(staff)
    response: Any = await client.post(f"{EXPORT}?status=DELIVERED", {"format": "jsonl"})
    assert response.is_async
    parts = [part async for part in response.streaming_content]
    assert [part.count(b"\n") for part in parts] == [100, 30]


def test_of_a_search(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item, _other = parcel(), parcel()
    text = text_of(admin.post(f"{EXPORT}?q={item.reference}", {"format": "jsonl"}))
    assert [json.loads(line)["id"] for line in text.splitlines()] == [item.id]
    assert journal.of("export") == [("jsonl", {"q": item.reference}, True)]


@pytest.mark.parametrize(
    ("query", "posted"),
    [("", {}), ("", {"format": "exe"}), ("?note__icontains=x", {"format": "csv"}), ("?status=NO", {"format": "csv"})],
)
def test_what_cannot_be_exported(admin: Client, journal: Journal, query: str, posted: dict[str, str]) -> None:
    response = admin.post(EXPORT + query, posted)
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert bool(told(response)) is bool(query)
    assert journal.of("export") == []


def test_a_table_that_no_index_lists(admin: Client) -> None:
    response = admin.post("/admin/parcels/stop/export/", {"format": "csv"})
    assert response.status_code == 302
    assert told(response)


def test_looking_exports_nothing(admin: Client, journal: Journal) -> None:
    assert admin.get(EXPORT, {"format": "csv"}).status_code == 302
    assert journal.of("export") == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell({"a": text}).startswith("{")


def test_the_lists_export_keeps_its_filter(admin: Client, parcel: MakeParcel) -> None:
    for _ in range(30):
        parcel()
    page = admin.get(LIST, {"status": "PENDING", "limit": "25", "o": "4"})
    assert f'action="{EXPORT}?status=PENDING&amp;o=4"' in page.content.decode()
