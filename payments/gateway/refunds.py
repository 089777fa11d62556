"""A refund at Square: accepted at once, completed later."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from django.conf import settings
from square.core.unchecked_base_model import construct_type
from square.types.payment_refund import PaymentRefund as SquareRefund

from payments.gateway.calling import ONCE, PAGE, ask, client, pages

RefundStatus = Literal["PENDING", "COMPLETED", "REJECTED", "FAILED"]


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as Square has it; `amount` in cents."""

    gateway_id: str
    payment_id: str
    status: RefundStatus
    amount: int
    currency: str = ""
    created_at: datetime | None = None


def refund(*, gateway_id: str, amount: int, currency: str, key: str, reason: str) -> Refund:
    """Give `amount` back. Accepted as PENDING; the last word comes by webhook or `get_refund`."""
    answer = ask(
        lambda: client().refunds.refund_payment(
            idempotency_key=key,
            amount_money={"amount": amount, "currency": cast(Any, currency)},
            payment_id=gateway_id,
            reason=reason,
            request_options=ONCE,
        )
    )
    return _refund(answer.refund)


def get_refund(refund_id: str) -> Refund:
    """The refund as it is now."""
    return _refund(ask(lambda: client().refunds.get(refund_id, request_options=ONCE)).refund)


def refunds_between(begin: datetime, end: datetime) -> Iterator[Refund]:
    """Refunds of our location that were asked for in this time; otherwise as `payments_between`."""
    found = pages(
        lambda: client().refunds.list(
            begin_time=begin.isoformat(),
            end_time=end.isoformat(),
            sort_order="ASC",
            location_id=settings.SQUARE_LOCATION_ID,
            limit=PAGE,
            request_options=ONCE,
        )
    )
    return (_refund(each) for each in found)


def read_refund(document: Mapping[str, Any]) -> Refund:
    """The refund in a webhook. Raises `ValueError` when it is not one."""
    return _refund(construct_type(type_=SquareRefund, object_=document))


def _refund(found: SquareRefund | None) -> Refund:
    if not (found and found.id and found.payment_id and found.amount_money.amount is not None):
        raise ValueError("This is no refund of Square's.")
    return Refund(
        gateway_id=found.id,
        payment_id=found.payment_id,
        status=cast(RefundStatus, found.status),
        amount=found.amount_money.amount,
        currency=str(found.amount_money.currency),
        created_at=datetime.fromisoformat(found.created_at) if found.created_at else None,
    )
