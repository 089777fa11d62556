"""Square, narrowed to what Atlas asks of it, a module per kind of object; nothing else imports the SDK.

An answer is one of three things. A definite yes is a value. A definite no is `Declined` (the card) or raises `Refused`
(the request). Anything else raises `OutcomeUnknown`: the money may have moved, so the caller asks again *with the same
key*. The SDK's own retries are off, because it would retry for longer than a person waits and cannot see time-outs.

The SDK keeps no state between calls and `httpx.Client` is thread-safe: one client serves a process.
"""

from payments.gateway.calling import OutcomeUnknown, Refused, client
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
    "Declined",
    "OutcomeUnknown",
    "Payment",
    "Refund",
    "Refused",
    "authorize",
    "capture",
    "client",
    "get",
    "get_refund",
    "payments_between",
    "read_payment",
    "read_refund",
    "refund",
    "refunds_between",
    "void",
    "void_by_key",
]
