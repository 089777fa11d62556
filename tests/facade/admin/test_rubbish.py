"""Whatever an address or a form can hold: a message and an intact page, never a 500, never a scan."""

from urllib.parse import quote, urlencode

import pytest
from django.contrib.admin.utils import quote as admin_quote
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from atlas.dynamo.attributes import utc_now
from tests.facade.admin.conftest import MakeParcel
from tests.facade.admin.pages import rows, told
from tests.facade.parcels.models import ParcelItem

pytestmark = pytest.mark.slow

LIST = "/admin/parcels/parcel/"
IDS = (
    "nobody",
    "a/b",
    "../../etc",
    "'\"<script>",
    "%00",
    "%2F",
    "_2F_",
    "\u00fcn\u00efc\u00f6d\u00e9 \U0001f600",
    " ",
    "x" * 3000,
    "a|b|c",
    "~9",
    "None",
)


@pytest.mark.parametrize(
    "query",
    [
        {"note__icontains": "x"},
        {"note": "x"},
        {"status__in": "PENDING,DELIVERED"},
        {"status": "NONSENSE"},
        {"insured": "perhaps"},
        {"sent_at__from": "yesterday", "status": "PENDING"},
        {"sent_at__from": "2026-02-30", "status": "PENDING"},
        {"sent_at__from": "0001-01-01", "status": "PENDING"},
        {"sent_at__to": "9999-12-31", "status": "PENDING"},
        {"sent_at__from": "2026-03-02", "sent_at__to": "2026-03-01", "status": "PENDING"},
        {"sent_at__from": "2026-03-02"},
        {"sent_at__gte": "2026-03-02"},
        {"pk__in": "a,b"},
        {"depot__name": "North"},
        {"depot__name__icontains": "North"},
        {"no_such_field": "1"},
        {"label__text": "x"},
        {"_to_field": "note"},
        {"cursor": "forged"},
        {"cursor": "x" * 9000},
        {"pin": "1234"},
    ],
)
def test_an_address_that_makes_no_sense(admin: Client, parcel: MakeParcel, query: dict[str, str]) -> None:
    item = parcel()
    response = admin.get(LIST, query)
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    assert "scans=0" in response.headers["X-DynamoDB"]
    (message,) = told(response)
    assert message
    page = admin.get(LIST)
    assert rows(page) == [item.reference]
    assert "messagelist" in page.content.decode()


def test_what_an_address_keeps(admin: Client) -> None:
    """How it is used, not what it was asked for."""
    response = admin.get(LIST, {"cursor": "forged", "_popup": "1", "limit": "50", "status": "PENDING"})
    assert response.headers["Location"] == f"{LIST}?_popup=1&limit=50"


@pytest.mark.parametrize("query", [{"all": ""}, {"p": "7"}, {"e": "1"}, {"_facets": "True"}, {"q": ""}, {"status": ""}])
def test_djangos_own_parameters_do_no_harm(admin: Client, parcel: MakeParcel, query: dict[str, str]) -> None:
    item = parcel()
    page = admin.get(LIST, query)
    assert (page.status_code, rows(page)) == (200, [item.reference])


def test_a_cursor_of_another_list(admin: Client, parcel: MakeParcel) -> None:
    for _ in range(30):
        parcel()
    cursor = admin.get(LIST).context["cl"].next_url
    for other in (f"{LIST}{cursor}&status=PENDING", f"/admin/parcels/depot/{cursor}"):
        response = admin.get(other)
        assert response.status_code == 302, other
        assert "another list" in told(response)[0]


@pytest.mark.parametrize("key", IDS)
@pytest.mark.parametrize("page", ["change", "delete", "history", "actions/deliver", ""])
def test_ids_that_are_no_ids(admin: Client, key: str, page: str) -> None:
    for table in ("parcel", "stop"):
        address = f"/admin/parcels/{table}/{quote(key, safe='')}/{page}{'/' if page else ''}"
        response = admin.get(address, follow=True)
        assert response.status_code in (200, 403, 404), address
        assert "scans=0" in response.headers.get("X-DynamoDB", "scans=0")


@pytest.mark.parametrize("key", ["a/b", "a b?&#", "\u00fcn\u00efc\u00f6d\u00e9", "<b>'\"", "_2F_", "a|~b"])
def test_ids_of_any_text(admin: Client, key: str) -> None:
    ParcelItem(id=key, reference="PAR-X", sent_at=utc_now()).save()
    address = reverse("admin:parcels_parcel_change", args=[admin_quote(key)])
    assert escape(address) in admin.get(LIST).content.decode()
    assert "PAR-X" in admin.get(address).content.decode()
    response = admin.post(LIST, {"action": "touch", "index": "0", "_selected_action": key}, follow=True)
    assert "Touch: 1 done." in response.content.decode()


@pytest.mark.parametrize(
    "posted",
    [
        {},
        {"index": "0"},
        {"action": "", "index": "0", "_selected_action": "x"},
        {"action": "no_such", "index": "0", "_selected_action": "x"},
        {"action": "delete_selected", "index": "0", "_selected_action": "x"},
        {"action": "__init__", "index": "0", "_selected_action": "x"},
        {"action": "touch", "index": "0"},
        {"action": "touch", "index": "7", "_selected_action": "x"},
        {"action": "touch", "index": "-1", "_selected_action": "x"},
        {"action": "touch", "index": "\u00b2", "_selected_action": "x"},
        {"action": "touch", "select_across": "1", "index": "0"},
        {"_save": "1", "form-TOTAL_FORMS": "x"},
    ],
)
def test_an_action_that_is_none(admin: Client, posted: dict[str, str]) -> None:
    response = admin.post(LIST, posted)
    assert response.status_code == 302
    assert len(told(response)) == 1


def test_keys_that_are_none(admin: Client, parcel: MakeParcel) -> None:
    item = parcel()
    response = admin.post(LIST, {"action": "touch", "index": "0", "_selected_action": [*IDS, "", item.id]})
    assert told(response) == ["Touch: 1 done.", f"Touch: {len(IDS) + 1} are not there any more."]


@pytest.mark.parametrize("count", [101, 5000, 5001])
def test_many_selected_items(admin: Client, parcel: MakeParcel, count: int) -> None:
    """Through Django's parser of forms, as a browser sends it."""
    keys = [(("_selected_action"), f"{number:036d}") for number in range(count)]
    body = urlencode([("action", "touch"), ("index", "0"), ("select_across", "0"), *keys])
    response = admin.post(LIST, body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code, response.headers["Location"]) == (302, LIST)
    (message,) = told(response)
    assert str(count) in message
    assert "Nothing was changed." in message
    assert admin.get(LIST).status_code == 200
