"""Actions call a service for each item, ask where they should, and say what became of each."""

import json
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules.roles import UserStatus
from atlas.dynamo.meter import measure
from atlas.errors import Unavailable
from atlas.facade.admin.large import carry_out, parts
from tests.facade.admin.conftest import MakeParcel
from tests.facade.admin.pages import told
from tests.facade.parcels.admin import Journal, ParcelAdmin, site
from tests.facade.parcels.models import Parcel, ParcelItem, ParcelStatus

LIST = "/admin/parcels/parcel/"


def choose(action: str, *items: ParcelItem, **more: Any) -> dict[str, Any]:
    return {"action": action, "index": "0", "_selected_action": [item.id for item in items], **more}


def test_an_action_at_once(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    items = [parcel() for _ in range(3)]
    gone = parcel()
    gone.delete()
    response = admin.post(f"{LIST}?status=PENDING", choose("touch", *items, gone))
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}?status=PENDING")
    assert told(response) == ["Touch: 3 done.", "Touch: 1 is not there any more."]
    assert {ParcelItem.fetch(item.id).note for item in items} == {"touched"}
    outcomes = {**{item.id: "DONE" for item in items}, gone.id: "GONE"}
    assert journal.of("action") == [("touch", outcomes, "")]


def test_an_action_that_asks(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    fine, locked, done = parcel(), parcel(note="locked"), parcel(status=ParcelStatus.DELIVERED)
    page = admin.post(LIST, choose("deliver", fine, locked, done))
    text = page.content.decode()
    assert (page.status_code, journal.of("action")) == (200, [])
    assert "This will be done for 3 items, each by itself" in text
    assert text.count("will be refused: not possible as it stands now") == 1
    assert ParcelItem.fetch(fine.id).status == ParcelStatus.PENDING
    page = admin.post(LIST, choose("deliver", fine, locked, done, confirmed="1", reason=""))
    assert "This field is required." in page.content.decode()
    response = admin.post(LIST, choose("deliver", fine, locked, done, confirmed="1", reason="asked by phone"))
    assert told(response) == [
        "Deliver selected parcels: 1 done.",
        f"{fine.reference}: because asked by phone",
        f"{locked.reference}: It is locked.",
        f"{done.reference}: This is not possible as it stands now.",
    ]
    outcomes = {fine.id: "DONE", locked.id: "REFUSED", done.id: "REFUSED"}
    assert journal.of("action") == [("deliver", outcomes, "asked by phone")]


def test_a_second_click_does_nothing_twice(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item = parcel()
    page = admin.post(LIST, choose("weigh", item))
    posted = choose("weigh", item, confirmed="1", reason="x", once=page.context["once"])
    assert told(admin.post(LIST, posted)) == ["Weigh: 1 done."]
    assert told(admin.post(LIST, posted)) == ["Weigh: 1 done.", "This was sent already, and is done once."]
    assert len(journal.of("action")) == 1
    assert told(admin.post(LIST, {**posted, "reason": "y"}))[-1] == "Weigh: 1 done."


def test_a_button_on_the_items_page(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    address = f"{LIST}{item.id}/actions/deliver/"
    assert address in admin.get(f"{LIST}{item.id}/change/").content.decode()
    page = admin.get(address)
    assert page.status_code == 200
    response = admin.post(address, {"confirmed": "1", "reason": "asked", "_selected_action": "another"})
    assert (response.status_code, response.headers["Location"]) == (302, f"{LIST}{item.id}/change/")
    assert ParcelItem.fetch(item.id).status == ParcelStatus.DELIVERED
    assert address not in admin.get(f"{LIST}{item.id}/change/").content.decode(), "open no more"
    response = admin.get(address)
    assert (response.status_code, told(response)) == (302, ["This is not possible as it stands now."])


def test_a_button_that_does_not_ask(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    address = f"{LIST}{item.id}/actions/touch/"
    assert admin.get(address).status_code == 302
    assert ParcelItem.fetch(item.id).note == "", "looking does nothing"
    assert told(admin.post(address)) == ["Touch: 1 done."]
    assert ParcelItem.fetch(item.id).note == "touched"


@pytest.mark.parametrize("name", ["no-such", "delete_selected", "changelist_view", "__init__"])
def test_a_button_that_is_none(admin: Client, parcel: MakeParcel, name: str) -> None:
    assert admin.post(f"{LIST}{parcel().id}/actions/{name}/").status_code == 403


def test_deleting_selected_items(admin: Client, parcel: MakeParcel, journal: Journal) -> None:
    item, kept = parcel(), parcel()
    assert admin.post(LIST, choose("delete_items", item)).status_code == 200
    response = admin.post(LIST, choose("delete_items", item, confirmed="1"))
    assert told(response) == ["Delete selected parcels: 1 done."]
    assert [each.id for each in ParcelItem.scan()] == [kept.id]
    assert [key for key, _before in journal.of("deleted")] == [item.id]


def test_what_breaks_stops_the_rest(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [parcel() for _ in range(3)]
    original = ParcelAdmin.touch

    def touch(self: Any, request: Any, obj: Any) -> None:
        if obj.pk == items[1].id:
            raise ZeroDivisionError
        original(self, request, obj)

    touch.service_action = original.service_action  # type: ignore[attr-defined]
    touch.short_description = "Touch"  # type: ignore[attr-defined]
    monkeypatch.setattr(ParcelAdmin, "touch", touch)
    response = admin.post(LIST, choose("touch", *items))
    assert told(response) == [
        "Touch: 1 done.",
        f"{items[1].reference}: Something went wrong on our side; it was noted.",
        f"{items[2].reference}: Not tried after that.",
    ]


def test_a_store_that_is_away(admin: Client, parcel: MakeParcel, monkeypatch: pytest.MonkeyPatch) -> None:
    items = [parcel() for _ in range(3)]
    original = ParcelAdmin.touch

    def touch(self: Any, request: Any, obj: Any) -> None:
        if obj.pk == items[1].id:
            raise Unavailable
        original(self, request, obj)

    touch.service_action = original.service_action  # type: ignore[attr-defined]
    touch.short_description = "Touch"  # type: ignore[attr-defined]
    monkeypatch.setattr(ParcelAdmin, "touch", touch)
    response = admin.post(LIST, choose("touch", *items))
    assert [message.partition(": ")[0] for message in told(response)] == [
        "Touch",
        items[1].reference,
        items[2].reference,
    ]
    assert "the store was away" in told(response)[2]


def test_a_hundred_items_in_one_request(admin: Client, parcel: MakeParcel) -> None:
    """Told in few words, read in one call."""
    items = [parcel(note="locked") for _ in range(100)]
    with measure() as cost:
        page = admin.post(LIST, choose("deliver", *items))
    assert [each for each in cost.operations if "parcels" in each] == ["BatchGetItem atlas-test-parcels"]
    assert page.content.decode().count("<li><a href=") >= 100
    response = admin.post(LIST, choose("deliver", *items, confirmed="1", reason="all"))
    assert len(told(response)) == 21
    assert told(response)[-1] == "… and 80 more."


def test_without_a_csrf_token(staff: Any, parcel: MakeParcel) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff)
    item = parcel()
    for address in (LIST, f"{LIST}{item.id}/actions/touch/", f"{LIST}export/"):
        body = urlencode([("action", "touch"), ("index", "0"), ("_selected_action", item.id), ("format", "csv")])
        answer = client.post(address, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 403, address
    assert ParcelItem.fetch(item.id).note == ""


# More than a request has time for


class Left:
    """Remembers what was left to it."""

    def __init__(self) -> None:
        self.given: list[Any] = []

    def leave(self, request: Any, model_admin: Any, action: Any, keys: Any, posted: Any) -> None:
        self.given.append((model_admin, request.user, action, keys, posted))


def test_many_items_are_left_to_background_work(
    admin: Client, parcel: MakeParcel, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Left()
    monkeypatch.setattr(site, "large_actions", left)
    items = [parcel() for _ in range(40)]
    items[7].update(actions=[ParcelItem.note.set("locked")])
    gone = [f"{number:036d}" for number in range(80)]
    keys = [*(item.id for item in items), *gone]
    page = admin.post(LIST, {"action": "weigh", "index": "0", "_selected_action": keys})
    assert "This will be done for 120 items, in the background." in page.content.decode()
    assert (
        admin.post(LIST, {"action": "weigh", "_selected_action": keys, "confirmed": "1", "reason": ""}).status_code
        == 200
    )
    assert left.given == []
    posted = {"action": "weigh", "_selected_action": keys, "confirmed": "1", "reason": "as asked"}
    assert admin.post(LIST, posted).status_code == 302
    (given,) = left.given
    assert (given[3], given[4]) == (keys, {"reason": ["as asked"]})
    assert ParcelItem.fetch(items[0].id).note == "", "nothing is done in the request"
    outcomes = Counter(each.outcome.value for results in carry_out(*given) for each in results)
    assert outcomes == {"DONE": 39, "REFUSED": 1, "GONE": 80}
    assert ParcelItem.fetch(items[0].id).note == "weighed: as asked"
    assert len(journal.of("action")) == 6, "one entry for each piece of work"


def test_background_work_goes_by_the_rights_of_then(staff: User, parcel: MakeParcel) -> None:
    item = parcel()
    staff.status = UserStatus.SUSPENDED
    model_admin = site.get_model_admin(Parcel)
    ((result,),) = carry_out(model_admin, staff, ParcelAdmin.weigh.service_action, [item.id], {"reason": ["x"]})  # type: ignore[attr-defined]
    assert (result.outcome.value, result.message) == ("REFUSED", "You may not do this.")


def test_keys_in_parts() -> None:
    keys = [f"{number:036d}" for number in range(5000)]
    found = list(parts(keys, 48 * 1024))
    assert [key for part in found for key in part] == keys
    assert len(found) == 5
    assert max(len(json.dumps(part)) for part in found) <= 48 * 1024
    assert list(parts([], 100)) == []
    assert list(parts(["x" * 500], 100)) == [["x" * 500]]
