"""What can differ between Square's books and ours, and what puts it right."""

from enum import StrEnum


class DifferenceKind(StrEnum):
    MISSING_HERE = "MISSING_HERE"
    """Square holds or took money for a payment of ours that we have no record of."""
    MISSING_THERE = "MISSING_THERE"
    """We have a payment or a refund that Square does not know."""
    STATE = "STATE"
    """Authorised, captured, released or given back: one of us is behind."""
    AMOUNT = "AMOUNT"
    CURRENCY = "CURRENCY"
    REFUND_UNKNOWN = "REFUND_UNKNOWN"
    """Money went back at Square, and we do not know of it."""
    REFUND_STATE = "REFUND_STATE"
    REFUND_REJECTED = "REFUND_REJECTED"
    """The bank rejected what a cancellation gives back, every time: it has to go by another way."""
    DISPUTED = "DISPUTED"
    """The card's holder wants the money back: finance answers their bank at Square, in time."""
    DUPLICATE = "DUPLICATE"
    """A second charge or hold for what was paid already."""
    OVERBILLED = "OVERBILLED"
    """An open invoice asks for more than is owed by now: the ride was shorter, or cost less."""
    STUCK = "STUCK"
    """Asked long ago, and the answer was never recorded."""


class Mend(StrEnum):
    """Who says what is true is Square: it has the money. Nothing here ever charges a card."""

    FOLLOW = "FOLLOW"
    """Take over what Square says, as the webhook that did not come would have."""
    RELEASE = "RELEASE"
    """Let go of a hold that nobody needs."""
    SETTLE = "SETTLE"
    """Finish what is under way, with the keys that were stored."""
    REISSUE = "REISSUE"
    """Call the invoice off at Square, and ask for what is owed."""
    CORRECT = "CORRECT"
    """Take over what Square says against what we have on record."""
    REFUND = "REFUND"
    """Give the money back."""
    REVIEW = "REVIEW"
    """A person must find out: nothing that we could do is right by itself."""

    @property
    def by_itself(self) -> bool:
        """Whether a run may do it without a person: it moves no money, and contradicts no record."""
        return self in (Mend.FOLLOW, Mend.RELEASE, Mend.SETTLE, Mend.REISSUE)


class DifferenceStatus(StrEnum):
    OPEN = "OPEN"
    MENDED = "MENDED"
    DISMISSED = "DISMISSED"
    """A person looked, and said why it may stay. It is opened again when what differs changes."""
