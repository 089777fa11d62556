"""What a run went through: how many payments and refunds on either side, and how much, per currency."""

from collections.abc import Iterator
from typing import Any

from payments.billing.rules import ON_ACCOUNT
from payments.gateway import Payment, Refund
from payments.tables import PaymentTransaction

HERE, THERE = "Atlas", "Square"
REFUNDED = "refunds completed"
_WORDS = {
    "APPROVED": "held",
    "AUTHORIZED": "held",
    "COMPLETED": "taken",
    "CAPTURED": "taken",
    "REFUNDED": "taken",
    "CANCELED": "released or failed",
    "FAILED": "released or failed",
    "VOIDED": "released or failed",
}
"""States of both sides in the same words, so that lines can be held beside each other."""


class Totals:
    """Counted page by page; `state` is plain JSON and goes into the checkpoint."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self.state: dict[str, list[int]] = dict(state or {})

    def count_payment(self, payment: Payment) -> None:
        self._add(THERE, payment.currency, _WORDS.get(payment.status, payment.status.lower()), payment.amount)

    def count_refund(self, refund: Refund) -> None:
        if refund.status == "COMPLETED":
            self._add(THERE, refund.currency, REFUNDED, refund.amount)

    def count_row(self, row: PaymentTransaction) -> None:
        what = _WORDS.get(row.status.value, row.status.lower())
        if row.method in ON_ACCOUNT:  # paid at another time, or not at Square at all
            what += " on account"
        self._add(HERE, row.currency, what, row.amount)

    def lines(self) -> Iterator[tuple[str, str, str, int, int]]:
        """Side, currency, what, how many, cents."""
        for key, (count, cents) in sorted(self.state.items()):
            side, currency, what = key.split("|")
            yield side, currency, what, count, cents

    def _add(self, side: str, currency: str, what: str, cents: int) -> None:
        count, sum_ = self.state.get(f"{side}|{currency}|{what}", (0, 0))
        self.state[f"{side}|{currency}|{what}"] = [count + 1, sum_ + cents]
