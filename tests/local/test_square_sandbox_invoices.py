"""Orders and invoices of the local Square sandbox, through the real SDK."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from square import Square
from square.core.api_error import ApiError

from atlas.local.square.testing import SandboxControl, SandboxServer

from .conftest import NO_RETRY

Maker = Callable[..., Any]


@pytest.fixture
def customer(square: Square) -> str:
    made = square.customers.create(company_name="Grand Hotel", email_address="books@hotel.example").customer
    assert made is not None
    return str(made.id)


@pytest.fixture
def draft(square: Square, customer: str) -> Maker:
    """Makes an order of 120.00 and 10.65 USD and its invoice; fields of the invoice can be replaced."""

    def make(*, key: str | None = None, order_id: str | None = None, **changes: Any) -> Any:
        order_id = order_id or new_order(square).id
        invoice = {
            "location_id": "L-ATLAS-LOCAL",
            "order_id": order_id,
            "primary_recipient": {"customer_id": customer},
            "payment_requests": [{"request_type": "BALANCE", "due_date": "2030-01-24"}],
            "delivery_method": "SHARE_MANUALLY",
            "accepted_payment_methods": {"card": True},
            "title": "Ride ATL-7K3M9Q",
            **changes,
        }
        return square.invoices.create(
            invoice=invoice,
            idempotency_key=key or str(uuid4()),
            request_options=NO_RETRY,
        ).invoice

    return make


@pytest.fixture
def open_invoice(square: Square, draft: Maker) -> Maker:
    def make(**changes: Any) -> Any:
        made = draft(**changes)
        return square.invoices.publish(
            made.id, version=made.version, idempotency_key=str(uuid4()), request_options=NO_RETRY
        ).invoice

    return make


def new_order(square: Square, *amounts: int, key: str | None = None) -> Any:
    lines = [
        {"name": f"Line {number}", "quantity": "1", "base_price_money": {"amount": amount, "currency": "USD"}}
        for number, amount in enumerate(amounts or (12_000, 1_065))
    ]
    return square.orders.create(
        order={"location_id": "L-ATLAS-LOCAL", "reference_id": "ATL-1", "line_items": lines},
        idempotency_key=key or str(uuid4()),
        request_options=NO_RETRY,
    ).order


def refused(call: Callable[[], Any]) -> tuple[int, str]:
    with pytest.raises(ApiError) as error:
        call()
    return int(error.value.status_code or 0), str(error.value.errors[0].code)


def kinds(control: SandboxControl) -> list[str]:
    return [event["type"] for event in control.events() if event["type"].startswith(("invoice", "payment"))]


def test_an_order_adds_its_lines_up_and_is_kept(square: Square) -> None:
    made = new_order(square)
    assert (made.state, made.total_money.amount, made.net_amount_due_money.amount) == ("OPEN", 13_065, 13_065)
    assert [line.total_money.amount for line in made.line_items] == [12_000, 1_065]
    assert square.orders.get(made.id).order == made


def test_the_same_key_is_the_same_order(square: Square) -> None:
    assert new_order(square, key="order-1").id == new_order(square, key="order-1").id
    assert refused(lambda: new_order(square, 100, key="order-1")) == (400, "IDEMPOTENCY_KEY_REUSED")


def test_a_draft_is_published_and_can_be_paid(square: Square, draft: Maker, control: SandboxControl) -> None:
    made = draft()
    assert (made.status, made.version, made.public_url, made.next_payment_amount_money) == ("DRAFT", 0, None, None)
    assert made.payment_requests[0].computed_amount_money.amount == 13_065
    assert made.primary_recipient.email_address == "books@hotel.example"

    opened = square.invoices.publish(made.id, version=0, idempotency_key="open").invoice
    assert (opened.status, opened.version, opened.next_payment_amount_money.amount) == ("UNPAID", 1, 13_065)
    assert made.id in opened.public_url
    again = square.invoices.publish(made.id, version=0, idempotency_key="open").invoice
    assert again == opened
    assert kinds(control) == ["invoice.created", "invoice.published"]
    assert square.invoices.get(made.id).invoice == opened


def test_paying_makes_a_payment_of_its_order(square: Square, open_invoice: Maker, control: SandboxControl) -> None:
    invoice = open_invoice()
    paid = control.pay_invoice(invoice.id)
    assert paid["status"] == "PAID"
    order = square.orders.get(invoice.order_id).order
    assert order is not None
    assert (order.state, order.net_amount_due_money.amount) == ("COMPLETED", 0)
    (tender,) = order.tenders
    payment = square.payments.get(tender.payment_id).payment
    assert payment is not None
    assert (payment.status, payment.total_money.amount, payment.order_id) == ("COMPLETED", 13_065, order.id)
    assert kinds(control)[2:] == ["payment.created", "payment.updated", "invoice.payment_made"]


def test_it_may_be_paid_in_parts_and_never_above_what_is_due(
    square: Square, open_invoice: Maker, control: SandboxControl
) -> None:
    invoice = open_invoice()
    first = control.pay_invoice(invoice.id, 3_065)
    assert (first["status"], first["next_payment_amount_money"]["amount"]) == ("PARTIALLY_PAID", 10_000)
    with pytest.raises(httpx.HTTPStatusError):
        control.pay_invoice(invoice.id, 10_001)
    assert control.pay_invoice(invoice.id)["status"] == "PAID"
    with pytest.raises(httpx.HTTPStatusError):
        control.pay_invoice(invoice.id, 1)
    order = square.orders.get(invoice.order_id).order
    assert order is not None
    assert [tender.amount_money.amount for tender in order.tenders] == [3_065, 10_000]


def test_canceled_it_is_never_paid(square: Square, open_invoice: Maker, control: SandboxControl) -> None:
    invoice = open_invoice()
    gone = square.invoices.cancel(invoice.id, version=invoice.version).invoice
    assert (gone.status, gone.next_payment_amount_money) == ("CANCELED", None)
    assert square.orders.get(invoice.order_id).order.state == "CANCELED"
    with pytest.raises(httpx.HTTPStatusError):
        control.pay_invoice(invoice.id)
    assert refused(lambda: square.invoices.cancel(invoice.id, version=gone.version, request_options=NO_RETRY)) == (
        400,
        "BAD_REQUEST",
    )


def test_what_is_paid_is_not_canceled(square: Square, open_invoice: Maker, control: SandboxControl) -> None:
    invoice = open_invoice()
    paid = control.pay_invoice(invoice.id)
    call = lambda: square.invoices.cancel(invoice.id, version=paid["version"], request_options=NO_RETRY)  # noqa: E731
    assert refused(call) == (400, "BAD_REQUEST")


def test_a_draft_is_deleted_and_what_is_open_is_not(square: Square, draft: Maker, open_invoice: Maker) -> None:
    made = draft()
    square.invoices.delete(made.id, version=0)
    assert refused(lambda: square.invoices.get(made.id, request_options=NO_RETRY)) == (404, "NOT_FOUND")
    invoice = open_invoice()
    call = lambda: square.invoices.delete(invoice.id, version=1, request_options=NO_RETRY)  # noqa: E731
    assert refused(call) == (400, "BAD_REQUEST")


def test_another_version_is_refused(square: Square, draft: Maker) -> None:
    made = draft()
    call = lambda: square.invoices.publish(made.id, version=7, request_options=NO_RETRY)  # noqa: E731
    assert refused(call) == (400, "VERSION_MISMATCH")


def test_an_order_has_one_invoice_and_a_number_is_one_invoices(square: Square, draft: Maker) -> None:
    made = draft(invoice_number="7K3M9Q-2026-I000001")
    assert refused(lambda: draft(order_id=made.order_id)) == (400, "BAD_REQUEST")
    assert refused(lambda: draft(invoice_number="7K3M9Q-2026-I000001")) == (400, "VALUE_ALREADY_EXISTS")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"primary_recipient": {"customer_id": "NOBODY"}}, "NOT_FOUND"),
        ({"payment_requests": [{"due_date": "tomorrow"}]}, "INVALID_VALUE"),
        ({"payment_requests": []}, "SANDBOX_NOT_SUPPORTED"),
        ({"accepted_payment_methods": {"card": False}}, "MISSING_REQUIRED_PARAMETER"),
        ({"delivery_method": "PIGEON"}, "INVALID_ENUM_VALUE"),
        ({"scheduled_at": "2030-01-13T10:00:00Z"}, "SANDBOX_NOT_SUPPORTED"),
    ],
    ids=["customer", "due", "requests", "methods", "delivery", "scheduled"],
)
def test_what_an_invoice_may_not_be(draft: Maker, changes: dict[str, Any], code: str) -> None:
    assert refused(lambda: draft(**changes))[1] == code


def test_a_refund_of_its_payment_shows_on_it(square: Square, open_invoice: Maker, control: SandboxControl) -> None:
    invoice = open_invoice()
    control.pay_invoice(invoice.id)
    payment_id = square.orders.get(invoice.order_id).order.tenders[0].payment_id
    for key, amount, status in (("r1", 65, "PARTIALLY_REFUNDED"), ("r2", 13_000, "REFUNDED")):
        square.refunds.refund_payment(
            idempotency_key=key, payment_id=payment_id, amount_money={"amount": amount, "currency": "USD"}
        )
        control.advance(timedelta(minutes=1))
        assert square.invoices.get(invoice.id).invoice.status == status
    assert kinds(control).count("invoice.refunded") == 2


def test_they_are_listed(square: Square, open_invoice: Maker) -> None:
    made = {open_invoice().id for _ in range(3)}
    listed = {each.id for each in square.invoices.list(location_id="L-ATLAS-LOCAL", limit=2)}
    assert listed == made
    assert refused(lambda: square.invoices.list(location_id="", request_options=NO_RETRY))[0] == 400


@pytest.mark.usefixtures("control")
def test_on_the_page_it_is_paid_or_overdue(square_server: SandboxServer, open_invoice: Maker) -> None:
    late = open_invoice(payment_requests=[{"due_date": "2020-01-24"}], invoice_number="LATE-1")
    with httpx.Client(base_url=square_server.base_url, trust_env=False, follow_redirects=True) as browser:
        page = browser.get(f"/pay-invoice/{late.id}").text
        assert "LATE-1" in page
        assert "overdue" in page
        done = browser.post(
            "/page/pay-invoice", data={"invoice_id": late.id}, headers={"origin": square_server.base_url}
        )
        assert "The invoice is paid by card." in done.text
        assert "overdue" not in done.text
