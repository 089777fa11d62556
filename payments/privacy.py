"""What payments hold about people. The rows of a payment are found through its booking (`bookings.privacy`)."""

from collections.abc import Iterator

from accounts.privacy.registry import Holding, Part, Subject
from payments.reconciling.tables import PaymentDifference
from payments.tables import WebhookEvent


def _none(_: Subject) -> Iterator[WebhookEvent]:
    """Nothing in it says whose it is: what could is struck before it is stored."""
    return iter(())


def _no_difference(_: Subject) -> Iterator[PaymentDifference]:
    """It names payments, and staff by their id."""
    return iter(())


PART = Part(
    holdings=(
        Holding(
            table=WebhookEvent,
            what="The payment provider's news of a payment: ids, amounts, brand and last four digits of the card",
            why="To follow a payment to its end (contract)",
            found_by="Nothing: names, addresses and e-mail are struck before it is stored (`payments.rules.striking`)",
            erased="Ends by itself after 90 days; it names nobody",
            find=_none,
        ),
        Holding(
            table=PaymentDifference,
            what="Where the provider's books and ours differed: ids, amounts, which staff user settled it and why",
            why="Proof that the books are right (law)",
            found_by="Nothing: it names payments and staff by their ids",
            erased="Kept for 10 years, as the transactions that it tells of",
            find=_no_difference,
        ),
    ),
)
