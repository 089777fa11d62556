"""What Atlas relies on at Square of invoices: made once per key, published, cancelled, found by their note."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from atlas.dynamo.attributes import utc_now
from payments import gateway
from payments.gateway import Bill, Invoice, InvoiceLine, OutcomeUnknown, Refused
from tests.payments.contract.conftest import give_back

Issuer = Callable[..., Invoice]


@pytest.fixture
def customer() -> Iterator[str]:
    made = gateway.customer_for(payer_id=f"contract-{uuid4()}", key=str(uuid4()))
    yield made
    gateway.delete_customer(made)


def bill(customer: str, **changes: Any) -> Bill:
    number = str(uuid4())
    return Bill(
        **{
            "customer_id": customer,
            "reference": "contract",
            "number": number,
            "title": "Ride ATL-7K3M9Q",
            "note": f"Contract test {number}",
            "lines": [InvoiceLine("Ride", 40_000), InvoiceLine("Tax", 3_550)],
            "due_on": utc_now().date() + timedelta(days=14),
            "currency": "USD",
            **changes,
        }
    )


@pytest.fixture
def issued(customer: str) -> Iterator[Issuer]:
    """Issues invoices, and cancels at the end what is still owed."""
    made: list[Invoice] = []

    def issue(given: Bill | None = None, *, key: str | None = None) -> Invoice:
        made.append(gateway.issue(given or bill(customer), key=key or str(uuid4())))
        return made[-1]

    yield issue
    for each in made:
        gateway.cancel_invoice(each.gateway_id)


def test_an_invoice_and_what_it_shows(customer: str, issued: Issuer) -> None:
    asked = bill(customer)
    invoice = issued(asked)
    assert (invoice.status, invoice.amount, invoice.paid, invoice.currency) == ("UNPAID", 43_550, 0, "USD")
    assert (invoice.note, invoice.number) == (asked.note, asked.number)
    assert invoice.url is not None
    assert invoice.url.startswith("http")
    assert gateway.get_invoice(invoice.gateway_id) == invoice
    assert gateway.payments_of_order(invoice.order_id) == ()


def test_the_same_key_is_the_same_invoice(customer: str, issued: Issuer) -> None:
    asked, key = bill(customer), str(uuid4())
    assert issued(asked, key=key) == issued(asked, key=key)


def test_a_longest_key_of_ours_is_taken(customer: str, issued: Issuer) -> None:
    assert issued(bill(customer), key="k" * 36).status == "UNPAID"


def test_the_same_key_for_another_bill_is_no_answer(customer: str, issued: Issuer) -> None:
    key = str(uuid4())
    issued(bill(customer), key=key)
    with pytest.raises(OutcomeUnknown):
        issued(bill(customer, lines=[InvoiceLine("Ride", 1_000)]), key=key)


def test_a_number_is_given_once(customer: str, issued: Issuer) -> None:
    asked = bill(customer)
    issued(asked)
    with pytest.raises(Refused):
        issued(asked)


def test_a_cancelled_invoice_stays_so_whoever_asks_again(customer: str, issued: Issuer) -> None:
    asked, key = bill(customer), str(uuid4())
    invoice = issued(asked, key=key)
    assert gateway.cancel_invoice(invoice.gateway_id).status == "CANCELED"
    assert gateway.cancel_invoice(invoice.gateway_id).status == "CANCELED"
    assert issued(asked, key=key).status == "CANCELED"


def test_it_may_be_due_today(customer: str, issued: Issuer) -> None:
    assert issued(bill(customer, due_on=utc_now().date())).status == "UNPAID"


def test_an_invoice_that_is_not_there() -> None:
    for call in (gateway.get_invoice, gateway.cancel_invoice):
        with pytest.raises(Refused) as refused:
            call("inv:0-no-such-invoice")
        assert refused.value.code == "NOT_FOUND"


def test_paid_on_its_page_it_names_its_payment(request: pytest.FixtureRequest, provider: str, issued: Issuer) -> None:
    """Square's own page is paid by people alone: this half is the sandbox's."""
    if provider != "local":
        pytest.skip("Nobody pays at Square's page here.")
    sandbox = request.getfixturevalue("sandbox")
    invoice = issued()
    sandbox.pay_invoice(invoice.gateway_id)
    paid = gateway.get_invoice(invoice.gateway_id)
    assert (paid.status, paid.paid) == ("PAID", 43_550)
    (payment_id,) = gateway.payments_of_order(invoice.order_id)
    payment = gateway.get(payment_id)
    assert (payment.status, payment.amount) == ("COMPLETED", 43_550)
    assert gateway.cancel_invoice(invoice.gateway_id).status == "PAID"
    assert give_back(payment, 1_000).payment_id == payment_id


def test_silence_at_any_step_is_asked_again_with_the_same_key(
    request: pytest.FixtureRequest, provider: str, customer: str
) -> None:
    """The answer is lost after the effect, at each of the three calls: in the end there is one invoice."""
    if provider != "local":
        pytest.skip("Square's own network does not fail on demand.")
    sandbox = request.getfixturevalue("sandbox")
    asked, key = bill(customer), str(uuid4())
    for step in ("/v2/orders", "/v2/invoices", "/publish"):
        sandbox.inject("drop_after", path=step, method="POST", count=1)
        with pytest.raises(OutcomeUnknown):
            gateway.issue(asked, key=key)
    assert gateway.issue(asked, key=key).status == "UNPAID"
    assert len(sandbox.invoices()) == 1
