"""Facades of the marketplace's tables, for the back office. Nothing else imports them."""

from datetime import datetime, timedelta
from typing import Any

from atlas.facade.model import Facade
from atlas.facade.partitions import Days, Values
from atlas.shards import all_shards
from atlas.templatetags.ui import format_money
from bookings import labels, tables
from bookings.rules.lifecycle import Action, Actor, BookingStatus
from bookings.rules.notices import NoticeKind, NoticeState
from bookings.rules.pickup_time import MAX_AHEAD
from bookings.rules.types import PaymentStatus, QuoteStatus
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction

REACH = timedelta(days=366 * 2)
"""How far back staff list bookings day by day: what is older is in the archive."""


class Booking(
    Facade,
    table=tables.Booking,
    links={
        "concierge_id": "accounts.User",
        "operator_id": "fleet.Operator",
        "driver_id": "fleet.Driver",
        "vehicle_id": "fleet.Vehicle",
        "selected_quote_id": "bookings.Quote",
        "transaction_id": "payments.PaymentTransaction",
    },
    partitions={
        "day-index": Days(reach=REACH),
        "pickup-index": Days(reach=REACH, ahead=MAX_AHEAD + timedelta(days=1)),
        "open-index": Values(all_shards),
        "due-index": Values(all_shards),
    },
    options={
        "pickup_at": {"verbose_name": "pick-up"},
        "created_at": {"verbose_name": "requested"},
        "payment_status": {"verbose_name": "payment"},
    },
):
    """A trip that somebody asked for."""

    id: str
    reference: str
    status: BookingStatus
    payment_status: PaymentStatus
    concierge_id: str
    operator_id: str | None
    driver_id: str | None
    vehicle_id: str | None
    transaction_id: str | None
    pickup_at: datetime
    details: Any
    final_price: int | None
    estimated_price: int
    currency: str
    item: tables.Booking

    class Meta:
        verbose_name = "booking"

    def __str__(self) -> str:
        return self.reference

    @property
    def passenger_name(self) -> str:
        return str((self.details or {}).get("passenger_name") or "")

    @property
    def flight_number(self) -> str:
        return str((self.details or {}).get("flight_number") or "")


class BookingHistory(
    Facade,
    table=tables.BookingHistory,
    names={"actor_id": "person"},
    links={"booking_id": "bookings.Booking", "actor_id": "accounts.User"},
):
    """What was done to a booking."""

    action: Action
    from_status: BookingStatus | None
    to_status: BookingStatus
    actor: Actor
    sequence: int

    class Meta:
        verbose_name = "step"
        verbose_name_plural = "history"

    def __str__(self) -> str:
        return str(labels.DONE.get(self.action, self.action))


class Quote(
    Facade,
    table=tables.Quote,
    links={"booking_id": "bookings.Booking", "operator_id": "fleet.Operator", "vehicle_id": "fleet.Vehicle"},
    show_expired=True,
):
    """An operator's bid."""

    id: str
    booking_id: str
    operator_name: str
    status: QuoteStatus
    price: int
    currency: str

    class Meta:
        verbose_name = "quote"

    def __str__(self) -> str:
        return f"{self.operator_name}, {format_money(self.price, self.currency)}"


class Notice(
    Facade,
    table=tables.Notice,
    links={"booking_id": "bookings.Booking", "recipient_id": "accounts.User", "driver_id": "fleet.Driver"},
):
    """An e-mail to a party of a booking."""

    id: str
    booking_id: str
    kind: NoticeKind
    state: NoticeState
    part: Actor

    class Meta:
        verbose_name = "notice"

    def __str__(self) -> str:
        return f"{self.kind.replace('_', ' ').capitalize()} ({self.part.capitalize()})"


class BookingPayment(
    Facade,
    table=PaymentTransaction,
    names={"reference": "booking"},
    links={"reference": "bookings.Booking"},
):
    """A payment as a booking's own: its opaque reference, read as what it is to those who know bookings."""

    id: str
    status: TransactionStatus
    amount: int
    currency: str

    class Meta:
        verbose_name = "payment"

    def __str__(self) -> str:
        return format_money(self.amount, self.currency)


class ArchivedBooking(
    Facade,
    table=tables.ArchivedBooking,
    links={
        "concierge_id": "accounts.User",
        "operator_id": "fleet.Operator",
        "driver_id": "fleet.Driver",
        "restore_asked_by": "accounts.User",
    },
):
    """What stays of a booking in the archive."""

    id: str
    reference: str
    status: BookingStatus
    concierge_id: str

    class Meta:
        verbose_name = "archived booking"

    def __str__(self) -> str:
        return self.reference
