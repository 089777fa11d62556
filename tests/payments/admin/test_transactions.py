"""Transactions in the back office: found by key, shown without secrets, moved by the services at the real sandbox."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.rules.roles import StaffRole
from atlas.dynamo.meter import measure
from atlas.local.square.testing import SandboxControl
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus
from bookings.tables import Booking
from payments import services
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.admin.conftest import desk
from tests.bookings.looking import at_square, now
from tests.bookings.stage import Cast, accepted, driven
from tests.facade.admin.pages import told

S = TransactionStatus
LIST = "/admin/payments/paymenttransaction/"
pytestmark = pytest.mark.usefixtures("sandbox")


def payment_of(booking: Booking) -> PaymentTransaction:
    return PaymentTransaction.fetch(str(now(booking).transaction_id))


def act(client: Client, name: str, *rows: PaymentTransaction, **form: Any) -> list[str]:
    client.cookies.pop("messages", None)
    chosen = {"action": name, "index": "0", "_selected_action": [row.id for row in rows], "confirmed": "1"}
    answer = client.post(LIST, {**chosen, **form})
    assert answer.status_code == 302, answer.context["form"].errors
    return told(answer)


def ids(answer: Any) -> list[str]:
    return [each.pk for each in answer.context["cl"].result_list]


def test_the_list_and_its_searches(cast: Cast, admin: Client) -> None:
    booking = accepted(cast)
    row = payment_of(booking)
    with measure() as cost:
        page = admin.get(LIST)
    assert ids(page)[0] == row.id
    assert cost.scans == 0
    assert re.search(rf'<a href="{LIST}{row.id}/change/"><span class="money">', page.content.decode())
    for term in (row.id, row.reference, row.payment_gateway_id, booking.reference, booking.reference[4:].lower()):
        with measure() as cost:
            assert ids(admin.get(LIST, {"q": term})) == [row.id], term
        assert cost.scans == 0
    for term in ("no-such-payment", "ATL-000000"):
        assert ids(admin.get(LIST, {"q": term})) == []
    assert row.id in ids(admin.get(LIST, {"status": "AUTHORIZED"}))
    assert row.id not in ids(admin.get(LIST, {"status": "REFUNDED"}))
    day = f"{row.created_at:%Y-%m-%d}"
    assert row.id in ids(admin.get(LIST, {"created_at__from": day, "created_at__to": day}))
    assert ids(admin.get(LIST, {"created_at__to": "2020-01-01"})) == []


def test_the_page_shows_each_operation_and_no_secret(cast: Cast, admin: Client) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    row = payment_of(booking)
    row.source_id = "cnon:the-token-of-a-card"
    row.save()
    html = admin.get(f"{LIST}{row.id}/change/").content.decode()
    assert "cnon:the-token" not in html
    for word in ("authorize", "capture", "$210.00", f"/admin/bookings/booking/{booking.id}/change/"):
        assert word in html, word
    assert html.count("<td>done</td>") == 2
    assert not re.search(r'<input[^>]*name="(amount|status|refunded)"', html)


def test_capture_a_part(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    row = payment_of(booking)
    assert act(admin, "capture", row, amount="150.25") == ["Capture: 1 done.", "$210.00, authorized: $150.25 taken."]
    assert at_square(sandbox, booking) == [("COMPLETED", 15_025)]
    assert now(booking).payment_status is PaymentStatus.CAPTURED
    [again] = act(admin, "capture", row, amount="")
    assert "not possible as it stands now" in again


@pytest.mark.parametrize("amount", ["-5", "0", "1.999", "much", "1e9999", "NaN"])
def test_amounts_that_are_none(cast: Cast, admin: Client, amount: str) -> None:
    row = payment_of(accepted(cast))
    chosen = {"action": "capture", "index": "0", "_selected_action": [row.id], "confirmed": "1", "amount": amount}
    answer = admin.post(LIST, chosen)
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)
    assert payment_of_id(row.id).status is S.AUTHORIZED


def payment_of_id(id: str) -> PaymentTransaction:
    return PaymentTransaction.fetch(id)


def test_more_than_was_authorised(cast: Cast, admin: Client) -> None:
    row = payment_of(accepted(cast))
    [answer] = act(admin, "capture", row, amount="210.01")
    assert "Only 210.00 was authorised; 210.01 cannot" in answer


def test_release_the_hold(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    booking = accepted(cast)
    assert act(admin, "void", payment_of(booking), reason="paid in cash") == ["Release the hold: 1 done."]
    assert at_square(sandbox, booking) == [("CANCELED", 21_000)]


def test_refund_in_parts_and_each_form_once(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    booking = driven(cast, BookingStatus.COMPLETED)
    row = payment_of(booking)
    page = admin.get(f"{LIST}{row.id}/actions/refund/")
    click = page.context["form"]["click"].value()
    assert len(click) == 32
    first = {"amount": "10.00", "reason": "late", "click": click}
    assert act(admin, "refund", row, **first)[0] == "Refund: 1 done."
    act(admin, "refund", row, **first)  # sent twice
    assert [each["amount_money"]["amount"] for each in sandbox.refunds()] == [1_000]
    act(admin, "refund", row, amount="", reason="all of it", click="another")
    assert sorted(each["amount_money"]["amount"] for each in sandbox.refunds()) == [1_000, 20_000]
    [answer] = act(admin, "refund", row, amount="1.00", reason="too much", click="third")
    assert "Only 0.00 is left" in answer


def test_a_race_for_the_same_money(cast: Cast, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody voids while staff look at the page: a message, no page of errors."""
    row = payment_of(accepted(cast))
    original = services.capture_by

    def capture_by(**arguments: Any) -> PaymentTransaction:
        services.void(transaction_id=row.id)
        return original(**arguments)

    monkeypatch.setattr(services, "capture_by", capture_by)
    [answer] = act(admin, "capture", row, amount="")
    assert "not possible any more" in answer
    assert payment_of_id(row.id).status is S.VOIDED


def test_a_provider_that_is_away(cast: Cast, admin: Client, sandbox: SandboxControl) -> None:
    rows = [payment_of(accepted(cast)) for _ in range(2)]
    sandbox.inject("error_before", count=20, status=502)
    answers = act(admin, "capture", *rows, amount="")
    assert any("did not answer" in each for each in answers)
    assert any("Not tried: the store was away." in each for each in answers)


def test_only_finance_moves_money(cast: Cast) -> None:
    row = payment_of(accepted(cast))
    for role in (StaffRole.SUPPORT, StaffRole.OPERATIONS):
        client = desk(role)
        assert client.get(f"{LIST}{row.id}/change/").context["object_actions"] == []
        assert client.post(f"{LIST}{row.id}/actions/capture/", {"confirmed": "1"}).status_code in (302, 403)
    assert payment_of_id(row.id).status is S.AUTHORIZED
    offered = desk(StaffRole.FINANCE).get(f"{LIST}{row.id}/change/").context["object_actions"]
    assert {each["action"].name for each in offered} == {"capture", "void"}
