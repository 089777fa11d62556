"""Rides on account, from the accept to the money: invoiced when they are over, paid, called off, credited."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import EmailMultiAlternatives

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.errors import AtlasError, Conflict, Forbidden, Invalid, NotFound
from atlas.local.square.testing import SandboxControl
from bookings import invoices, services
from bookings.invoices import pdf
from bookings.invoices.document import document
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from bookings.tables.receipts import ReceiptNumber
from payments import services as money
from payments import tasks
from payments.billing import accounts, credit, wires
from payments.billing.rules import InvoiceState
from payments.reconciling.mending import mend
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceKind, DifferenceStatus
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction
from tests.bookings.stage import ON_THE_ROAD, Cast, browser, make_cast, quoted, requested
from tests.factories import UserFactory

pytestmark = pytest.mark.usefixtures("sandbox")

PRICE = 21_000
LIMIT = 50_000

Mails = list[EmailMultiAlternatives]
Accept = Callable[..., Booking]


@pytest.fixture
def finance() -> User:
    return UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)


@pytest.fixture
def payer(finance: User) -> Cast:
    """A cast whose concierge has an account."""
    made = make_cast()
    accounts.request_account(
        user=made.concierge, company_name="Grand Hotel", address="1 Park Avenue\nNew York", email="books@hotel.example"
    )
    accounts.approve(user=finance, account_id=made.concierge.id, terms_days=14, credit_limit=LIMIT)
    return made


def accept(cast: Cast, method: PaymentMethod = PaymentMethod.INVOICE, **changes: Any) -> Booking:
    quote = quoted(cast, requested(cast, **changes))
    return services.accept_quote(user=cast.concierge, quote_id=quote.id, method=method, source_id="")


def drive(cast: Cast, booking: Booking) -> Booking:
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    for status in ON_THE_ROAD:
        services.report_status(user=cast.chauffeur, booking_id=booking.id, status=status)
    return Booking.fetch(booking.id)


def row_of(booking: Booking) -> Any:
    return PaymentTransaction.fetch(str(booking.transaction_id))


def cancel(cast: Cast, booking: Booking) -> Booking:
    return services.cancel(
        user=cast.concierge, booking_id=booking.id, code=CancellationCode.CLIENT_REQUEST, reason="Plans changed."
    )


def test_sold_at_once_for_the_credit_stands_behind_it(payer: Cast, sandbox: SandboxControl) -> None:
    booking = accept(payer)
    assert (booking.status, booking.payment_status) == (BookingStatus.OPERATOR_ASSIGNED, "PENDING")
    assert (row_of(booking).status, row_of(booking).method) == ("PENDING", "INVOICE")
    assert credit.left(payer.concierge.id) == LIMIT - PRICE
    assert sandbox.calls() == []


def test_without_an_account_there_is_the_card() -> None:
    cast = make_cast()
    with pytest.raises(Invalid) as refused:
        accept(cast)
    assert "method" in refused.value.fields


def test_two_accepts_that_together_exceed_the_limit(payer: Cast, finance: User) -> None:
    accounts.approve(user=finance, account_id=payer.concierge.id, terms_days=14, credit_limit=PRICE + PRICE // 2)
    quotes = [quoted(payer, requested(payer)) for _ in range(2)]

    def take(quote: Any) -> str:
        try:
            taken = services.accept_quote(
                user=payer.concierge, quote_id=quote.id, method=PaymentMethod.INVOICE, source_id=""
            )
        except AtlasError as refused:
            return refused.code
        return str(taken.status)

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(take, quotes))
    assert outcomes == ["OPERATOR_ASSIGNED", "credit_exceeded"]
    assert credit.left(payer.concierge.id) == PRICE // 2


@pytest.mark.slow
def test_invoiced_when_it_is_over_and_paid_by_card(payer: Cast, sandbox: SandboxControl, mailoutbox: Mails) -> None:
    booking = drive(payer, accept(payer))
    assert (booking.status, booking.payment_status) == (BookingStatus.COMPLETED, "PENDING")
    invoice = invoices.invoice(user=payer.concierge, booking_id=booking.id)
    assert (invoice.state, invoice.amount, invoice.open) == (InvoiceState.OPEN, PRICE, PRICE)
    assert invoice.pay_url == sandbox.invoices()[0]["public_url"]
    (mail,) = [each for each in mailoutbox if invoice.number in each.subject]
    assert mail.to == ["books@hotel.example"]
    assert [(name, kind) for name, _, kind in mail.attachments] == [
        (f"invoice-{invoice.number}.pdf", "application/pdf")
    ]
    assert [kind for _, kind in mail.alternatives] == ["text/html"]
    sandbox.pay_invoice(row_of(booking).bill.gateway_id)
    tasks.settle(str(booking.transaction_id))
    booking = Booking.fetch(booking.id)
    assert (booking.status, booking.payment_status) == (BookingStatus.PAID, "CAPTURED")
    assert invoices.invoice_of(booking).state is InvoiceState.PAID
    assert credit.left(payer.concierge.id) == LIMIT
    assert [each.attachments[0][0] for each in mailoutbox if each.attachments][-1] == (
        f"receipt-{booking.receipt_number}.pdf"
    )


def test_paid_by_bank_by_two_people(payer: Cast, finance: User, sandbox: SandboxControl) -> None:
    booking = drive(payer, accept(payer, PaymentMethod.WIRE))
    assert sandbox.invoices() == []
    row = wires.record_payment(
        user=finance,
        transaction_id=str(booking.transaction_id),
        amount=PRICE,
        bank_reference=str(uuid4()),
        value_on=utc_now().date(),
    )
    assert Booking.fetch(booking.id).status is BookingStatus.COMPLETED
    colleague = UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE)
    wires.confirm(user=colleague, transaction_id=row.id, wire_id=row.wires[0].id)
    assert Booking.fetch(booking.id).status is BookingStatus.PAID


def test_called_off_in_time_nothing_is_owed(payer: Cast, sandbox: SandboxControl) -> None:
    booking = cancel(payer, accept(payer))
    assert (row_of(booking).status, row_of(booking).bill) == ("VOIDED", None)
    assert credit.left(payer.concierge.id) == LIMIT
    assert sandbox.invoices() == []


def test_called_off_late_the_fee_is_invoiced(payer: Cast, sandbox: SandboxControl) -> None:
    booking = cancel(payer, accept(payer, hours_ahead=0.75))
    fee = int(booking.cancellation_fee or 0)
    assert fee == PRICE // 2
    invoice = invoices.invoice_of(booking)
    assert (invoice.amount, invoice.state) == (fee, InvoiceState.OPEN)
    assert sandbox.invoices()[0]["payment_requests"][0]["computed_amount_money"]["amount"] == fee
    assert credit.left(payer.concierge.id) == LIMIT - fee


def test_called_off_by_staff_after_the_ride_it_is_credited(
    payer: Cast, sandbox: SandboxControl, mailoutbox: Mails
) -> None:
    booking = drive(payer, accept(payer))
    services.cancel(user=payer.admin, booking_id=booking.id, code=CancellationCode.OTHER, reason="It was our fault.")
    row = row_of(booking)
    assert (row.status, sandbox.invoices()[0]["status"]) == ("VOIDED", "CANCELED")
    (note,) = row.bill.credit_notes
    assert (note.amount, note.key) == (PRICE, "cancel")
    shown = invoices.credit_note(user=payer.concierge, booking_id=booking.id, number=note.number)
    assert pdf.render(shown).startswith(b"%PDF")
    assert any(each.attachments and note.number in each.attachments[0][0] for each in mailoutbox)


def test_given_back_it_is_credited_once_for_each(payer: Cast, sandbox: SandboxControl) -> None:
    booking = drive(payer, accept(payer))
    sandbox.pay_invoice(row_of(booking).bill.gateway_id)
    tasks.settle(str(booking.transaction_id))
    for amount in (1_000, 2_000):
        money.refund(transaction_id=str(booking.transaction_id), amount=amount, reason="Late")
        for refund in sandbox.refunds():
            if refund["status"] == "PENDING":
                sandbox.settle_refund(refund["id"])
        tasks.settle(str(booking.transaction_id))
    notes = row_of(booking).bill.credit_notes
    assert [each.amount for each in notes] == [1_000, 2_000]
    assert len({each.number for each in notes}) == 2


def test_a_lower_price_after_the_invoice(
    payer: Cast, finance: User, sandbox: SandboxControl, mailoutbox: Mails
) -> None:
    """Finance hears of it, has it asked for anew, and a credit note says what is owed."""
    booking = drive(payer, accept(payer))
    old = invoices.invoice_of(booking)
    services.state_price(user=payer.owner, booking_id=booking.id, price=15_000, reason="A shorter way")
    [found] = [each for each in PaymentDifference.scan() if each.transaction_id == booking.transaction_id]
    assert (found.kind, found.status) == (DifferenceKind.OVERBILLED, DifferenceStatus.OPEN)
    assert mend(user=finance, difference_id=found.id).status is DifferenceStatus.MENDED
    invoice = invoices.invoice_of(booking)
    assert (invoice.number, invoice.amount, invoice.open, invoice.pay_url == old.pay_url) == (
        old.number,
        PRICE,
        15_000,
        False,
    )
    assert [each.amount for each in invoice.credit_notes] == [PRICE - 15_000]
    rows = {row.label: row.amount for row in document(invoice).rows}
    assert rows["To be paid"] == "$150.00 USD"
    assert rows[f"Credit note {invoice.credit_notes[0].number}"] == "\N{MINUS SIGN}$60.00"
    assert not [label for label in rows if "Less than agreed" in label]
    assert any("Credit note" in each.subject for each in mailoutbox)
    sandbox.pay_invoice(row_of(booking).bill.gateway_id)
    tasks.settle(str(booking.transaction_id))
    after = Booking.fetch(booking.id)
    assert (after.status, after.paid, after.refunded) == (BookingStatus.PAID, 15_000, 0)
    assert len(row_of(booking).bill.credit_notes) == 1


def test_what_is_told_says_nothing_of_a_card(payer: Cast, mailoutbox: Mails) -> None:
    drive(payer, accept(payer))
    cancel(payer, accept(payer))
    words = [str(each.body) for each in mailoutbox if each.to == [payer.concierge.email]]
    assert any("The invoice comes after the ride" in each for each in words)
    assert any("The invoice is sent to the address of your account." in each for each in words)
    assert any("Nothing is owed for it." in each for each in words)
    assert not [each for each in words if "card" in each.lower()]
    mailoutbox.clear()
    cancel(payer, accept(payer, hours_ahead=0.75))
    assert any("You will be sent an invoice of the cancellation fee." in str(each.body) for each in mailoutbox)


def test_numbers_have_no_gaps_and_a_series_each(payer: Cast, finance: User) -> None:
    accounts.approve(user=finance, account_id=payer.concierge.id, terms_days=14, credit_limit=PRICE * 4)
    sold = [accept(payer, hours_ahead=0.75) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda booking: cancel(payer, booking), sold))
    year = utc_now().year
    rows = list(ReceiptNumber.query(f"{payer.operator.id}/{year}/I"))
    assert [each.sequence for each in rows] == [1, 2, 3]
    assert {each.booking_id for each in rows} == {each.id for each in sold}
    assert not list(ReceiptNumber.query(f"{payer.operator.id}/{year}"))


def test_who_sees_an_invoice(payer: Cast) -> None:
    booking = drive(payer, accept(payer))
    for user in (payer.concierge, payer.owner, payer.admin):
        assert invoices.invoice(user=user, booking_id=booking.id).amount == PRICE
    with pytest.raises(Forbidden):
        invoices.invoice(user=payer.chauffeur, booking_id=booking.id)
    with pytest.raises(NotFound):
        invoices.invoice(user=payer.other_concierge, booking_id=booking.id)


def test_a_ride_by_card_has_none(payer: Cast) -> None:
    quote = quoted(payer, requested(payer))
    booking = services.accept_quote(
        user=payer.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id="cnon:card-nonce-ok"
    )
    with pytest.raises(Conflict):
        invoices.invoice(user=payer.concierge, booking_id=booking.id)


def test_the_pages(payer: Cast) -> None:
    quote = quoted(payer, requested(payer))
    client = browser(payer.concierge)
    address = f"/bookings/{quote.booking_id}/quotes/{quote.id}/accept/"
    assert "Accept on account" in client.get(address).content.decode()
    assert client.post(address, {"method": "INVOICE"}).status_code == 302
    booking = drive(payer, Booking.fetch(quote.booking_id))
    number = invoices.invoice_of(booking).number
    listed = client.get("/invoices/").content.decode()
    assert number in listed
    assert "Left of your credit" in listed
    assert number not in client.get("/invoices/?show=paid").content.decode()
    assert number in client.get("/invoices/?show=open").content.decode()
    page = client.get(f"/bookings/{booking.id}/invoice/").content.decode()
    assert number in page
    assert "Grand Hotel" in page
    assert client.get(f"/bookings/{booking.id}/invoice.pdf").content.startswith(b"%PDF")


@pytest.mark.slow
def test_who_has_no_account_asks_for_one_on_the_page(finance: User) -> None:
    cast = make_cast()
    client = browser(cast.concierge)
    quote = quoted(cast, requested(cast))
    assert "on account" not in client.get(f"/bookings/{quote.booking_id}/quotes/{quote.id}/accept/").content.decode()
    assert client.post("/invoices/", {"company_name": "", "address": "", "email": "x"}).status_code == 400
    sent = {"company_name": "Grand Hotel", "address": "1 Park Avenue", "email": "books@hotel.example"}
    assert client.post("/invoices/", sent).status_code == 302
    assert "Asked for" in client.get("/invoices/").content.decode()
