"""What payments tells the apps above it. Each is in the outbox with the state it tells of; it may be heard twice."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaymentSettled:
    """The money was taken: `amount` cents, less than authorised for a cancellation fee."""

    reference: str
    transaction_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentVoided:
    """A hold on the card was released on purpose; no money moved."""

    reference: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class PaymentFailed:
    """A hold that the booking counted on is gone (Square lets it lapse after seven days); nothing was taken."""

    reference: str
    transaction_id: str
    code: str


@dataclass(frozen=True, slots=True)
class PaymentRefunded:
    """`amount` cents went back by this refund, `refunded` by all so far, out of `captured`."""

    reference: str
    transaction_id: str
    amount: int
    refunded: int
    captured: int

    @property
    def is_full(self) -> bool:
        return self.refunded == self.captured


@dataclass(frozen=True, slots=True)
class RefundFailed:
    """The bank refused a refund that had been accepted: the money is still ours."""

    reference: str
    transaction_id: str
    amount: int
    code: str


@dataclass(frozen=True, slots=True)
class PaymentCorrected:
    """What we had on record was not what Square has: look at the payment again."""

    reference: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class PaymentDiffers:
    """Square took, or gave back, another amount or currency than was asked for: finance decides what is true.

    Nothing is recorded of it until then. Heard by payments itself.
    """

    transaction_id: str


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """A payment on account was asked for: its invoice can be sent."""

    reference: str
    transaction_id: str


@dataclass(frozen=True, slots=True)
class InvoiceOverdue:
    """It was due and is not paid; `reminder` counts from 1."""

    reference: str
    transaction_id: str
    reminder: int


@dataclass(frozen=True, slots=True)
class CardRemoved:
    """A card on file is charged no more: its holder took it away, or it was disabled at Square."""

    card_id: str
    payer_id: str


@dataclass(frozen=True, slots=True)
class WebhookReceived:
    """A webhook was stored and waits to be handled. Heard by payments itself."""

    event_id: str
