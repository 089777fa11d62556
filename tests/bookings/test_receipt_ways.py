"""The ways to a receipt: the API in the form that is asked for, the page, the link of the e-mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from bookings.receipts import links
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from tests.bookings.receipt_samples import text
from tests.bookings.stage import Cast, accepted, browser, driven
from tests.clients import client_of

pytestmark = pytest.mark.usefixtures("sandbox")
JSON, PDF = "application/json", "application/pdf"


def ask(user: User | None, booking: Booking, accept: str) -> Any:
    return client_of(user).get(f"/api/v1/bookings/{booking.id}/receipt", headers={"accept": accept})


@pytest.fixture
def paid(cast: Cast) -> Booking:
    return driven(cast, BookingStatus.COMPLETED)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        (JSON, JSON),
        ("*/*", JSON),
        (PDF, PDF),
        ("application/*", JSON),
        (f"{PDF}, */*", PDF),
    ],
)
def test_the_form_that_is_asked_for(cast: Cast, paid: Booking, accept: str, form: str) -> None:
    answer = ask(cast.concierge, paid, accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, form)
    assert "no-store" in answer["Cache-Control"]


def test_what_else_is_asked_for_is_refused(cast: Cast, paid: Booking) -> None:
    for accept in ("text/html", "image/png"):
        answer = ask(cast.concierge, paid, accept)
        assert (answer.status_code, answer["Content-Type"]) == (406, JSON)


@pytest.mark.slow
def test_the_pdf_says_what_the_json_says(cast: Cast, paid: Booking) -> None:
    found, made = ask(cast.concierge, paid, JSON).json(), ask(cast.concierge, paid, PDF)
    said = text(made.content)
    assert made["Content-Disposition"] == f'attachment; filename="receipt-{found["number"]}.pdf"'
    price = found["price"]
    for label, cents in (
        ("Agreed fare", price["lines"][0]["amount"]),
        ("Subtotal", price["subtotal"]),
        ("Tax US-NY 8.875 %", price["tax"]),
        ("Platform fee", price["platformFee"]),
        ("Agreed price", price["total"]),
        ("Paid", found["amountPaid"]),
    ):
        assert f"{label} ${cents / 100:,.2f}" in said
    for name in ("number", "reference", "cardLast4", "operatorName", "businessLicense", "driverName", "plateNumber"):
        assert found[name]
        assert found[name] in said


def test_a_refusal_is_json_whatever_was_asked_for(cast: Cast, paid: Booking) -> None:
    for user, booking, status, code in (
        (None, paid, 401, "unauthenticated"),
        (cast.rival, paid, 404, "not_found"),
        (cast.concierge, accepted(cast, hours_ahead=90), 409, "no_receipt_yet"),
    ):
        answer = ask(user, booking, PDF)
        assert (answer.status_code, answer["Content-Type"]) == (status, JSON)
        assert answer.json()["error"]["code"] == code


def test_the_page_has_map_button_and_pdf(cast: Cast, paid: Booking) -> None:
    client = browser(cast.concierge)
    page = client.get(f"/bookings/{paid.id}/receipt/").content.decode()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 320">') == 1
    address = re.findall(r'href="([^"]+\.pdf)"', page)
    assert address == [f"/bookings/{paid.id}/receipt.pdf"]
    made = client.get(address[0])
    assert made["Content-Type"] == PDF
    assert str(paid.receipt_number) in text(made.content)


def test_markup_in_names_stays_text_on_the_page(cast: Cast) -> None:
    booking = driven(cast, BookingStatus.COMPLETED, passenger_name="<script>alert(1)</script>")
    page = browser(cast.concierge).get(f"/bookings/{booking.id}/receipt/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def link_in(mails: list[EmailMultiAlternatives]) -> str:
    [mail] = [mail for mail in mails if ".completed." in str(mail.extra_headers["Message-ID"])]
    [address] = re.findall(r"https?://\S+(/receipts/\S+)", str(mail.body))
    assert address in str(mail.alternatives[0][0])
    return str(address)


def test_the_link_of_the_e_mail_needs_no_sign_in(
    cast: Cast, mailoutbox: list[EmailMultiAlternatives], paid: Booking
) -> None:
    address = link_in(mailoutbox)
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, PDF)
    assert str(paid.receipt_number) in text(answer.content)
    forged = address[:-3] + ("A/" if address[-3] != "A" else "B/")
    assert Client().get(forged).status_code == 404
    assert Client().post(address).status_code == 405


def test_the_link_ends(cast: Cast, mailoutbox: list[EmailMultiAlternatives], paid: Booking) -> None:
    address = link_in(mailoutbox)
    with time_machine.travel(utc_now() + links.LIFE + timedelta(minutes=1)):
        assert Client().get(address).status_code == 404
    cast.concierge.refresh(consistent_read=True)
    cast.concierge.credentials_epoch += 1  # as a new password does
    cast.concierge.save()
    assert Client().get(address).status_code == 404
