"""The list of bookings: each filter and search reads by a key, says what it cannot do, and scans nothing."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from accounts.rules.roles import StaffRole
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.table import Table
from bookings.models import Booking as Facade
from bookings.tables import Booking
from tests.bookings.admin.conftest import desk
from tests.bookings.admin.looking import LIST
from tests.bookings.stage import Cast, accepted, quoted, requested
from tests.facade.admin.pages import rows, told

pytestmark = pytest.mark.usefixtures("sandbox")


def test_newest_requests_first_with_local_times_and_money(cast: Cast, admin: Client) -> None:
    first, second = requested(cast), accepted(cast)
    with measure() as cost:
        page = admin.get(LIST)
    assert rows(page)[:2] == [second.reference, first.reference]
    assert cost.scans == 0
    html = page.content.decode()
    assert "$210.00" in html
    assert f"{first.pickup_at:%Y-%m-%dT%H:%M}" in html  # for machines, and on hover, in UTC
    assert first.details.time in html
    assert "Sofia Marchetti" in html
    assert "Meridian Chauffeurs" in html
    assert "status-badge" in html or "badge" in html


@pytest.mark.parametrize("status", ["OPERATOR_ASSIGNED", "SOURCING"])
def test_by_status(cast: Cast, admin: Client, status: str) -> None:
    made = {"SOURCING": requested(cast), "OPERATOR_ASSIGNED": accepted(cast)}
    found = rows(admin.get(LIST, {"status": status}))
    assert made[status].reference in found
    assert not {each.reference for name, each in made.items() if name != status} & set(found)


def test_what_is_open_comes_from_its_own_index(cast: Cast, admin: Client) -> None:
    booking, sold = requested(cast), accepted(cast)
    with measure() as cost:
        found = rows(admin.get(LIST, {"status": "open"}))
    assert booking.reference in found
    assert sold.reference not in found
    assert cost.scans == 0
    assert cost.calls <= 8  # session, user, a query per shard, the linked items, the access log
    plan = Facade.objects.filter(open_since__isnull=False).order_by("-open_since").explain()
    assert "open-index" in plan


def test_what_is_overdue(cast: Cast, admin: Client) -> None:
    overdue, fresh = requested(cast), requested(cast)
    stored = Booking.fetch(overdue.id)
    stored.due_at = utc_now() - timedelta(minutes=5)
    stored.save()
    found = rows(admin.get(LIST, {"status": "due"}))
    assert overdue.reference in found
    assert fresh.reference not in found


def test_the_rides_of_a_day_are_sorted_by_pick_up(cast: Cast, admin: Client) -> None:
    late, early, other = (requested(cast, hours_ahead=hours) for hours in (24 * 300 + 5, 24 * 300 + 1, 24 * 306))
    day = timezone.localtime(early.pickup_at).date()
    last = timezone.localtime(late.pickup_at).date()
    with measure() as cost:
        found = rows(admin.get(LIST, {"pickup_at__from": str(day), "pickup_at__to": str(last)}))
    assert [each for each in found if each in (early.reference, late.reference)] == [early.reference, late.reference]
    assert other.reference not in found
    assert cost.scans == 0
    plan = Facade.objects.filter(pickup_at__gte=early.pickup_at, pickup_at__lte=late.pickup_at).order_by("pickup_at")
    assert "pickup-index" in plan.explain()


def test_an_older_item_gets_its_pick_up_day_when_it_is_read(cast: Cast) -> None:
    booking = requested(cast)
    raw = Table.serialize(Booking.fetch(booking.id))
    del raw["pickupDay"]
    raw["schemaVersion"] = {"S": "1.0.0"}
    assert Booking.from_raw_data(raw).pickup_day == booking.pickup_at.date().isoformat()


@pytest.mark.parametrize("typed", ["{}", " {} ", "{lower}", "{short}"])
def test_by_reference_as_people_type_it(cast: Cast, admin: Client, typed: str) -> None:
    booking = requested(cast)
    reference = booking.reference
    term = typed.format(reference, lower=reference.lower(), short=reference.removeprefix("ATL-"))
    with measure() as cost:
        assert rows(admin.get(LIST, {"q": term})) == [reference]
    assert cost.scans == 0


def test_by_the_concierges_address_and_by_id(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    assert rows(admin.get(LIST, {"q": cast.concierge.email.upper()})) == [booking.reference]
    assert rows(admin.get(LIST, {"q": booking.id})) == [booking.reference]
    assert rows(admin.get(LIST, {"q": "nobody@example.com"})) == []


def test_of_a_person_by_a_link(cast: Cast, admin: Client) -> None:
    mine = requested(cast)
    page = admin.get(LIST, {"concierge_id": cast.concierge.id})
    assert rows(page) == [mine.reference]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "NONSENSE"},
        {"details__icontains": "Abdi"},
        {"concierge__email": "a@b.c"},
        {"pickup_at__from": "tomorrow"},
        {"pickup_at__from": "2027-02-02", "pickup_at__to": "2027-02-01"},
        {"cursor": "forged"},
        {"final_price__gt": "1"},
        {"o": "99999999999"},
    ],
)
def test_rubbish_in_the_address(cast: Cast, admin: Client, query: dict[str, str]) -> None:
    requested(cast)
    with measure() as cost:
        answer = admin.get(LIST, query)
    assert answer.status_code in (200, 302)
    assert cost.scans == 0
    if answer.status_code == 302:
        assert told(answer)
        assert admin.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    "term", ["a' OR 1=1", "ATL-\u0130\u0130\u0130\u0130\u0130\u0130", "%", "\U0001f600" * 300, "ATL-000000"]
)
def test_rubbish_in_the_search(cast: Cast, admin: Client, term: str) -> None:
    with measure() as cost:
        answer = admin.get(f"{LIST}?q={quote(term)}")
    assert (answer.status_code, cost.scans) == (200, 0)
    assert rows(answer) == []


def test_quotes_that_stand_and_those_of_a_booking(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    quote_ = quoted(cast, booking)
    sold = accepted(cast)
    standing = [str(each.pk) for each in admin.get("/admin/bookings/quote/").context["cl"].result_list]
    assert quote_.id in standing
    assert sold.selected_quote_id not in standing
    of_sold = admin.get("/admin/bookings/quote/", {"booking_id": sold.id}).context["cl"].result_list
    assert [each.pk for each in of_sold] == [sold.selected_quote_id]
    assert [each.pk for each in admin.get("/admin/bookings/quote/", {"q": booking.reference}).context["cl"].result_list]


@pytest.mark.parametrize("table", ["bookinghistory", "notice"])
def test_what_hangs_on_bookings_is_listed_by_booking(cast: Cast, admin: Client, table: str) -> None:
    booking = accepted(cast)
    assert rows(admin.get(f"/admin/bookings/{table}/")) == []  # never all of it
    for query in ({"booking_id": booking.id}, {"q": booking.reference}, {"q": booking.id}):
        with measure() as cost:
            found = admin.get(f"/admin/bookings/{table}/", query).context["cl"].result_list
        assert found, query
        assert {each.booking_id for each in found} == {booking.id}
        assert cost.scans == 0


def test_who_may_export(cast: Cast) -> None:
    booking = requested(cast)
    answer = desk(StaffRole.FINANCE).post(f"{LIST}export/?q={booking.reference}", {"format": "jsonl"})
    body = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert booking.reference in body
    assert "Ms. Abdi" not in body  # the passenger is nobody's figure
    assert desk(StaffRole.SUPPORT).post(f"{LIST}export/", {"format": "csv"}).status_code == 403


def test_an_order_that_would_begin_with_empty_days_is_not_offered(admin: Client, cast: Cast) -> None:
    """By pick-up, the list would begin two years ago, or a year ahead: only between dates it can."""
    requested(cast)
    plain = admin.get(LIST).context["cl"]
    assert "pickup_at" not in " ".join(map(str, plain.sortable_by))
    for order in ("3", "-3"):
        assert admin.get(LIST, {"o": order}).context["cl"].result_list
