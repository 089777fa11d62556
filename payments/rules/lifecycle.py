"""The life of one transaction: authorise, then capture or void; refund what was captured.

As with bookings there is one table, and a wrong state is a `Conflict`. A webhook that comes twice or late
asks `is_open` first and does nothing when the answer is no.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from atlas.errors import Conflict
from payments.rules.types import TransactionStatus


class PaymentAction(StrEnum):
    AUTHORIZE = "authorize"
    CAPTURE = "capture"
    VOID = "void"
    FAIL = "fail"
    REFUND = "refund"
    """A part or all of what is left; see `payments.rules.amounts.status_after_refund`."""


_S = TransactionStatus
_A = PaymentAction

TRANSITIONS: Mapping[tuple[TransactionStatus, PaymentAction], TransactionStatus] = MappingProxyType(
    {
        (_S.PENDING, _A.AUTHORIZE): _S.AUTHORIZED,
        (_S.PENDING, _A.CAPTURE): _S.CAPTURED,  # an INVOICE or WIRE is paid without having been authorised
        (_S.PENDING, _A.VOID): _S.VOIDED,
        (_S.PENDING, _A.FAIL): _S.FAILED,
        (_S.AUTHORIZED, _A.CAPTURE): _S.CAPTURED,
        (_S.AUTHORIZED, _A.VOID): _S.VOIDED,
        (_S.AUTHORIZED, _A.FAIL): _S.FAILED,  # the bank let the authorisation lapse
        (_S.CAPTURED, _A.REFUND): _S.REFUNDED,
    }
)

FINAL = frozenset(_S) - {status for status, _ in TRANSITIONS}
"""No money can move any more."""


def is_open(status: TransactionStatus, action: PaymentAction) -> bool:
    return (status, action) in TRANSITIONS


def transition(status: TransactionStatus, action: PaymentAction) -> TransactionStatus:
    """The status after `action`. Raises `Conflict` (`wrong_state`) with the status as it is."""
    target = TRANSITIONS.get((status, action))
    if target is None:
        raise Conflict(
            f"The payment is {status}; it cannot be changed by this: {action}.",
            code="wrong_state",
            details={
                "status": str(status),
                "actions": [str(other) for other in PaymentAction if is_open(status, other)],
            },
        )
    return target
