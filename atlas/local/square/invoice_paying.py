"""Somebody pays an invoice on its page: what Square's own page does, asked for through the control API and our page."""

from datetime import timedelta
from typing import Any

from . import invoice_document, order_document, payment_document
from .calls import Answer, Call
from .fields import Fields, Money
from .invoice_records import load_invoice, save_invoice
from .orders import load_order, save_order
from .payment_document import Order
from .payment_records import insert_payment
from .sources import resolve_source
from .webhooks import record_event

_CARD = "cnon:card-nonce-ok"


def pay_invoice(call: Call) -> Answer:
    """``{"amount": 1000}``, cents, or all that is due: a payment by card, COMPLETED at once, a tender of the order."""
    fields = Fields(call.body, known={"amount"})
    document = load_invoice(call.db, call.path["invoice_id"])
    due = invoice_document.due(document)
    amount = fields.integer("amount", default=due, lowest=1, highest=2**53)
    document = invoice_document.pay(document, amount, now=call.now)
    payment = _pay(call, document, Money(amount, call.config.currency))
    save_invoice(call.db, document)
    record_event(call, "invoice.payment_made", "invoice", document)
    return Answer({"invoice": document, "payment": payment})


def _pay(call: Call, invoice: dict[str, Any], amount: Money) -> dict[str, Any]:
    customer = invoice["primary_recipient"]["customer_id"]
    order = Order(
        amount=amount,
        tip=None,
        location_id=invoice["location_id"],
        autocomplete=True,
        delay=timedelta(days=7),
        delay_text="PT168H",
        delay_action="CANCEL",
        statement="LOCAL SANDBOX",
        echoed={
            "order_id": invoice["order_id"],
            "customer_id": customer,
            "application_details": {"square_product": "INVOICES"},
        },
    )
    payment = payment_document.authorize(order, resolve_source(_CARD), now=call.now)
    payment = payment_document.capture(payment, now=call.now, public_url=call.config.public_url)
    insert_payment(call.db, payment)
    record_event(call, "payment.created", "payment", payment)
    record_event(call, "payment.updated", "payment", payment)
    document = order_document.pay(load_order(call.db, invoice["order_id"]), payment, now=call.now)
    save_order(call.db, document)
    return payment
