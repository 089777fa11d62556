"""Adding, changing and deleting: only what changed is written, rules refuse on their fields, two editors meet."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from atlas.dynamo.meter import measure
from tests.facade.admin.conftest import START, MakeParcel
from tests.facade.admin.pages import filled_in, rows, told
from tests.facade.parcels.admin import Journal
from tests.facade.parcels.models import Address, DepotItem, LabelItem, ParcelItem, ParcelStatus, StopItem

LIST = "/admin/parcels/parcel/"


def change(item: ParcelItem) -> str:
    return f"{LIST}{item.id}/change/"


def test_adding(admin: Client, journal: Journal) -> None:
    posted = filled_in(
        admin.get(f"{LIST}add/"),
        reference="PAR-NEW",
        sent_at_0="2026-03-01",
        sent_at_1="12:00:00",
        address='{"city": "Linz"}',
    )
    response = admin.post(f"{LIST}add/", posted)
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert "was added successfully" in told(response)[0]
    (item,) = ParcelItem.scan()
    assert (item.reference, item.address.city, item.status, item.version) == (
        "PAR-NEW",
        "Linz",
        ParcelStatus.PENDING,
        1,
    )
    ((key, after),) = journal.of("created")
    assert key == item.id
    assert (after["reference"], after["pin"], after["sent_at"]) == ("PAR-NEW", "••••", "2026-03-01T12:00:00+00:00")


def test_a_key_that_nobody_types_in(admin: Client) -> None:
    page = admin.get("/admin/parcels/depot/add/")
    assert b'name="id"' not in page.content
    admin.post("/admin/parcels/depot/add/", filled_in(page, "depot_form", name="North"))
    (item,) = DepotItem.scan()
    assert (len(item.id), item.name, item.country) == (36, "North", "US")


def test_a_key_of_two_parts(admin: Client, parcel: MakeParcel) -> None:
    owner = parcel()
    page = admin.get("/admin/parcels/stop/add/")
    posted = filled_in(page, "stop_form", parcel=owner.id, place="Mill/2")
    assert admin.post("/admin/parcels/stop/add/", posted).status_code == 302
    item = StopItem.fetch(owner.id, "Mill/2")
    page = admin.get(f"/admin/parcels/stop/{owner.id}|Mill_2F2/change/")
    assert b'name="place"' not in page.content, "a key never changes"
    admin.post(f"/admin/parcels/stop/{owner.id}|Mill_2F2/change/", filled_in(page, "stop_form", note="Ring"))
    assert StopItem.fetch(*item.key).note == "Ring"
    again = admin.post("/admin/parcels/stop/add/", posted)
    assert (again.status_code, b"with this key already" in again.content) == (200, True)


def test_changing_writes_what_changed(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel(sent_at=START, address=Address(city="Linz"), pin="1234")
    page = admin.get(change(item))
    assert b"1234" not in page.content
    with measure() as cost:
        response = admin.post(change(item), filled_in(page, note="Mind the dog", insured="on"))
    assert (response.status_code, told(response)[0][:12]) == (302, "The parcel “")
    assert [each for each in cost.operations if "parcels" in each] == [
        "GetItem atlas-test-parcels",
        "UpdateItem atlas-test-parcels",
    ]
    stored = ParcelItem.fetch(item.id)
    assert (stored.note, stored.insured, stored.version) == ("Mind the dog", True, 2)
    assert (stored.sent_at, stored.address, stored.pin) == (START, item.address, "1234"), "microseconds too"
    assert journal.of("changed") == [(item.id, {"note": ("", "Mind the dog"), "insured": (False, True)})]


def test_saving_nothing(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel(sent_at=START)
    assert admin.post(change(item), filled_in(admin.get(change(item)))).status_code == 302
    assert ParcelItem.fetch(item.id).version == 1
    assert journal.of("changed") == []


def test_what_rules_own_is_read_only(admin: Client, parcel: MakeParcel) -> None:
    item = parcel(price=1234, address=None)
    page = admin.get(change(item))
    text = page.content.decode()
    assert '<span class="money">$12.34</span>' in text
    assert 'data-status="PENDING"' in text
    posted = filled_in(page)
    assert not {"status", "price", "version", "id", "created_at", "pin"} & set(posted)
    admin.post(change(item), {**posted, "status": "DELIVERED", "price": "1", "pin": "stolen", "id": "other"})
    stored = ParcelItem.fetch(item.id)
    assert (stored.status, stored.price, stored.pin, stored.version) == (ParcelStatus.PENDING, 1234, "", 1)


@pytest.mark.parametrize("field", [{"sent_at_0": "soon"}, {"address": "{"}, {"depot": "no-such"}, {"reference": ""}])
def test_what_the_form_refuses(admin: Client, parcel: MakeParcel, field: dict[str, str]) -> None:
    item = parcel()
    page = admin.post(change(item), filled_in(admin.get(change(item)), note="kept", **field))
    assert page.status_code == 200
    assert next(iter(field)).removesuffix("_0") in page.context["adminform"].form.errors
    assert filled_in(page)["note"] == "kept"


def test_a_rule_that_refuses(admin: Client, parcel: MakeParcel) -> None:
    """The fault is on its field, what no field shows is above them, and nothing typed in is lost."""
    item = parcel()
    page = admin.post(change(item), filled_in(admin.get(change(item)), note="forbidden", recipient="Ada"))
    form = page.context["adminform"].form
    assert (page.status_code, form.errors["note"]) == (200, ["This note breaks a rule."])
    assert form.non_field_errors() == ["somewhere.else: Elsewhere too."]
    posted = filled_in(page)
    assert (posted["note"], posted["recipient"]) == ("forbidden", "Ada")
    assert ParcelItem.fetch(item.id).version == 1
    assert admin.post(change(item), {**posted, "note": "fine"}).status_code == 302
    assert ParcelItem.fetch(item.id).recipient == "Ada"


# Two editors


def test_two_editors(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel(note="old", recipient="Ada", sent_at=START)
    opened = admin.get(change(item))
    theirs = admin.post(change(item), filled_in(opened, note="theirs", recipient="Grace", insured="on"))
    assert theirs.status_code == 302
    page = admin.post(change(item), filled_in(opened, note="yours", email="new@example.com"))
    text = page.content.decode()
    assert page.status_code == 200
    assert "Somebody else changed Insured, Note and Recipient" in text
    found = {each.label: (each.before, each.theirs, each.yours) for each in page.context["adminform"].form.differences}
    assert found["Note"] == ("old", "theirs", "yours")
    assert found["Recipient"] == ("Ada", "Grace", None)
    assert ParcelItem.fetch(item.id).note == "theirs", "nothing is saved yet"
    posted = filled_in(page)
    assert (posted["note"], posted["recipient"], posted["insured"]) == ("yours", "Grace", "on")
    assert posted["email"] == "new@example.com"
    assert admin.post(change(item), posted).status_code == 302
    stored = ParcelItem.fetch(item.id)
    assert (stored.note, stored.recipient, stored.insured, stored.email) == ("yours", "Grace", True, "new@example.com")
    assert (stored.version, stored.sent_at) == (3, START)
    assert journal.of("changed")[-1] == (
        item.id,
        {"note": ("theirs", "yours"), "email": ("nobody@example.com", "new@example.com")},
    )


def test_a_third_editor_between(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    opened = admin.get(change(item))
    admin.post(change(item), filled_in(opened, note="first"))
    page = admin.post(change(item), filled_in(opened, note="yours"))
    ParcelItem.fetch(item.id).update(actions=[ParcelItem.note.set("third")])
    page = admin.post(change(item), filled_in(page))
    assert [each.theirs for each in page.context["adminform"].form.differences] == ["third"]
    assert admin.post(change(item), filled_in(page)).status_code == 302
    assert ParcelItem.fetch(item.id).note == "yours"


def test_a_shown_field_counts_too(admin: Client, parcel: MakeParcel) -> None:
    """A status that changed under an open form is told, though nobody can type it in."""
    item = parcel()
    opened = admin.get(change(item))
    ParcelItem.fetch(item.id).update(actions=[ParcelItem.status.set(ParcelStatus.DELIVERED)])
    page = admin.post(change(item), filled_in(opened, note="x"))
    (difference,) = page.context["adminform"].form.differences
    assert (difference.label, difference.theirs, difference.yours) == ("Status", "Delivered", None)


def test_both_typed_in_the_same(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    opened = admin.get(change(item))
    admin.post(change(item), filled_in(opened, note="same"))
    assert admin.post(change(item), filled_in(opened, note="same", recipient="Ada")).status_code == 302
    assert (ParcelItem.fetch(item.id).note, ParcelItem.fetch(item.id).recipient) == ("same", "Ada")


def test_what_nobody_sees_is_no_conflict(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    opened = admin.get(change(item))
    ParcelItem.fetch(item.id).update(actions=[ParcelItem.pin.set("4321")])
    assert admin.post(change(item), filled_in(opened, note="x")).status_code == 302
    assert (ParcelItem.fetch(item.id).note, ParcelItem.fetch(item.id).pin) == ("x", "4321")


def test_documents_and_instants_are_compared(admin: Client, parcel: MakeParcel) -> None:
    item = parcel(address=Address(city="Linz", street="A"))
    opened = admin.get(change(item))
    stored = ParcelItem.fetch(item.id)
    stored.update(actions=[ParcelItem.address.set(Address(city="Graz")), ParcelItem.sent_at.set(START.replace(day=20))])
    page = admin.post(change(item), filled_in(opened, note="x"))
    posted = filled_in(page)
    assert (posted["address"], posted["sent_at_0"], posted["sent_at_1"]) == (
        '{"city": "Graz"}',
        "2026-03-20",
        "12:30:15",
    )
    assert admin.post(change(item), posted).status_code == 302
    assert ParcelItem.fetch(item.id).sent_at == START.replace(day=20)


def test_a_lost_race_within_one_request(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody writes between this request's read and its write."""
    from tests.facade.parcels.admin import ParcelAdmin  # noqa: PLC0415

    item = parcel()
    original = ParcelAdmin.save_with
    once = iter([True])

    def racing(self: Any, request: Any, obj: Any, changed: Any, *, add: bool) -> Any:
        if next(once, False):
            ParcelItem.fetch(item.id).update(actions=[ParcelItem.recipient.set("Grace")])
        return original(self, request, obj, changed, add=add)

    monkeypatch.setattr(ParcelAdmin, "save_with", racing)
    page = admin.post(change(item), filled_in(admin.get(change(item)), note="yours"))
    assert [each.label for each in page.context["adminform"].form.differences] == ["Recipient"]
    assert admin.post(change(item), filled_in(page)).status_code == 302
    assert (ParcelItem.fetch(item.id).note, ParcelItem.fetch(item.id).recipient) == ("yours", "Grace")


