"""Rows of another table on an item's page: added, changed and deleted each under its own version."""

from typing import Any

import pytest
from django.test import Client

from atlas.dynamo.meter import measure
from atlas.errors import Conflict
from tests.facade.admin.conftest import MakeParcel
from tests.facade.admin.pages import filled_in
from tests.facade.parcels.admin import Journal, LabelInline
from tests.facade.parcels.models import Label, LabelItem, ParcelItem, StopItem

pytestmark = pytest.mark.slow

LIST = "/admin/parcels/parcel/"


def label(item: ParcelItem, text: str = "Fragile", **more: Any) -> LabelItem:
    made = LabelItem(parcel_id=item.id, text=text, **more)
    made.save()
    return made


def change(item: ParcelItem) -> str:
    return f"{LIST}{item.id}/change/"


def test_rows_are_one_query(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item, other = parcel(), parcel()
    mine = [label(item, f"Label {number}") for number in range(3)]
    label(other, "Not mine")
    StopItem(parcel_id=item.id, place="Mill").save()
    page = admin.get(change(item))
    text = page.content.decode()
    assert page.headers["X-DynamoDB"].startswith("calls=5 scans=0")  # session, user, item, labels, stops
    assert all(each.text in text for each in mine)
    assert "Not mine" not in text
    assert "Mill" in text
    assert 'name="stop_set-0-note"' not in text, "shown only"
    assert {key for view, _model, keys in journal.of("read") if view == "inline" for key in keys} == {
        each.id for each in mine
    }


def test_adding_changing_and_deleting_rows(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel()
    kept, changed, dropped = sorted((label(item, text) for text in "abc"), key=lambda each: str(each.id))
    posted = filled_in(admin.get(change(item)))
    number = {posted[f"label_set-{n}-id"]: n for n in range(3)}
    posted[f"label_set-{number[changed.id]}-text"] = "changed"
    posted[f"label_set-{number[dropped.id]}-DELETE"] = "on"
    posted.update({"label_set-TOTAL_FORMS": "4", "label_set-3-text": "new", "label_set-3-copies": "2"})
    with measure() as cost:
        assert admin.post(change(item), posted).status_code == 302
    assert [each for each in cost.operations if "labels" in each] == [
        "Query atlas-test-parcel-labels",
        "UpdateItem atlas-test-parcel-labels",
        "DeleteItem atlas-test-parcel-labels",
        "PutItem atlas-test-parcel-labels",
    ]
    stored = {each.id: each for each in LabelItem.scan()}
    assert set(stored) > {kept.id, changed.id}
    assert dropped.id not in stored
    assert (stored[kept.id].version, stored[changed.id].text) == (1, "changed")
    (new,) = [each for each in stored.values() if each.text == "new"]
    assert (new.parcel_id, new.copies, len(new.id)) == (item.id, 2, 36)
    assert journal.of("changed") == [(changed.id, {"text": (changed.text, "changed")})]
    assert [key for key, _ in journal.of("created")] == [new.id]
    assert [key for key, _ in journal.of("deleted")] == [dropped.id]


def test_a_new_item_with_rows(admin: Client) -> None:
    posted = filled_in(admin.get(f"{LIST}add/"), reference="PAR-NEW", sent_at_0="2026-03-01", sent_at_1="12:00:00")
    posted.update({"label_set-TOTAL_FORMS": "1", "label_set-0-text": "first", "label_set-0-copies": "1"})
    assert admin.post(f"{LIST}add/", posted).status_code == 302
    (item,), (row,) = list(ParcelItem.scan()), list(LabelItem.scan())
    assert (row.parcel_id, row.text) == (item.id, "first")


def test_a_row_that_the_form_refuses(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    row = label(item)
    posted = filled_in(admin.get(change(item)), note="not saved", **{"label_set-0-text": ""})
    page = admin.post(change(item), posted)
    assert (page.status_code, b"This field is required." in page.content) == (200, True)
    assert (ParcelItem.fetch(item.id).note, LabelItem.fetch(row.id).text) == ("", "Fragile")


def test_somebody_else_changed_the_row(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    row = label(item)
    opened = admin.get(change(item))
    LabelItem.fetch(row.id).update(actions=[LabelItem.text.set("theirs")])
    page = admin.post(change(item), filled_in(opened, **{"label_set-0-text": "yours"}))
    print(
        [f.errors for f in page.context["inline_admin_formsets"][0].formset.forms],
        page.context["adminform"].form.errors,
    )
    assert "Somebody else changed this row while it was open (now Text: theirs)" in page.content.decode()
    assert LabelItem.fetch(row.id).text == "theirs"
    posted = filled_in(page)
    assert posted["label_set-0-text"] == "yours"
    assert admin.post(change(item), posted).status_code == 302
    assert LabelItem.fetch(row.id).text == "yours"


def test_a_row_that_its_table_refuses(
    admin: Client, parcel: MakeParcel, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The item is saved by then: what comes back stands on that, and is no conflict with oneself."""
    item = parcel()
    row = label(item)

    def refuse(*_: Any, **__: Any) -> None:
        raise Conflict("Labels are out.")

    with monkeypatch.context() as patched:
        patched.setattr(Label, "save", refuse)
        posted = filled_in(admin.get(change(item)), note="saved", **{"label_set-0-text": "new"})
        page = admin.post(change(item), posted)
    assert page.context["adminform"].form.non_field_errors() == ["Labels: Labels are out."]
    assert journal.of("changed") == [(item.id, {"note": ("", "saved")})], "what is stored is told"
    assert page.context["adminform"].form.differences == []
    assert (ParcelItem.fetch(item.id).note, LabelItem.fetch(row.id).text) == ("saved", "Fragile")
    assert admin.post(change(item), filled_in(page)).status_code == 302
    assert (ParcelItem.fetch(item.id).version, LabelItem.fetch(row.id).text) == (2, "new")


def test_a_row_that_is_gone(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    row = label(item)
    opened = admin.get(change(item))
    row.delete()
    page = admin.post(change(item), filled_in(opened, note="kept", **{"label_set-0-text": "yours"}))
    assert page.status_code == 200
    assert "This row was deleted while it was open" in page.content.decode()
    posted = filled_in(page)
    assert posted["label_set-0-text"] == "yours"
    assert admin.post(change(item), {**posted, "label_set-0-DELETE": "on"}).status_code == 302
    assert (ParcelItem.fetch(item.id).note, LabelItem.find(row.id)) == ("kept", None)


def test_an_untouched_row_that_is_gone(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    row, other = label(item), label(item, "other")
    opened = admin.get(change(item))
    row.delete()
    assert admin.post(change(item), filled_in(opened, note="kept")).status_code == 302
    assert ParcelItem.fetch(item.id).note == "kept"
    assert [each.id for each in LabelItem.scan()] == [other.id]


def test_a_foreign_row(admin: Client, parcel: MakeParcel) -> None:
    """The key of another item's row, written into the form by hand."""
    item, other = parcel(), parcel()
    label(item)
    foreign = label(other, "theirs")
    posted = filled_in(admin.get(change(item)), **{"label_set-0-id": foreign.id, "label_set-0-text": "stolen"})
    assert admin.post(change(item), posted).status_code == 200
    assert LabelItem.fetch(foreign.id).text == "theirs"


@pytest.mark.parametrize("number", ["x", "-1", "99999999", ""])
def test_a_broken_count_of_rows(admin: Client, parcel: MakeParcel, number: str) -> None:
    item = parcel()
    label(item)
    posted = filled_in(admin.get(change(item)), **{"label_set-TOTAL_FORMS": number, "label_set-INITIAL_FORMS": number})
    assert admin.post(change(item), posted).status_code in (200, 302)
    assert len(list(LabelItem.scan())) == 1


def test_an_item_with_very_many_rows(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LabelInline, "most", 5)
    item = parcel()
    for number in range(8):
        label(item, f"Label {number}")
    page = admin.get(change(item))
    posted = filled_in(page)
    assert posted["label_set-INITIAL_FORMS"] == "5"
    assert "Only the first 5 are shown" in page.content.decode()
    assert admin.post(change(item), {**posted, "label_set-0-text": "changed"}).status_code == 302
    assert len(list(LabelItem.scan())) == 8
