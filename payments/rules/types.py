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
