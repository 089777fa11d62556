"""A payment as its page shows it: how it was paid, what was reserved, taken, given back, and each step of the way.

Pure: it reads a row and asks nobody. `templates/payments/_payment.html` shows one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from payments import operations
from payments.declines import Decline, explain
from payments.ledger.kinds import DisputeState
from payments.rules.types import OperationKind, OperationState, PaymentMethod, TransactionStatus
from payments.tables import Operation, PaymentTransaction

Words = str | Promise

METHODS: Mapping[str, Words] = MappingProxyType(
    {
        PaymentMethod.CARD: _("Card"),
        PaymentMethod.INVOICE: _("Invoice"),
        PaymentMethod.WIRE: _("Bank transfer"),
    }
)
STEPS: Mapping[tuple[str, str], Words] = MappingProxyType(
    {
        (OperationKind.AUTHORIZE, OperationState.PENDING): _("Asking the bank"),
        (OperationKind.AUTHORIZE, OperationState.DONE): _("Reserved on the card"),
        (OperationKind.AUTHORIZE, OperationState.FAILED): _("Declined"),
        (OperationKind.ISSUE, OperationState.PENDING): _("Invoice being issued"),
        (OperationKind.ISSUE, OperationState.DONE): _("Invoice issued"),
        (OperationKind.ISSUE, OperationState.FAILED): _("Square's page to pay it could not be made"),
        (OperationKind.CAPTURE, OperationState.PENDING): _("Being charged"),
        (OperationKind.CAPTURE, OperationState.DONE): _("Charged"),
        (OperationKind.CAPTURE, OperationState.FAILED): _("Could not be charged"),
        (OperationKind.VOID, OperationState.PENDING): _("Being released"),
        (OperationKind.VOID, OperationState.DONE): _("Released; nothing was charged"),
        (OperationKind.VOID, OperationState.FAILED): _("Could not be released"),
        (OperationKind.REFUND, OperationState.PENDING): _("Refund on its way"),
        (OperationKind.REFUND, OperationState.DONE): _("Refunded"),
        (OperationKind.REFUND, OperationState.FAILED): _("Refund refused by the bank"),
    }
)
"""What an operation is called, by how far it is; one that has no words here is called by its kind."""
DISPUTES: Mapping[str, Words] = MappingProxyType(
    {
        DisputeState.OPEN: _("Disputed by the card's holder"),
        DisputeState.WON: _("Dispute decided: the charge stands"),
        DisputeState.LOST: _("Dispute decided: given back by the bank"),
    }
)
DISPUTE_TONES = MappingProxyType({DisputeState.OPEN: "open", DisputeState.WON: "done", DisputeState.LOST: "failed"})
TONES = MappingProxyType({OperationState.PENDING: "open", OperationState.DONE: "done", OperationState.FAILED: "failed"})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done about the money; `amount` in cents."""

    at: datetime
    said: Words
    amount: int
    tone: str
    """`open`, `done` or `failed`."""
    note: Words = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One payment for people. Amounts in cents; `history` newest first."""

    id: str
    method: Words
    card: str
    """Brand and last four digits; empty where none was used."""
    status: TransactionStatus
    currency: str
    authorized: int
    captured: int
    refunded: int
    returning: int
    """Refunds that the bank has not confirmed yet."""
    history: tuple[Step, ...]
    decline: Decline | None
    """Why it came to nothing, for one that did."""
    invoice: str = ""
    """The number of its invoice, where one was issued."""


def shown(rows: Iterable[PaymentTransaction]) -> list[Shown]:
    """Each of `rows` as it is shown, in their order."""
    return [show(row) for row in rows]


def show(row: PaymentTransaction) -> Shown:
    taken = row.status in (TransactionStatus.CAPTURED, TransactionStatus.REFUNDED)
    return Shown(
        id=row.id,
        method=METHODS.get(row.method, str(row.method)),
        card=_card(row),
        status=row.status,
        currency=row.currency,
        authorized=_authorized(row),
        captured=row.amount if taken else 0,
        refunded=row.refunded,
        returning=operations.refunds_under_way(row),
        history=tuple(sorted([*map(_step, row.operations), *_disputes(row)], key=lambda step: step.at)[::-1]),
        decline=explain(_reason(row)) if row.status is TransactionStatus.FAILED else None,
        invoice=row.bill.number if row.bill is not None else "",
    )


def _authorized(row: PaymentTransaction) -> int:
    """What was reserved, whatever was taken of it later; 0 where nothing ever was."""
    held = [
        each.amount
        for each in row.operations
        if each.kind is OperationKind.AUTHORIZE and each.state is OperationState.DONE
    ]
    return max(held, default=0)


def _card(row: PaymentTransaction) -> str:
    brand = (row.metadata.card_brand or "").replace("_", " ").title()
    last_four = row.metadata.card_last4
    return f"{brand} •••• {last_four}".strip() if last_four else brand


def _reason(row: PaymentTransaction) -> str | None:
    """The newest no."""
    codes = [each.code for each in row.operations if each.state is OperationState.FAILED]
    return codes[-1] if codes else None


def _disputes(row: PaymentTransaction) -> list[Step]:
    """A decided one with the time of the decision."""
    return [
        Step(each.updated_at or each.at, DISPUTES[each.state], each.amount, DISPUTE_TONES[each.state])
        for each in row.disputes
    ]


def _step(operation: Operation) -> Step:
    said = STEPS.get((operation.kind, operation.state), str(operation.kind))
    note: Words = ""
    if operation.kind is OperationKind.AUTHORIZE and operation.state is OperationState.FAILED:
        note = explain(operation.code).said
    elif operation.kind is OperationKind.REFUND:
        note = operation.reason or ""
    return Step(operation.at, said, operation.amount, TONES.get(operation.state, "open"), note)
