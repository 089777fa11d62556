"""What was paid for the demo's rides: held and taken at the local sandbox, so that it can be refunded like any other.

The sandbox takes all of it in one call, dated back and without webhooks: nothing is left to be delivered when the web
comes up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings

from atlas.dynamo.transaction import Transaction
from bookings.demo.cast import demo_id
from bookings.demo.items import Ride
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import PaymentStatus
from bookings.selling import sale, split
from fleet.tables import Operator
from payments import gateway, operations, progress
from payments.ledger.kinds import PostingKind
from payments.rules.types import OperationKind, PaymentMethod, TransactionStatus
from payments.services import record_authorization
from payments.services.asking import NOTE
from payments.tables import PaymentTransaction

TIMEOUT_SECONDS = 30.0
BOOKED_AS = {
    TransactionStatus.AUTHORIZED: PaymentStatus.AUTHORIZED,
    TransactionStatus.CAPTURED: PaymentStatus.CAPTURED,
}


def payments_of(rides: Sequence[Ride], operators: Mapping[str, Operator], now: datetime) -> list[PaymentTransaction]:
    """The payment of each ride that was sold, and the booking's word on it. Raises `httpx.HTTPError`."""
    rows = {ride.id: _held(ride, operators) for ride in rides if ride.offer}
    at_square = [ride for ride in rides if ride.offer and ride.kept != 0]
    documents = _import([_entry(ride, rows[ride.id], now) for ride in at_square])
    for ride, document in zip(at_square, documents, strict=True):
        _follow(ride, rows[ride.id], gateway.read_payment(document), now)
    for ride in rides:
        if ride.id in rows:
            _book(ride, rows[ride.id])
    return list(rows.values())


def _held(ride: Ride, operators: Mapping[str, Operator]) -> PaymentTransaction:
    """Asked for; of a ride whose hold was let go also answered, as nobody asks the sandbox for it again."""
    assert ride.offer is not None
    at, price = ride.accepted_at, ride.offer.price
    payee_id = demo_id(ride.offer.company.key)
    ride.booking.sold = sale(ride.booking, operators[payee_id], price)
    row = PaymentTransaction(
        id=demo_id(f"payment.{ride.story.number}"),
        reference=ride.id,
        payer_id=ride.booking.concierge_id,
        payee_id=payee_id,
        amount=price,
        split=split(ride.booking, ride.booking.sold),
        currency="USD",
        method=PaymentMethod.CARD,
        created_at=at,
        created_day=f"{at:%Y-%m-%d}",
    )
    operations.start(row, OperationKind.AUTHORIZE, price, now=at)
    if ride.kept == 0:
        operations.finish(row, operations.authorization(row))
        operations.finish(row, operations.start(row, OperationKind.VOID, price, now=at))
        row.status = TransactionStatus.VOIDED
    return row


def _entry(ride: Ride, row: PaymentTransaction, now: datetime) -> dict[str, Any]:
    """A hold begins today, or it would lapse in the days to come."""
    created_at = row.created_at if ride.kept else now
    return {
        "reference_id": ride.id,
        "note": f"{NOTE}{row.id}",
        "amount_money": {"amount": ride.kept or row.amount, "currency": row.currency},
        "captured": bool(ride.kept),
        "created_at": created_at.isoformat(),
    }


def _import(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = httpx.post(
        f"{settings.SQUARE_BASE_URL}/_control/payments",
        json={"payments": entries},
        timeout=TIMEOUT_SECONDS,
        trust_env=False,
    )
    return list(answer.raise_for_status().json()["payments"])


def _follow(ride: Ride, row: PaymentTransaction, payment: gateway.Payment, now: datetime) -> None:
    """Where the sandbox has it; what follows from the events of it has happened already."""
    booking = ride.booking
    record_authorization(tx=Transaction(), transaction=row, outcome=payment)
    if ride.kept:
        at = min(booking.completed_at or booking.cancelled_at or row.created_at, now)
        reason = PostingKind.CANCELLATION_FEE if booking.status is BookingStatus.CANCELLED else None
        operations.start(row, OperationKind.CAPTURE, ride.kept, now=at, reason=reason)
        progress.follow_payment(row, payment)


def _book(ride: Ride, row: PaymentTransaction) -> None:
    booking = ride.booking
    booking.transaction_id = row.id
    booking.payment_status = BOOKED_AS.get(row.status, PaymentStatus.PENDING)
    if booking.status is BookingStatus.COMPLETED:
        booking.payment_status = PaymentStatus.PENDING
