"""What a payment amounts to in the books, from its own state alone. No I/O."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.ledger.documents import Booked, Split
from payments.ledger.kinds import Account, DisputeState
from payments.ledger.sharing import Shares, share
from payments.rules.types import PaymentMethod, TransactionStatus

if TYPE_CHECKING:
    from payments.tables import PaymentTransaction

TAKEN = (TransactionStatus.CAPTURED, TransactionStatus.REFUNDED)
OTHERWISE = "ZZ"
"""The jurisdiction of a ride whose booking names none."""

Accounts = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Cents of one payment, in all, so far."""

    charged: int = 0
    """Billed: by taking it from the card, or by an invoice."""
    received: int = 0
    refunded: int = 0
    disputed: int = 0
    """Held back while a dispute is open."""
    lost: int = 0
    """To disputes: given back by the bank."""

    @property
    def kept(self) -> int:
        """What is shared."""
        return self.charged - self.refunded - self.lost

    @property
    def paid(self) -> int:
        """By the customer, and not given back."""
        return self.received - self.refunded - self.lost


NOTHING = Standing()


def of_payment(row: "PaymentTransaction") -> Standing:
    """What its row says. A hold is no money: it stands at nothing until it is captured."""
    taken = row.amount if row.status in TAKEN else 0
    billed = row.amount if row.issued_at is not None and row.status is TransactionStatus.PENDING else 0
    disputes = {state: sum(each.amount for each in row.disputes if each.state is state) for state in DisputeState}
    return Standing(
        charged=taken or billed,
        received=taken,
        refunded=row.refunded,
        disputed=disputes[DisputeState.OPEN],
        lost=disputes[DisputeState.LOST],
    )


def of_books(booked: Booked | None) -> Standing:
    """What was posted of it."""
    if booked is None:
        return NOTHING
    return Standing(booked.charged, booked.received, booked.refunded, booked.disputed, booked.lost)


def cash_of(method: PaymentMethod) -> Account:
    """Invoices are paid through Square too."""
    return Account.BANK if method is PaymentMethod.WIRE else Account.SQUARE


def tax_account(split: Split | None) -> str:
    return f"{Account.TAX}:{(split and split.jurisdiction) or OTHERWISE}"


def shares_of(standing: Standing, split: Split | None) -> Shares:
    """Nothing for a payment without a split: it waits in suspense."""
    return share(split, standing.kept) if split is not None else Shares()


def between(before: Standing, after: Standing, old: Split | None, new: Split | None, cash: Account) -> Accounts:
    """The lines that lead from one standing to another; they sum to zero. `old` and `new` is the split then and now.

    First what is billed: the customer against those whose it is. Then what is paid: the money against the customer.
    """
    return [line for line in _lines(before, after, old, new, cash) if line[1]]


def _lines(
    before: Standing, after: Standing, old: Split | None, new: Split | None, cash: Account
) -> Iterator[tuple[str, int]]:
    was, now = shares_of(before, old), shares_of(after, new)
    yield Account.CUSTOMER, after.kept - before.kept
    yield tax_account(new or old), was.tax - now.tax
    yield Account.FEE, was.fee - now.fee
    yield Account.OPERATOR, was.operator - now.operator
    yield Account.DRIVER, was.driver - now.driver
    yield Account.SUSPENSE, (before.kept if old is None else 0) - (after.kept if new is None else 0)
    yield Account.DISPUTED, after.disputed - before.disputed
    yield cash, (after.paid - after.disputed) - (before.paid - before.disputed)
    yield Account.CUSTOMER, before.paid - after.paid
