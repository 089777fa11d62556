"""Both sides as they are stored, past all of Atlas, and what must hold between them at any moment."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from atlas.local.square.testing import SandboxControl
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking
from payments import operations
from payments.billing.rules import ON_ACCOUNT, WireState, WireWay
from payments.billing.tables import BillingCredit
from payments.cards.tables import SavedCard
from payments.ledger.kinds import DisputeState
from payments.rules.cards import CardStatus
from payments.rules.types import OperationKind, OperationState, PaymentMethod, PaymentPurpose, TransactionStatus
from payments.services.asking import NOTE
from payments.tables import PaymentTransaction
from tests.payments.faults.wishes import Wishes

S, B = TransactionStatus, BookingStatus
TAKEN = (S.CAPTURED, S.REFUNDED)


@dataclass(frozen=True)
class Seen:
    """All that is stored of one moment."""

    bookings: dict[str, Booking]
    rows: dict[str, PaymentTransaction]
    cards: list[SavedCard]
    credits: dict[str, BillingCredit]
    payments: list[dict[str, Any]]
    refunds: list[dict[str, Any]]
    disputes: list[dict[str, Any]]
    invoices: list[dict[str, Any]]

    def row_of(self, payment: dict[str, Any]) -> PaymentTransaction:
        """By the note that it bears, or its invoice."""
        notes = (each["description"] for each in self.invoices if each["order_id"] == payment.get("order_id"))
        return self.rows[next(notes, payment.get("note", "")).removeprefix(NOTE)]

    def invoices_of(self, row: PaymentTransaction) -> list[dict[str, Any]]:
        return [each for each in self.invoices if each.get("description") == f"{NOTE}{row.id}"]

    def payments_of(self, row: PaymentTransaction) -> list[dict[str, Any]]:
        orders = {each["order_id"] for each in self.invoices_of(row)}
        return [each for each in self.payments if each.get("note") == f"{NOTE}{row.id}" or each["order_id"] in orders]

    def refunds_of(self, payment: dict[str, Any]) -> list[dict[str, Any]]:
        return [each for each in self.refunds if each["payment_id"] == payment["id"]]

    def rows_of(self, booking: Booking, *purposes: PaymentPurpose) -> list[PaymentTransaction]:
        return [each for each in self.rows.values() if each.reference == booking.id and each.purpose in purposes]


def look(sandbox: SandboxControl, wishes: Wishes) -> Seen:
    """What no plot of this run makes is not asked for."""
    return Seen(
        bookings={each.id: each for each in Booking.scan(consistent_read=True)},
        rows={each.id: each for each in PaymentTransaction.scan(consistent_read=True)},
        cards=list(SavedCard.scan(consistent_read=True)),
        credits={each.id: each for each in BillingCredit.scan(consistent_read=True)} if wishes.credit else {},
        payments=sandbox.payments(),
        refunds=sandbox.refunds(),
        disputes=sandbox.disputes() if wishes.disputed else [],
        invoices=sandbox.invoices() if wishes.credit else [],
    )


def cents(document: dict[str, Any], name: str = "total_money") -> int:
    return int(document.get(name, {"amount": 0})["amount"])


def in_dispute(row: PaymentTransaction, *states: DisputeState) -> int:
    """Cents."""
    return sum(each.amount for each in row.disputes if each.state in states)


def check_always(seen: Seen, wishes: Wishes) -> None:
    """At every moment, whatever is under way and whatever has not been heard of yet."""
    for payment in seen.payments:
        check_payment(seen, wishes, seen.row_of(payment), payment)
    for row in seen.rows.values():
        check_row(seen, row)
    for booking in seen.bookings.values():
        check_booking(seen, wishes, booking)
    for card in seen.cards:
        assert card.status is not CardStatus.PENDING or card.due_at is not None, "nobody would ask about this card"
    for credit in seen.credits.values():
        owed = [each.amount for each in seen.rows.values() if each.method in ON_ACCOUNT and each.status is S.PENDING]
        assert credit.left == wishes.credit - sum(owed), f"{credit.left} left beside {owed}"
        assert credit.left >= 0, "more was lent than was allowed"


def check_payment(seen: Seen, wishes: Wishes, row: PaymentTransaction, payment: dict[str, Any]) -> None:
    """Nothing is taken twice, more than was agreed to, or without a reason; nothing goes back twice."""
    booking = seen.bookings[row.reference]
    agreed = operations.authorization(row).amount if row.method is PaymentMethod.CARD else booking.final_price
    assert cents(payment) <= agreed, "more than the customer agreed to"
    wanted = reasons(booking, wishes, row.purpose)
    if row.purpose is not PaymentPurpose.RIDE and payment["status"] in ("APPROVED", "COMPLETED"):
        assert agreed in wanted, f"{row.purpose}: {agreed} are asked for; wanted: {wanted}"
    if payment["status"] == "COMPLETED":
        allowed = wishes.captures.get(row.id, set()) | wanted
        assert cents(payment) in allowed, f"{row.purpose}: {cents(payment)} were taken; wanted: {allowed}"
    back = [each for each in seen.refunds_of(payment) if each["status"] in ("PENDING", "COMPLETED")]
    assert sum(cents(each, "amount_money") for each in back) <= cents(payment), "more went back than was taken"
    clicked = [each for each in seen.refunds_of(payment) if each["reason"].startswith("click")]
    owed = [each for each in back if each not in clicked]  # a rejected one is asked for again
    for reason, count in Counter(each["reason"] for each in (*clicked, *owed)).items():
        assert count == 1, f"refunded {count} times: {reason}"


def reasons(booking: Booking, wishes: Wishes, purpose: PaymentPurpose) -> set[int]:
    """Cents that the story of the ride lets us take."""
    if purpose is PaymentPurpose.TIP:
        return wishes.tips.get(booking.id, set())
    stated = booking.final.beyond if booking.final is not None else 0
    if purpose is PaymentPurpose.EXTRA:
        before = {stated} if 0 < stated <= wishes.limits.get(booking.id, 0) else set()
        return wishes.approved.get(booking.id, set()) | before
    allowed: set[int] = set()
    if booking.completed_at:
        allowed.add(booking.final_price)
        if booking.final is not None and booking.final.total < booking.final_price:
            allowed.add(booking.final.total)
    if booking.cancellation_fee:
        allowed.add(booking.cancellation_fee)
    return allowed


def check_row(seen: Seen, row: PaymentTransaction) -> None:
    """A row says nothing of money that Square does not say; what is not finished is due."""
    there = [each for each in seen.payments_of(row) if each["status"] != "FAILED"]
    assert len(there) <= 1, "one payment was asked for twice"
    pending = operations.pending(row)
    waits = row.method is PaymentMethod.WIRE and row.status in TAKEN  # for two people
    assert waits or bool(pending or row.is_owed) == (row.due_at is not None), "nobody would come back for it"
    if row.status in TAKEN and row.method is PaymentMethod.WIRE:
        assert not there, "paid by bank, and at Square as well"
        check_wires(row)
    elif row.status in TAKEN:
        assert [each["status"] for each in there] == ["COMPLETED"], "taken, and Square does not know of it"
        assert row.amount == cents(there[0])
        assert row.refunded <= cents(there[0], "refunded_money")
    done = [each.amount for each in row.refunds if each.state is OperationState.DONE]
    assert row.refunded == sum(done)
    assert (row.status is S.REFUNDED) == (row.status in TAKEN and row.refunded == row.amount)
    assert row.method in ON_ACCOUNT or (row.status is S.PENDING) == (operations.authorization(row) in pending)
    assert len([each for each in pending if each.kind in (OperationKind.CAPTURE, OperationKind.VOID)]) <= 1


def check_wires(row: PaymentTransaction) -> None:
    """What came in is what was owed, what went back is what was promised, and two people have seen each transfer."""
    confirmed = [each for each in row.wires if each.state is WireState.CONFIRMED]
    assert all(each.decided_by != each.recorded_by for each in confirmed), "one person alone"
    assert sum(each.amount for each in confirmed if each.way is WireWay.IN) == row.amount
    assert sum(each.amount for each in confirmed if each.way is WireWay.OUT) == row.refunded


def check_booking(seen: Seen, wishes: Wishes, booking: Booking) -> None:
    """Sold once, paid once, and PAID only with the money taken."""
    taken = {
        purpose: [
            each
            for row in seen.rows_of(booking, purpose)
            for each in seen.payments_of(row)
            if each["status"] == "COMPLETED"
        ]
        for purpose in PaymentPurpose
    }
    for purpose, found in taken.items():
        assert len(found) <= 1, f"{purpose}: one ride was charged twice"
    if booking.status is B.PAID:
        row = seen.rows[booking.transaction_id]
        assert row.status in TAKEN, "PAID, and the money was not taken"
        if row.method is not PaymentMethod.WIRE:
            assert [each["id"] for each in taken[PaymentPurpose.RIDE]] == [row.payment_gateway_id]
    consent = max(wishes.limits.get(booking.id, 0), *wishes.approved.get(booking.id, set()), 0)
    whole = sum(cents(each) for purpose in ("RIDE", "EXTRA") for each in taken[PaymentPurpose(purpose)])
    assert whole <= (booking.final_price or 0) + consent, "more than was authorised and agreed to"
    trying = booking.hold is not None and booking.hold.transaction_id is not None and booking.status is not B.CANCELLED
    if booking.acceptance is not None or booking.charging is not None or trying:
        assert booking.due_at is not None, "nobody would finish this"
