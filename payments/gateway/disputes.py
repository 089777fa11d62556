"""A dispute at Square: a card's holder asks their bank for the money back, and the bank decides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from square.core.unchecked_base_model import construct_type
from square.types.dispute import Dispute as SquareDispute

from payments.gateway.calling import ONCE, ask, client, pages


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute as Square has it; `amount` in cents of `currency`, `state` in Square's words."""

    gateway_id: str
    payment_id: str
    state: str
    amount: int
    currency: str
    reason: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None
    """Until when evidence may be sent."""


def get_dispute(dispute_id: str) -> Dispute:
    """The dispute as it is now."""
    return _dispute(ask(lambda: client().disputes.get(dispute_id, request_options=ONCE)).dispute)


def all_disputes() -> Iterator[Dispute]:
    """Every one there ever was, for Square's list takes no period: they are few."""
    return (_dispute(each) for each in pages(lambda: client().disputes.list(request_options=ONCE)))


def read_dispute(document: Mapping[str, Any]) -> Dispute:
    """The dispute in a webhook. Raises `ValueError` when it is not one."""
    return _dispute(construct_type(type_=SquareDispute, object_=document))


def _dispute(found: SquareDispute | None) -> Dispute:
    money, payment = (found.amount_money, found.disputed_payment) if found else (None, None)
    if not (found and money and payment and found.state and found.created_at):
        raise ValueError("This is no dispute of Square's.")
    gateway_id, payment_id = found.id or found.dispute_id, payment.payment_id
    if not gateway_id or not payment_id or money.amount is None:
        raise ValueError("This is no dispute of Square's.")
    return Dispute(
        gateway_id=gateway_id,
        payment_id=payment_id,
        state=str(found.state),
        amount=money.amount,
        currency=str(money.currency),
        reason=str(found.reason or ""),
        created_at=datetime.fromisoformat(found.created_at),
        updated_at=datetime.fromisoformat(found.updated_at or found.created_at),
        due_at=datetime.fromisoformat(found.due_at) if found.due_at else None,
    )