@pytest.mark.parametrize("token", ["forged", "a:b:c", "x" * 100_000])
def test_a_forged_version(admin: Client, parcel: MakeParcel, token: str) -> None:
    item = parcel()
    page = admin.post(change(item), filled_in(admin.get(change(item)), note="x", opened_version=token))
    assert "does not say what it was opened on" in page.content.decode()
    assert admin.post(change(item), filled_in(page)).status_code == 302
    assert ParcelItem.fetch(item.id).note == "x"


def test_deleted_meanwhile(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    opened = admin.get(change(item))
    item.delete()
    page = admin.post(change(item), filled_in(opened, note="my long letter"))
    assert (page.status_code, b"my long letter" in page.content) == (410, True)
    assert "was deleted while you had it open" in page.content.decode()
    again = admin.get(change(item))
    assert (again.status_code, again.headers["Location"]) == (302, LIST)
    assert "is not there" in told(again)[0]


def test_deleted_within_the_request(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.facade.parcels.admin import ParcelAdmin  # noqa: PLC0415

    item = parcel()
    original = ParcelAdmin.save_with

    def racing(self: Any, request: Any, obj: Any, changed: Any, *, add: bool) -> Any:
        ParcelItem.fetch(item.id).delete()
        return original(self, request, obj, changed, add=add)

    monkeypatch.setattr(ParcelAdmin, "save_with", racing)
    page = admin.post(change(item), filled_in(admin.get(change(item)), note="my long letter"))
    assert (page.status_code, b"my long letter" in page.content) == (410, True)


# Deleting


def test_deleting(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel(pin="1234")
    LabelItem(id="l1", parcel_id=item.id, text="Fragile").save()
    page = admin.get(f"{LIST}{item.id}/delete/")
    assert b"Only this item is deleted" in page.content
    response = admin.post(f"{LIST}{item.id}/delete/", {"post": "yes"})
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert ParcelItem.find(item.id) is None
    assert LabelItem.find("l1") is not None
    ((key, before),) = journal.of("deleted")
    assert (key, before["reference"], before["pin"]) == (item.id, item.reference, "••••")


def test_deleting_is_off_by_default(admin: Client) -> None:
    DepotItem(id="d1", name="North").save()
    assert admin.get("/admin/parcels/depot/d1/delete/").status_code == 403
    assert admin.post("/admin/parcels/depot/d1/delete/", {"post": "yes"}).status_code == 403
    assert b"deletelink" not in admin.get("/admin/parcels/depot/d1/change/").content


# Rights


def test_rights_are_the_users(admin: Client, staff: User, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    item = parcel(note="shown", price=1234)
    asked: list[tuple[str, object]] = []

    def may_look(self: User, perm: str, obj: object = None) -> bool:
        asked.append((perm, getattr(obj, "pk", obj)))
        return perm in ("parcels.view_parcel", "parcels.view_label")

    monkeypatch.setattr(User, "has_perm", may_look)
    page = admin.get(change(item))
    text = page.content.decode()
    assert ("parcels.view_parcel", item.id) in asked
    assert "shown" in text
    assert 'name="note"' not in text
    assert 'name="_save"' not in text
    assert "object-action" not in text
    assert 'name="action"' not in admin.get(LIST).content.decode()
    assert "Export" not in admin.get(LIST).content.decode()
    assert admin.post(change(item), {"note": "x"}).status_code == 403
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.get("/admin/parcels/depot/").status_code == 403
    assert admin.post(f"{LIST}export/", {"format": "csv"}).status_code == 403
    assert admin.get(f"{LIST}{item.id}/actions/deliver/").status_code == 403
    assert admin.get(f"{LIST}{item.id}/history/").status_code == 200
    assert rows(admin.get(LIST)) == [item.reference]
    assert ParcelItem.fetch(item.id).version == 1


def test_one_item_may_be_closed_to_somebody(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = parcel(), parcel()
    monkeypatch.setattr(User, "has_perm", lambda self, perm, obj=None: obj is None or obj.pk == mine.id)
    assert admin.get(change(mine)).status_code == 200
    assert admin.get(change(other)).status_code == 403
    response = admin.post(LIST, {"action": "touch", "index": "0", "_selected_action": [mine.id, other.id]})
    assert told(response) == ["Touch: 1 done.", f"{other.reference}: You may not do this."]
