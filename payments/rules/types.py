"""The closed vocabularies of a payment."""

from enum import StrEnum


class TransactionStatus(StrEnum):
    """The seed's five states and one more.

    VOIDED is an authorisation that was released on purpose. The seed has no word for it, and FAILED would
    be wrong: a failed payment is chased or retried, a voided one is settled for good with no money moved.
    """

    PENDING = "PENDING"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"
    VOIDED = "VOIDED"


class PaymentMethod(StrEnum):
    """CARD is authorised and captured through the gateway; INVOICE and WIRE are paid outside and recorded."""

    CARD = "CARD"
    INVOICE = "INVOICE"
    WIRE = "WIRE"


class PaymentPurpose(StrEnum):
    """What a payment of a booking is for. There may be several; a RIDE's alone makes the booking PAID."""

    RIDE = "RIDE"
    EXTRA = "EXTRA"
    """Beyond the agreed price: waiting time, extra hours."""
    TIP = "TIP"


class OperationKind(StrEnum):
    """One logical request to the gateway; each has one idempotency key for its whole life."""

    AUTHORIZE = "authorize"
    ISSUE = "issue"
    """An invoice; of a wire the asking itself, which no gateway hears of."""
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class OperationState(StrEnum):
    """PENDING until the gateway's last word: not asked yet, asked and unanswered, or a refund on its way."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"
