"""The closed vocabularies of the ledger."""

from enum import StrEnum


class Account(StrEnum):
    """Debits are positive, credits negative: what we have or are owed is above zero, what we owe is below."""

    CUSTOMER = "customer"
    """Receivable: what was billed and is not paid yet. Zero for a card, which is billed and paid at once."""
    SQUARE = "square"
    """Cash at Square."""
    BANK = "bank"
    """Cash at our bank: wires come in, payouts go out."""
    DISPUTED = "disputed"
    """Taken back by Square while a dispute is open."""
    FEE = "fee"
    """The platform's own: its fee."""
    TAX = "tax"
    """Owed to a jurisdiction; in a line with its code, `tax:US-NY`."""
    OPERATOR = "operator"
    """Owed to the operator: the subtotal without the driver's part."""
    DRIVER = "driver"
    """Owed to the operator's drivers."""
    SUSPENSE = "suspense"
    """Taken, and not known for whom: payments from before there were splits, until `backfill` finds theirs."""


class PostingKind(StrEnum):
    CAPTURE = "CAPTURE"
    PARTIAL_CAPTURE = "PARTIAL_CAPTURE"
    """Less than was authorised: the final price was lower."""
    CANCELLATION_FEE = "CANCELLATION_FEE"
    NO_SHOW = "NO_SHOW"
    TIP = "TIP"
    EXTRA = "EXTRA"
    """Waiting time, extra hours: a second authorisation."""
    INVOICE_ISSUED = "INVOICE_ISSUED"
    INVOICE_PAID = "INVOICE_PAID"
    INVOICE_CANCELED = "INVOICE_CANCELED"
    WIRE_RECEIVED = "WIRE_RECEIVED"
    REFUND = "REFUND"
    DISPUTE_OPENED = "DISPUTE_OPENED"
    DISPUTE_WON = "DISPUTE_WON"
    DISPUTE_LOST = "DISPUTE_LOST"
    CORRECTION = "CORRECTION"
    """What is left between the books and the payment: reconciliation took over what Square says."""
    ALLOCATION = "ALLOCATION"
    """The split of an older payment was found: from suspense to whom it is owed."""
    OPERATOR_PAYOUT = "OPERATOR_PAYOUT"
    DRIVER_PAYOUT = "DRIVER_PAYOUT"


PAYOUTS = (PostingKind.OPERATOR_PAYOUT, PostingKind.DRIVER_PAYOUT)


class DisputeState(StrEnum):
    OPEN = "OPEN"
    WON = "WON"
    LOST = "LOST"
