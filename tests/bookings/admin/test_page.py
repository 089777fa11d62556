"""The page of a booking: what it shows, the little that can be edited, and for whom."""

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas.dynamo.meter import measure
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from tests.bookings.admin.conftest import desk
from tests.bookings.admin.looking import LIST, buttons, page_of
from tests.bookings.looking import now
from tests.bookings.stage import Cast, accepted, browser, driven, quoted, requested
from tests.facade.admin.pages import filled_in

pytestmark = pytest.mark.usefixtures("sandbox")
FORM = "booking_form"


def test_everything_that_hangs_on_it(cast: Cast, admin: Client) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    with measure() as cost:
        page = admin.get(page_of(booking))
    html = page.content.decode()
    assert cost.scans == 0
    inlines = {each.formset.model._meta.model_name: each for each in page.context["inline_admin_formsets"]}
    counted = {name: len(each.formset.initial_forms) for name, each in inlines.items()}
    assert counted == {"quote": 1, "bookinghistory": 10, "bookingpayment": 1, "notice": 6}
    for word in ("Marcus Bell", "BMW i7", "Sofia Marchetti", "$210.00", "Ms. Abdi", str(booking.details.timezone)):
        assert word in html, word
    assert f"/admin/payments/paymenttransaction/{booking.transaction_id}/change/" in html


def test_nothing_that_a_rule_owns_is_a_field(cast: Cast, admin: Client) -> None:
    booking = accepted(cast)
    posted = filled_in(admin.get(page_of(booking)), FORM)
    own = {name for name in posted if not name.startswith(("quote", "bookinghistory", "bookingpayment", "notice"))}
    assert own - {"csrfmiddlewaretoken", "opened_version"} == {"passenger_name", "flight_number"}


def test_what_is_posted_beside_the_form_changes_nothing(cast: Cast, admin: Client) -> None:
    booking = accepted(cast)
    before = now(booking)
    forged = {"status": "PAID", "final_price": "1", "operator": "x", "payment_status": "CAPTURED", "version": "99"}
    admin.post(page_of(booking), filled_in(admin.get(page_of(booking)), FORM, **forged))
    after = now(booking)
    assert (after.status, after.final_price, after.operator_id) == (before.status, 21_000, before.operator_id)


@pytest.mark.parametrize("number", ["x", "", "-1", "99999999"])
@pytest.mark.parametrize("rows", ["quote", "bookinghistory", "bookingpayment", "notice"])
def test_a_forged_count_of_rows_that_are_only_shown(cast: Cast, admin: Client, rows: str, number: str) -> None:
    booking = accepted(cast)
    posted = filled_in(admin.get(page_of(booking)), FORM, **{f"{rows}_set-INITIAL_FORMS": number})
    assert admin.post(page_of(booking), posted).status_code in (200, 302)


def test_the_passengers_name_goes_through_the_service(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    posted = filled_in(
        admin.get(page_of(booking)), FORM, passenger_name="  Mr. O'Neill & <Co> ", flight_number="BA 117"
    )
    assert admin.post(page_of(booking), posted).status_code == 302
    stored = now(booking)
    assert (stored.details.passenger_name, stored.details.flight_number) == ("Mr. O'Neill & <Co>", "BA 117")
    assert stored.details.pickup_location == booking.details.pickup_location
    assert stored.open_shard is not None  # it is as open as before
    assert "Mr. O&#x27;Neill &amp; &lt;Co&gt;" in admin.get(page_of(booking)).content.decode()


def test_two_editors(cast: Cast, admin: Client) -> None:
    """The second is told what changed; nothing of either is lost."""
    booking = requested(cast)
    mine = filled_in(admin.get(page_of(booking)), FORM, flight_number="BA 117")
    services.amend_booking(user=cast.admin, booking_id=booking.id, passenger_name="Dr. Okonkwo")
    answer = admin.post(page_of(booking), mine)
    assert answer.status_code == 200
    assert "Somebody else changed" in answer.content.decode()
    assert now(booking).details.flight_number == ""
    again = filled_in(answer, FORM)
    assert again["flight_number"] == "BA 117"
    assert admin.post(page_of(booking), {**again, "passenger_name": "Dr. Okonkwo"}).status_code == 302
    stored = now(booking).details
    assert (stored.passenger_name, stored.flight_number) == ("Dr. Okonkwo", "BA 117")


def test_a_ride_that_is_over_stays_as_it_was(cast: Cast, admin: Client) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    posted = filled_in(admin.get(page_of(booking)), FORM, passenger_name="Somebody else")
    answer = admin.post(page_of(booking), posted)
    assert answer.status_code == 200
    assert "It is now: Paid" in answer.content.decode()
    assert now(booking).details.passenger_name == "Ms. Abdi"


def test_text_that_is_too_long(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    answer = admin.post(page_of(booking), filled_in(admin.get(page_of(booking)), FORM, flight_number="x" * 13))
    assert answer.status_code == 200
    assert now(booking).details.flight_number == ""


def test_deleted_while_it_was_open(cast: Cast, admin: Client) -> None:
    booking = requested(cast)
    posted = filled_in(admin.get(page_of(booking)), FORM, passenger_name="Typed in for nothing")
    Booking.fetch(booking.id).delete()
    answer = admin.post(page_of(booking), posted)
    assert answer.status_code == 410
    assert "Typed in for nothing" in answer.content.decode()


@pytest.mark.parametrize("id", ["nobody", "a/b", "'\"<b>", "x" * 3000, "\U0001f600", "_2F"])
def test_ids_that_nobody_has(admin: Client, id: str) -> None:
    for page in ("change/", "history/", "actions/cancel/", "delete/"):
        answer = admin.get(f"{LIST}{id}/{page}")
        assert answer.status_code in (302, 403, 404), page


def test_who_sees_which_buttons(cast: Cast) -> None:
    open_request = requested(cast)
    quoted(cast, open_request)
    sold = accepted(cast)
    support, finance, operations = (desk(role) for role in (StaffRole.SUPPORT, StaffRole.FINANCE, StaffRole.OPERATIONS))
    assert buttons(operations, open_request) == {"cancel", "expire", "hold"}
    assert buttons(support, open_request) == {"cancel", "hold"}
    assert buttons(finance, open_request) == set()
    assert buttons(operations, sold) == {"cancel", "reassign", "hold"}
    assert "passenger_name" not in filled_in_or_nothing(finance, sold)


def filled_in_or_nothing(client: Client, booking: Booking) -> dict[str, str]:
    """The fields of the page's form, where it has any."""
    try:
        return filled_in(client.get(page_of(booking)), FORM)
    except AssertionError:
        return {}


@pytest.mark.parametrize("who", ["concierge", "owner", "chauffeur"])
def test_nobody_else_enters(cast: Cast, who: str) -> None:

    booking = requested(cast)
    client = browser(cast.user(who))
    for address in (LIST, page_of(booking), f"{LIST}{booking.id}/actions/cancel/"):
        assert client.get(address).status_code == 403
        assert client.post(address, {"confirmed": "1"}).status_code == 403
