"""Every write of a payment, one module per use case; this is the face of all of them.

Each request to Square goes through three steps: its idempotency key is saved under the row's version; Square is asked;
the answer is saved together with its event. Whatever stops in between (a time-out, a crash, a lost race) is finished by
running the same use case again: it finds the key and replays it, so money moves once. `payments.tasks` does that for
operations that nobody came back for.
"""

from payments.gateway import Declined
from payments.gateway import Payment as Authorized
from payments.services.authorizing import (
    abandon,
    authorize,
    is_undecided,
    open_authorization,
    record_authorization,
    settle_unknown,
)
from payments.services.closing import capture, void
from payments.services.refunding import follow_refund, refund
from payments.services.staff import capture_by, refund_by, void_by

__all__ = [
    "Authorized",
    "Declined",
    "abandon",
    "authorize",
    "capture",
    "capture_by",
    "follow_refund",
    "is_undecided",
    "open_authorization",
    "record_authorization",
    "refund",
    "refund_by",
    "settle_unknown",
    "void",
    "void_by",
]
