"""Both sides as they are stored, past all of Atlas, and what must hold between them at any moment."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from atlas.local.square.testing import SandboxControl
from bookings.rules.lifecycle import Action, BookingStatus
from bookings.tables import Booking, BookingHistory
from payments import operations
from payments.rules.types import OperationKind, OperationState, TransactionStatus
from payments.services.asking import NOTE
from payments.tables import PaymentTransaction

S, B = TransactionStatus, BookingStatus
TAKEN = (S.CAPTURED, S.REFUNDED)


@dataclass
class Wishes:
    """What people asked for, whatever came of it: nothing may be found that nobody asked for."""

    captures: dict[str, set[int]] = field(default_factory=dict)
    """By payment: cents that staff wanted to be taken."""
    clicks: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Refunds by staff, by the reason that they gave: the payment, and the cents."""
    touched: set[str] = field(default_factory=set)
    """Bookings whose money staff moved by hand."""


@dataclass(frozen=True)
class Seen:
    """All that is stored of one moment."""

    bookings: dict[str, Booking]
    rows: dict[str, PaymentTransaction]
    payments: list[dict[str, Any]]
    refunds: list[dict[str, Any]]

    def payments_of(self, row: PaymentTransaction) -> list[dict[str, Any]]:
        return [each for each in self.payments if each["note"] == f"{NOTE}{row.id}"]

    def refunds_of(self, payment: dict[str, Any]) -> list[dict[str, Any]]:
        return [each for each in self.refunds if each["payment_id"] == payment["id"]]


def look(sandbox: SandboxControl) -> Seen:
    return Seen(
        bookings={each.id: each for each in Booking.scan(consistent_read=True)},
        rows={each.id: each for each in PaymentTransaction.scan(consistent_read=True)},
        payments=sandbox.payments(),
        refunds=sandbox.refunds(),
    )


def cents(document: dict[str, Any], name: str = "total_money") -> int:
    return int(document.get(name, {"amount": 0})["amount"])


def check_always(seen: Seen, wishes: Wishes) -> None:
    """At every moment, whatever is under way and whatever has not been heard of yet."""
    for payment in seen.payments:
        row = seen.rows[payment["note"].removeprefix(NOTE)]
        check_payment(seen, wishes, row, payment)
    for row in seen.rows.values():
        check_row(seen, row)
    for booking in seen.bookings.values():
        check_booking(seen, booking)


def check_payment(seen: Seen, wishes: Wishes, row: PaymentTransaction, payment: dict[str, Any]) -> None:
    """Nothing is taken twice, more than was agreed to, or without a reason; nothing goes back twice."""
    agreed = operations.authorization(row).amount
    assert cents(payment) <= agreed, "more than the customer agreed to"
    if payment["status"] == "COMPLETED":
        allowed = wishes.captures.get(row.id, set()) | reasons(seen.bookings[row.reference])
        assert cents(payment) in allowed, f"{cents(payment)} were taken; wanted: {allowed}"
    back = [each for each in seen.refunds_of(payment) if each["status"] in ("PENDING", "COMPLETED")]
    assert sum(cents(each, "amount_money") for each in back) <= cents(payment), "more went back than was taken"
    for reason, count in Counter(each["reason"] for each in seen.refunds_of(payment)).items():
        assert count == 1, f"refunded {count} times: {reason}"


def reasons(booking: Booking) -> set[int]:
    """Cents that the story of the ride lets us take."""
    allowed: set[int] = set()
    if booking.completed_at:
        allowed.add(booking.final_price)
    if booking.cancellation_fee:
        allowed.add(booking.cancellation_fee)
    return allowed


def check_row(seen: Seen, row: PaymentTransaction) -> None:
    """A row says nothing of money that Square does not say; what is not finished is due."""
    there = [each for each in seen.payments_of(row) if each["status"] != "FAILED"]
    assert len(there) <= 1, "one payment was asked for twice"
    pending = operations.pending(row)
    assert bool(pending) == (row.due_at is not None), "nobody would come back for it"
    if row.status in TAKEN:
        assert [each["status"] for each in there] == ["COMPLETED"], "taken, and Square does not know of it"
        assert row.amount == cents(there[0])
        assert row.refunded <= cents(there[0], "refunded_money")
    done = [each.amount for each in row.refunds if each.state is OperationState.DONE]
    assert row.refunded == sum(done)
    assert (row.status is S.REFUNDED) == (row.status in TAKEN and row.refunded == row.amount)
    assert (row.status is S.PENDING) == (operations.authorization(row) in pending)
    assert len([each for each in pending if each.kind in (OperationKind.CAPTURE, OperationKind.VOID)]) <= 1


def check_booking(seen: Seen, booking: Booking) -> None:
    """Sold once, paid once, and PAID only with the money taken."""
    rows = [each for each in seen.rows.values() if each.reference == booking.id]
    taken = [each for row in rows for each in seen.payments_of(row) if each["status"] == "COMPLETED"]
    assert len(taken) <= 1, "one ride was charged twice"
    if booking.status is B.PAID:
        assert [each["id"] for each in taken] == [seen.rows[booking.transaction_id].payment_gateway_id]
    if booking.acceptance is not None:
        assert booking.due_at is not None, "nobody would finish this accept"


def was_driven(booking: Booking) -> bool:
    return any(row.action is Action.COMPLETE for row in BookingHistory.query(booking.id))
