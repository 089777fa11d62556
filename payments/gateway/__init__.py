"""Square, narrowed to what Atlas asks of it, a module per kind of object; nothing else imports the SDK.

An answer is one of three things. A definite yes is a value. A definite no is `Declined` (the card) or raises `Refused`
(the request). Anything else raises `OutcomeUnknown`: the money may have moved, so the caller asks again *with the same
key*. The SDK's own retries are off, because it would retry for longer than a person waits and cannot see time-outs.

The SDK keeps no state between calls and `httpx.Client` is thread-safe: one client serves a process.
"""

from payments.gateway.calling import OutcomeUnknown, Refused, client
from payments.gateway.cards import Card, cards_of, disable_card, get_card, read_card, save_card
from payments.gateway.customers import customer_for, delete_customer, find_customer
from payments.gateway.disputes import Dispute, all_disputes, get_dispute, read_dispute
from payments.gateway.invoices import (
    Bill,
    Invoice,
    InvoiceLine,
    cancel_invoice,
    get_invoice,
    issue,
    payments_of_order,
    read_invoice,
)
from payments.gateway.payments import (
    Declined,
    Payment,
    authorize,
    capture,
    get,
    payments_between,
    read_payment,
    void,
    void_by_key,
)
from payments.gateway.refunds import Refund, get_refund, read_refund, refund, refunds_between

__all__ = [
    "Bill",
    "Card",
    "Declined",
    "Dispute",
    "Invoice",
    "InvoiceLine",
    "OutcomeUnknown",
    "Payment",
    "Refund",
    "Refused",
    "all_disputes",
    "authorize",
    "cancel_invoice",
    "capture",
    "cards_of",
    "client",
    "customer_for",
    "delete_customer",
    "disable_card",
    "find_customer",
    "get",
    "get_card",
    "get_dispute",
    "get_invoice",
    "get_refund",
    "issue",
    "payments_between",
    "payments_of_order",
    "read_card",
    "read_dispute",
    "read_invoice",
    "read_payment",
    "read_refund",
    "refund",
    "refunds_between",
    "save_card",
    "void",
    "void_by_key",
]
