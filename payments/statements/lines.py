"""A posting as a line of a statement, and the sums of many. No I/O.

Of every line, and so of every sum: `gross + payout = tax + fee + drivers + operator + suspense`, in cents, and what the
operator is owed grows by the last three.
"""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Self

from payments.ledger.kinds import PAYOUTS, Account, PostingKind
from payments.ledger.tables import LedgerPosting


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Cents."""

    gross: int = 0
    """Billed to the customer; below zero what was given back."""
    tax: int = 0
    fee: int = 0
    """The platform's."""
    drivers: int = 0
    operator: int = 0
    """Net: what is left for the operator."""
    suspense: int = 0
    """Taken, and not yet shared."""
    payout: int = 0
    """Below zero: paid to the operator or its drivers."""

    def __add__(self, other: "Amounts") -> "Amounts":
        return Amounts(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(Amounts)})

    @property
    def owed(self) -> int:
        """By which what the operator is owed grows."""
        return self.drivers + self.operator + self.suspense

    @classmethod
    def of(cls, posting: LedgerPosting) -> Self:
        tax, fee = -posting.sum(Account.TAX), -posting.sum(Account.FEE)
        drivers, operator = -posting.sum(Account.DRIVER), -posting.sum(Account.OPERATOR)
        suspense = -posting.sum(Account.SUSPENSE)
        moved = tax + fee + drivers + operator + suspense
        is_payout = posting.kind in PAYOUTS
        return cls(
            gross=0 if is_payout else moved,
            tax=tax,
            fee=fee,
            drivers=drivers,
            operator=operator,
            suspense=suspense,
            payout=moved if is_payout else 0,
        )

    @property
    def state(self) -> dict[str, int]:
        """As a job's checkpoint keeps it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is owed at some moment, in cents."""

    drivers: int = 0
    operator: int = 0
    suspense: int = 0

    @property
    def owed(self) -> int:
        return self.drivers + self.operator + self.suspense

    def after(self, moved: Amounts) -> "Balance":
        return Balance(self.drivers + moved.drivers, self.operator + moved.operator, self.suspense + moved.suspense)


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    kind: PostingKind
    name: str
    """What people call what was paid for: `ATL-7K3M9Q`; of a payout the bank's reference."""
    payment: str
    """Id of the payment; of a payout that of the posting."""
    amounts: Amounts
    owed: int
    """After it."""
    note: str
