"""Differences with Square in the back office: listed, mended, dismissed, and looked for when somebody says so."""

import re

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas import jobs
from atlas.dynamo.meter import measure
from atlas.jobs import JobStatus
from atlas.local.square.testing import SandboxControl
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus
from bookings.tables import Booking
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceKind, DifferenceStatus
from payments.tables import PaymentTransaction
from tests.bookings.admin.conftest import desk
from tests.bookings.looking import now
from tests.bookings.stage import Cast, accepted, driven
from tests.facade.admin.pages import told
from tests.payments.reconciling.stage import clear, reconcile, today
from tests.payments.reconciling.test_kinds import change, square

LIST = "/admin/payments/paymentdifference/"
pytestmark = pytest.mark.usefixtures("sandbox")


@pytest.fixture
def finance() -> Client:
    return desk(StaffRole.FINANCE)


@pytest.fixture
def booking(cast: Cast) -> Booking:
    """Its ride is over and its money was taken, and no webhook said so."""
    clear()
    booking = accepted(cast)
    square().payments.complete(PaymentTransaction.fetch(str(now(booking).transaction_id)).payment_gateway_id)
    return booking


def act(client: Client, name: str, row: PaymentDifference, **form: str) -> list[str]:
    client.cookies.pop("messages", None)
    answer = client.post(LIST, {"action": name, "index": "0", "_selected_action": [row.id], "confirmed": "1", **form})
    assert answer.status_code == 302, answer.context["form"].errors
    return told(answer)


def test_it_is_listed_and_shown_with_its_proposed_mend(booking: Booking, finance: Client) -> None:
    [row] = reconcile()
    with measure() as cost:
        html = finance.get(LIST).content.decode()
    assert cost.scans == 0
    for text in ("AUTHORIZED", "COMPLETED", "$210.00", f"/admin/bookings/booking/{booking.id}/change/"):
        assert text in html, text
    for query in ({"status": "OPEN"}, {"q": row.id}, {"status": "OPEN", "kind": "STATE"}):
        with measure() as cost:
            assert [each.pk for each in finance.get(LIST, query).context["cl"].result_list] == [row.id], query
        assert cost.scans == 0
    assert finance.get(LIST, {"status": "MENDED"}).context["cl"].result_list == []
    page = finance.get(f"{LIST}{row.id}/change/")
    assert {each["action"].name for each in page.context["object_actions"]} == {"carry_out", "dismiss"}
    assert not re.search(r'<input[^>]*name="(amount|status|ours)"', page.content.decode())


def test_mended_by_a_person_the_booking_follows(booking: Booking, finance: Client) -> None:
    [row] = reconcile()
    assert act(finance, "carry_out", row)[0] == "Mend: 1 done."
    assert PaymentDifference.fetch(row.id).status is DifferenceStatus.MENDED
    assert now(booking).payment_status is PaymentStatus.CAPTURED
    page = finance.get(f"{LIST}{row.id}/change/")
    assert page.context["object_actions"] == []
    assert act(finance, "carry_out", row)  # a second click


def test_a_record_that_was_wrong_is_corrected_and_the_booking_follows(cast: Cast, finance: Client) -> None:
    clear()
    booking = accepted(cast)
    row = PaymentTransaction.fetch(str(now(booking).transaction_id))
    change(row, amount=row.amount + 1)
    [found] = reconcile()
    assert found.kind is DifferenceKind.AMOUNT
    act(finance, "carry_out", found)
    assert PaymentTransaction.fetch(row.id).amount == row.amount


def test_dismissed_for_a_reason(booking: Booking, finance: Client) -> None:
    [row] = reconcile()
    answer = finance.post(LIST, {"action": "dismiss", "index": "0", "_selected_action": [row.id], "confirmed": "1"})
    assert answer.context["form"].errors
    assert act(finance, "dismiss", row, reason="A test of ours.") == ["Dismiss: 1 done."]
    stored = PaymentDifference.fetch(row.id)
    assert (stored.status, stored.reason) == (DifferenceStatus.DISMISSED, "A test of ours.")


def test_what_nobody_can_mend_here_is_not_offered(cast: Cast, finance: Client, sandbox: SandboxControl) -> None:
    clear()
    driven(cast, BookingStatus.COMPLETED)
    sandbox.reset()
    [row] = reconcile()
    page = finance.get(f"{LIST}{row.id}/change/")
    assert {each["action"].name for each in page.context["object_actions"]} == {"dismiss"}


@pytest.mark.usefixtures("objects")
def test_a_run_is_asked_for(booking: Booking, finance: Client) -> None:
    assert f"{LIST}reconcile/" in finance.get(LIST).content.decode()
    days = {"first": today().first.isoformat(), "last": today().last.isoformat()}
    answer = finance.post(f"{LIST}reconcile/", {**days, "mending": "on"})
    [job_id] = re.fullmatch(r"/account/jobs/([0-9a-f-]{36})/", answer["Location"]).groups()  # type: ignore[union-attr]
    job = jobs.find(job_id)
    assert job is not None
    assert (job.status, job.note.partition(":")[0]) == (JobStatus.DONE, "1 differences"), job.error
    assert finance.get(answer["Location"]).status_code == 200
    assert now(booking).payment_status is PaymentStatus.CAPTURED


@pytest.mark.parametrize(
    "days", [{"first": "2026-01-02", "last": "2026-01-01"}, {"first": "2020-01-01", "last": "2026-01-01"}, {}]
)
def test_a_period_that_is_none(finance: Client, days: dict[str, str]) -> None:
    answer = finance.post(f"{LIST}reconcile/", days)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (400, True)


def test_who_may(booking: Booking) -> None:
    [row] = reconcile()
    for role in (StaffRole.SUPPORT, StaffRole.OPERATIONS):
        client = desk(role)
        assert client.get(LIST).status_code == 403
        assert client.get(f"{LIST}reconcile/").status_code == 403
        assert client.post(f"{LIST}{row.id}/actions/carry_out/", {"confirmed": "1"}).status_code == 403
    assert PaymentDifference.fetch(row.id).status is DifferenceStatus.OPEN
