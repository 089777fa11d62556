"""Who gets what of an amount. One rule for a capture, a part of one, and what refunds leave of it. No I/O.

The split says who gets what of the whole. Of a part of it each gets the same proportion: tax, fee and driver each
rounded once, half to even, and never more than is left; the operator gets what remains. So the parts always sum to the
amount.

What is shared is always what is *kept* of a payment in all (captured, less everything given back). A refund posts the
difference between the shares before and after it: whatever its parts, the last one leaves every share at zero.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Protocol


class Splitting(Protocol):
    """`payments.ledger.documents.Split`, as far as the rule needs it."""

    subtotal: int
    tax: int
    platform_fee: int
    driver_payout: int

    @property
    def total(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Shares:
    """Cents that sum to the amount; `taxable` is what the tax in it was raised on, and no share."""

    tax: int = 0
    fee: int = 0
    driver: int = 0
    operator: int = 0
    taxable: int = 0

    @property
    def total(self) -> int:
        return self.tax + self.fee + self.driver + self.operator


def share(split: Splitting, amount: int) -> Shares:
    """`amount` cents (0 or more, usually up to the whole) among those whose they are."""
    if amount == 0:
        return Shares()
    if amount < 0 or split.total <= 0:
        return Shares(operator=amount, taxable=amount)
    tax = min(_part(split.tax, amount, split.total), amount)
    fee = min(_part(split.platform_fee, amount, split.total), amount - tax)
    driver = min(_part(split.driver_payout, amount, split.total), amount - tax - fee)
    return Shares(
        tax=tax,
        fee=fee,
        driver=driver,
        operator=amount - tax - fee - driver,
        taxable=_part(split.subtotal, amount, split.total),
    )


def _part(part: int, amount: int, whole: int) -> int:
    return int((Decimal(part) * amount / whole).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
