"""Payments as they are when they were taken, past Square: for books of any day, and of very many."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from atlas.dynamo.transaction import transact
from payments.ledger.documents import Split
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.tables import Operation, PaymentTransaction
from tests.payments.conftest import CONCIERGE
from tests.payments.test_ledger import NEW_YORK, PRICE


def captured(at: datetime, **changes: Any) -> PaymentTransaction:
    """As it is when it was taken, not stored yet."""
    row = PaymentTransaction(
        id=str(uuid4()),
        reference=str(uuid4()),
        payer_id=CONCIERGE,
        payee_id=str(uuid4()),
        amount=PRICE,
        status=TransactionStatus.CAPTURED,
        split=Split(**NEW_YORK),
        created_at=at,
        created_day=f"{at:%Y-%m-%d}",
    )
    row.operations = [
        Operation(kind=kind, key=str(uuid4()), amount=PRICE, state=OperationState.DONE, at=at)
        for kind in (OperationKind.AUTHORIZE, OperationKind.CAPTURE)
    ]
    for name, value in changes.items():
        setattr(row, name, value)
    return row


def saved(row: PaymentTransaction) -> PaymentTransaction:
    with transact() as tx:
        tx.create(row)
    return row


def refunded(row: PaymentTransaction, amount: int, at: datetime, reason: str = "Late") -> PaymentTransaction:
    """The same with `amount` cents given back; not stored yet."""
    row.operations = [
        *row.operations,
        Operation(
            kind=OperationKind.REFUND, key=str(uuid4()), amount=amount, state=OperationState.DONE, at=at, reason=reason
        ),
    ]
    row.refunded += amount
    if row.refunded == row.amount:
        row.status = TransactionStatus.REFUNDED
    return row
