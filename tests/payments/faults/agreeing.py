"""In the end of a run: our rows say what Square says, and each ride has the money that its story says."""

from bookings.rules.final_price import PriceState
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import payment_status
from bookings.tables import Booking
from payments import operations
from payments.billing.rules import ON_ACCOUNT
from payments.disputing import STATES
from payments.gateway.invoices import OWED
from payments.ledger.kinds import DisputeState
from payments.reconciling.comparing import FITS, REFUND_STATES
from payments.rules.cards import CardStatus
from payments.rules.types import PaymentMethod, PaymentPurpose, TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction
from tests.payments.faults.looking import TAKEN, Seen, cents
from tests.payments.faults.wishes import Wishes

S, B = TransactionStatus, BookingStatus
STATED = (PriceState.CHARGED, PriceState.APPROVED)
"""Extras that are paid."""


def check_agreement(seen: Seen) -> None:
    """One by one."""
    for row in seen.rows.values():
        there = seen.payments_of(row)
        live = [each for each in there if each["status"] in ("APPROVED", "COMPLETED")]
        open_invoices = [each for each in seen.invoices_of(row) if each["status"] in OWED]
        if row.method in ON_ACCOUNT and row.status is S.PENDING:
            assert not live
            assert len(open_invoices) == bool(row.is_owed and row.bill.gateway_id), "owed here, and not there"
            continue
        assert not open_invoices, f"{row.id} is {row.status}, and can still be paid: {open_invoices}"
        if row.status in CLOSED or row.method is PaymentMethod.WIRE:
            assert not live, f"{row.id} is {row.status}, and Square holds {live}"
            continue
        assert row.status is not S.PENDING
        assert [each["id"] for each in live] == [row.payment_gateway_id]
        assert row.status in FITS[live[0]["status"]]
        assert (row.amount, row.currency) == (cents(live[0]), live[0]["total_money"]["currency"])
        assert row.refunded == cents(live[0], "refunded_money")
        ours = sorted((each.gateway_id, each.amount, each.state) for each in row.refunds if each.gateway_id)
        theirs = seen.refunds_of(live[0])
        assert ours == sorted(
            (each["id"], cents(each, "amount_money"), REFUND_STATES[each["status"]]) for each in theirs
        )
        assert sorted((each.gateway_id, each.amount, each.state) for each in row.disputes) == sorted(
            (each["id"], cents(each, "amount_money"), STATES.get(each["state"], DisputeState.OPEN))
            for each in seen.disputes
            if each["disputed_payment"]["payment_id"] == row.payment_gateway_id
        ), "a dispute that nobody knows of"
    for card in seen.cards:
        assert card.status is not CardStatus.PENDING


def check_stories(seen: Seen, wishes: Wishes) -> None:
    """Nobody holds money for a ride that is over or was never sold; every paper is covered."""
    for row in seen.rows.values():
        booking = seen.bookings[row.reference]
        its_own = {booking.transaction_id, *(each.transaction_id for each in booking.charges)}
        if row.status is S.AUTHORIZED:
            assert row.id in its_own, "held for nothing"
            assert booking.status not in (B.CANCELLED, B.EXPIRED), "held for a ride that is over"
        if row.status in TAKEN:
            assert row.id in its_own, "taken for nothing"
        if row.bill is not None:
            credited = sum(each.amount for each in row.bill.credit_notes)
            back = row.bill.amount if row.status is S.VOIDED else row.refunded
            assert credited == back, f"{credited} on credit notes of {back} that are not to be paid"
    for booking in seen.bookings.values():
        if booking.transaction_id is not None:
            check_story(seen, wishes, booking)
        else:
            assert booking.completed_at is None, "driven, and nobody pays"


def check_story(seen: Seen, wishes: Wishes, booking: Booking) -> None:
    """What is kept of each of its payments."""
    row = seen.rows[booking.transaction_id]
    others = [seen.rows[each.transaction_id] for each in booking.charges]
    extra = [each for each in others if each.purpose is PaymentPurpose.EXTRA]
    stands = payment_status(row.status)
    assert booking.payment_status is stands or (
        row.status is S.REFUNDED and any(each.status is S.CAPTURED for each in extra)
    )
    assert booking.paid == sum(each.amount for each in (row, *others) if each.status in TAKEN)
    assert booking.refunded == sum(each.refunded for each in (row, *others))
    if booking.id in wishes.touched or any(each.disputes for each in (row, *others)):
        return
    if any(operations.owed(each) for each in (row, *others)):
        return  # the bank rejected it every time
    if booking.status is B.COMPLETED and row.method in ON_ACCOUNT:
        assert row.is_owed, "driven, and nobody asked for the money"
    elif booking.status is B.COMPLETED:
        assert row.status is S.FAILED, "driven, and nobody took the money"
    elif booking.status is B.PAID:
        stated = booking.final.total if booking.final is not None and row.issued_at is None else booking.final_price
        assert kept(row) == min(stated, booking.final_price)
        beyond = booking.final.beyond if booking.final is not None and booking.final.state in STATED else 0
        assert sum(kept(each) for each in extra) == beyond
    elif booking.status is B.CANCELLED and row.status in TAKEN:
        assert kept(row) == booking.cancellation_fee
        assert sum(kept(each) for each in others) == 0
    elif booking.status is B.CANCELLED and row.is_owed:
        assert row.amount == booking.cancellation_fee


def kept(row: PaymentTransaction) -> int:
    """Cents."""
    return row.amount - row.refunded if row.status in TAKEN else 0
