"""Which postings lead from what is booked of a payment to how it stands now. No I/O.

Each operation has one posting, whose name is made of it (`capture`, `refund <key>`), and its id of payment and name: it
exists once. What the operations do not explain (a record that was corrected) is one posting more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from payments.ledger.documents import Booked, Split
from payments.ledger.kinds import DisputeState, PostingKind
from payments.ledger.standing import NOTHING, Accounts, Standing, between, cash_of, of_books, of_payment, shares_of
from payments.rules.types import OperationKind, OperationState, PaymentMethod, PaymentPurpose

if TYPE_CHECKING:
    from payments.tables import Operation, PaymentTransaction

K = PostingKind
SAID = frozenset({K.TIP, K.EXTRA, K.CANCELLATION_FEE, K.NO_SHOW})
"""As a payment's purpose, or the reason of its capture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A posting to be: its lines sum to zero."""

    name: str
    kind: PostingKind
    lines: Accounts
    currency: str
    taxable: int
    """Cents by which what is taxed grows; below zero when it shrinks."""
    at: datetime
    """When it happened at Square, as far as that is known."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one operation adds to where the payment stands."""

    name: str
    kind: PostingKind
    at: datetime
    change: dict[str, int]
    note: str | None = None

    def after(self, here: Standing) -> Standing:
        return replace(here, **{name: getattr(here, name) + by for name, by in self.change.items()})


def posting_id(transaction_id: str, name: str) -> str:
    return str(uuid5(UUID(transaction_id), f"ledger {name}"))


def due(row: "PaymentTransaction", booked: Booked | None, now: datetime | None) -> list[Entry]:
    """What has to be posted, oldest first; nothing when the books say what the row says.

    `now` None dates each posting when its operation was asked for: books that are written afterwards.
    """
    return _Books(row, booked, now).bring_up()


class _Books:
    """Of one payment: where they stand (`here`, shared by `split`), and the entries so far."""

    def __init__(self, row: "PaymentTransaction", booked: Booked | None, now: datetime | None) -> None:
        self._row, self._now = row, now
        self._here = of_books(booked)
        self._currency = booked.currency if booked is not None else row.currency
        self._split: Split | None = row.split if booked is None or booked.allocated else None
        self._names = list(booked.entries) if booked is not None else []
        self._entries: list[Entry] = []

    def bring_up(self) -> list[Entry]:
        row, target = self._row, of_payment(self._row)
        if self._currency != row.currency:
            self._post(self._named(K.CORRECTION), NOTHING, self._split)
            self._currency = row.currency
        if row.split is not None and self._split is None:
            self._post(self._named(K.ALLOCATION), self._here, row.split)
        for step in _steps(row, self._here, target):
            if step.name not in self._names:
                self._post(step, step.after(self._here), row.split)
        self._post(self._named(K.CORRECTION), target, row.split)
        return self._entries

    def _post(self, step: Step, to: Standing, split: Split | None) -> None:
        lines = between(self._here, to, self._split, split, cash_of(self._row.method))
        if lines:
            taxable = shares_of(to, split).taxable - shares_of(self._here, self._split).taxable
            if self._row.purpose is PaymentPurpose.TIP:
                taxable = 0  # a gift to the driver
            entry = Entry(
                name=step.name,
                kind=step.kind,
                lines=lines,
                currency=self._currency,
                taxable=taxable,
                at=self._now or step.at,
                note=step.note,
            )
            self._entries.append(entry)
            self._names.append(step.name)
        self._here, self._split = to, split

    def _named(self, kind: PostingKind) -> Step:
        """One that no operation stands for: numbered, because there may be several."""
        at = self._now or max([self._row.created_at, *(each.at for each in self._row.operations)])
        return Step(f"{kind.lower()} {len(self._names)}", kind, at, {})


def _steps(row: "PaymentTransaction", here: Standing, target: Standing) -> list[Step]:
    """All that has happened, as its operations tell it."""
    return [*_billing(row, here, target), *sorted([*_refunds(row), *_disputes(row)], key=lambda step: step.at)]


def _billing(row: "PaymentTransaction", here: Standing, target: Standing) -> Iterator[Step]:
    if row.issued_at is not None:
        amount = target.charged or row.amount
        yield Step("issue", K.INVOICE_ISSUED, row.issued_at, {"charged": amount})
        if not target.charged:
            yield Step("cancel", K.INVOICE_CANCELED, row.updated_at, {"charged": -amount})
    if target.received and not here.received:
        capture = _capture_of(row)
        charged = 0 if row.issued_at is not None else target.charged - here.charged
        change = {"charged": charged, "received": target.received}
        yield Step("capture", _kind_of(row, capture), capture.at if capture else row.created_at, change)


def _refunds(row: "PaymentTransaction") -> Iterator[Step]:
    for each in row.refunds:
        if each.state is OperationState.DONE:
            yield Step(f"refund {each.key}", K.REFUND, each.at, {"refunded": each.amount}, each.reason)


def _disputes(row: "PaymentTransaction") -> Iterator[Step]:
    for each in row.disputes:
        yield Step(f"dispute {each.gateway_id}", K.DISPUTE_OPENED, each.at, {"disputed": each.amount}, each.reason)
        if each.state is DisputeState.WON:
            yield Step(f"won {each.gateway_id}", K.DISPUTE_WON, each.at, {"disputed": -each.amount})
        elif each.state is DisputeState.LOST:
            change = {"disputed": -each.amount, "lost": each.amount}
            yield Step(f"lost {each.gateway_id}", K.DISPUTE_LOST, each.at, change)


def _capture_of(row: "PaymentTransaction") -> "Operation | None":
    done = (each for each in row.operations if each.kind is OperationKind.CAPTURE and each.state is OperationState.DONE)
    return next(done, None)


def _kind_of(row: "PaymentTransaction", capture: "Operation | None") -> PostingKind:
    """By the payment's purpose and method; of a ride's by why it was taken, and whether all of it was."""
    if row.method is PaymentMethod.INVOICE:
        return K.INVOICE_PAID
    if row.method is PaymentMethod.WIRE:
        return K.WIRE_RECEIVED
    for said in (row.purpose, capture.reason if capture is not None else None):
        if said in SAID:
            return K(said)
    asked = next((each.amount for each in row.operations if each.kind is OperationKind.AUTHORIZE), row.amount)
    return K.PARTIAL_CAPTURE if row.amount < asked else K.CAPTURE
