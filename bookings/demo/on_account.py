"""Some rides of the demo are on account: one invoice is open, one overdue, a transfer waits to be confirmed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from atlas.dynamo.table import Table
from atlas.shards import shard_of
from bookings.demo.cast import CONCIERGES, STAFF, demo_id
from bookings.demo.items import Ride
from bookings.demo.stories import Story
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.receipt_number import Paper, receipt_number, series_of
from bookings.selling import sale, split
from bookings.tables.receipts import ReceiptNumber
from fleet.tables import Operator
from payments import gateway, operations
from payments.billing.documents import Bill, BillTo, Wire
from payments.billing.rules import BillingStatus, WireWay, due_on, next_look
from payments.billing.tables import BillingAccount, BillingCredit
from payments.cards.tables import Payer
from payments.gateway import InvoiceLine
from payments.rules.types import OperationKind, PaymentMethod
from payments.services.asking import NOTE
from payments.tables import PaymentTransaction

TERMS_DAYS = 14
LIMIT = 500_000
AGES = {"open": timedelta(days=2), "wire": timedelta(days=6), "overdue": timedelta(days=17)}
"""What becomes of a ride, and how long ago it should have been; the rides nearest to that are taken."""
PAYER, HOTEL = CONCIERGES[0][0], CONCIERGES[0][2]
FINANCE = next(key for key, _, role in STAFF if role == "FINANCE")


def chosen(stories: Iterable[Story], now: datetime) -> tuple[list[Story], dict[int, str]]:
    """All stories, those on account as completed and not paid yet; and which they are, by their number."""
    found = list(stories)
    which: dict[int, str] = {}
    for kind, age in AGES.items():
        paid = [
            each
            for each in found
            if each.concierge == PAYER and each.status is BookingStatus.PAID and each.number not in which
        ]
        which[min(paid, key=lambda each: abs(now - age - each.pickup_at)).number] = kind
    told = [replace(each, status=BookingStatus.COMPLETED) if each.number in which else each for each in found]
    return told, which


def payments_on_account(
    rides: Sequence[Ride], which: Mapping[int, str], operators: Mapping[str, Operator], now: datetime
) -> tuple[list[PaymentTransaction], list[Table]]:
    """The payments, and what else belongs to them: numbers, the account, what is left of its credit."""
    payer_id = demo_id(PAYER)
    customer_key = demo_id("customer")
    customer_id = gateway.customer_for(payer_id=payer_id, key=customer_key)
    rows: list[PaymentTransaction] = []
    items: list[Table] = [Payer(id=payer_id, customer_id=customer_id, customer_key=customer_key)]
    sequences: dict[str, int] = {}
    for ride in sorted(rides, key=lambda each: each.story.pickup_at):
        if ride.story.number in which:
            row = _owed(ride, which[ride.story.number], operators, now)
            items.append(_number(row, sequences))
            if row.method is PaymentMethod.INVOICE:
                _issue(row, customer_id)
            rows.append(row)
    items += _account(payer_id, now, sum(row.amount for row in rows))
    return rows, items


def _owed(ride: Ride, kind: str, operators: Mapping[str, Operator], now: datetime) -> PaymentTransaction:
    assert ride.offer is not None
    booking, price, payee_id = ride.booking, ride.offer.price, demo_id(ride.offer.company.key)
    booking.sold = sale(booking, operators[payee_id], price)
    at = booking.completed_at or now
    if kind == "overdue":  # by its date, not by luck of the story's
        at = min(at, now - timedelta(days=TERMS_DAYS + 2))
    due = due_on(at, TERMS_DAYS)
    row = PaymentTransaction(
        id=demo_id(f"payment.{ride.story.number}"),
        reference=ride.id,
        payer_id=booking.concierge_id,
        payee_id=payee_id,
        amount=price,
        split=split(booking, booking.sold),
        currency="USD",
        method=PaymentMethod.WIRE if kind == "wire" else PaymentMethod.INVOICE,
        issued_at=at,
        billed_to=booking.concierge_id,
        due_on=due.isoformat(),
        credit_held=price,
        created_at=ride.accepted_at,
        created_day=f"{ride.accepted_at:%Y-%m-%d}",
    )
    row.owed_shard = shard_of(row.id)
    to = BillTo(company_name=HOTEL, address="1 Park Avenue\nNew York, NY 10016", email=f"books@{PAYER}.example")
    row.bill = Bill(number="", amount=price, terms_days=TERMS_DAYS, to=to, reminders=1 if kind == "overdue" else 0)
    operations.finish(row, operations.start(row, OperationKind.ISSUE, price, now=at))
    operations.look_again(row, next_look(due, now))
    if kind == "wire":
        row.wires = [_wire(row, now)]
    booking.transaction_id = row.id
    return row


def _wire(row: PaymentTransaction, now: datetime) -> Wire:
    """Recorded yesterday; somebody else of the staff has to confirm it."""
    yesterday = now - timedelta(days=1)
    return Wire(
        id=demo_id("wire"),
        way=WireWay.IN,
        amount=row.amount,
        bank_reference="FNB20261224DEMO",
        value_on=f"{yesterday:%Y-%m-%d}",
        recorded_by=demo_id(FINANCE),
        recorded_at=yesterday,
    )


def _number(row: PaymentTransaction, sequences: dict[str, int]) -> ReceiptNumber:
    series = series_of(row.payee_id, row.issued_at.year, Paper.INVOICE)
    sequences[series] = sequences.get(series, 0) + 1
    row.bill.number = receipt_number(row.payee_id, row.issued_at.year, sequences[series], Paper.INVOICE)
    return ReceiptNumber(series=series, sequence=sequences[series], number=row.bill.number, booking_id=row.reference)


def _issue(row: PaymentTransaction, customer_id: str) -> None:
    bill = gateway.Bill(
        customer_id=customer_id,
        reference=row.reference,
        number=row.bill.number,
        title=f"Invoice {row.bill.number}",
        note=f"{NOTE}{row.id}",
        lines=[InvoiceLine(f"Invoice {row.bill.number}", row.amount)],
        due_on=row.due_date,
        currency=row.currency,
    )
    made = gateway.issue(bill, key=row.operations[0].key)
    row.bill.gateway_id, row.bill.order_id, row.bill.url = made.gateway_id, made.order_id, made.url


def _account(payer_id: str, now: datetime, owed: int) -> Iterator[Table]:
    since = now - timedelta(days=60)
    yield BillingAccount(
        id=payer_id,
        status=BillingStatus.APPROVED,
        company_name=HOTEL,
        address="1 Park Avenue\nNew York, NY 10016",
        email=f"books@{PAYER}.example",
        terms_days=TERMS_DAYS,
        credit_limit=LIMIT,
        decided_by=demo_id(FINANCE),
        decided_at=since,
        created_at=since,
    )
    yield BillingCredit(id=payer_id, left=LIMIT - owed)
    yield BillingAccount(
        id=demo_id(CONCIERGES[1][0]),
        status=BillingStatus.REQUESTED,
        company_name=CONCIERGES[1][2],
        address="20 Harbour Street\nNew York, NY 10004",
        email="accounts@alderman.example",
        created_at=now - timedelta(days=1),
    )
