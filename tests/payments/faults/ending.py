"""The end of a run: everything works again, the periodic jobs run until nothing is due, and then the books agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from atlas import outbox
from atlas.tables import OutboxRow
from bookings import tasks as bookings_tasks
from bookings.rules.lifecycle import BookingStatus
from bookings.rules.types import payment_status
from bookings.tables import Booking
from payments import tasks as payments_tasks
from payments.reconciling.comparing import FITS, REFUND_STATES
from payments.reconciling.report import differences
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceStatus
from payments.rules.types import OperationState, TransactionStatus
from payments.services.asking import CLOSED
from payments.tables import PaymentTransaction
from tests.payments.faults.books import check_ledger
from tests.payments.faults.looking import TAKEN, Seen, Wishes, cents, check_always, look
from tests.payments.faults.world import World

S, B = TransactionStatus, BookingStatus
ROUND = timedelta(minutes=61)
"""More than the longest pause before anything is tried again, and all rounds together less than a hold lives."""
ROUNDS = 14
Reconcile = Callable[..., str]


@dataclass(frozen=True)
class Ending:
    """What becomes of that which is still on its way."""

    wakes: bool = True
    """Processes that stand still go on; else they are killed."""
    arrives: bool = True
    """Calls that were late arrive; else they are lost."""
    tells: bool = True
    """Webhooks that were not lost come, shuffled; else they are lost too."""


def finish(world: World, ending: Ending, wishes: Wishes, reconcile: Reconcile) -> None:
    """Until nothing is due; then look."""
    world.sandbox.clear_faults()
    for process in list(world.stalled):
        if ending.wakes:
            world.resume(process, None)
        else:
            world.kill(process)
    if ending.arrives:
        world.arrive()
    for number in range(ROUNDS):
        if not go_round(world, ending, number):
            break
    else:
        raise AssertionError(f"It never ends: {waiting()}")
    check_quiet(world)
    if not world.lost and ending.tells:
        with world.now():
            found = list(differences(reconcile(mending=False)))
        assert not found, f"all news came, and yet: {[(each.kind, each.ours, each.theirs) for each in found]}"
    with world.now():
        reconcile(mending=True)
    for number in range(ROUNDS):
        if not go_round(world, ending, number):
            break
    with world.now():
        left = [each for each in differences(reconcile(mending=True)) if each.status is DifferenceStatus.OPEN]
        left += [each for each in PaymentDifference.scan() if each.status is DifferenceStatus.OPEN]
    assert not left, f"reconciliation leaves {[(each.kind, each.mend, each.ours, each.theirs) for each in left]}"
    check_quiet(world)
    seen = look(world.sandbox)
    check_always(seen, wishes)
    check_agreement(seen)
    check_ledger(seen)
    check_stories(world, seen, wishes)
    world.tally.reached.update(f"payment {row.status}" for row in seen.rows.values())
    world.tally.reached.update(f"ride {booking.status}" for booking in seen.bookings.values())


def go_round(world: World, ending: Ending, number: int) -> bool:
    """News come, banks answer, time passes, jobs run. Whether anything was still to do."""
    for refund in world.sandbox.refunds(status="PENDING"):
        world.answer_refund(refund["id"])
    told = world.deliver_all(seed=number) if ending.tells else 0
    world.work_off()
    world.advance(ROUND)
    for job in (outbox.redeliver_outbox, bookings_tasks.expire_due, payments_tasks.settle_due):
        world.do(job)
        world.work_off()
    return bool(told or waiting())


def waiting() -> list[str]:
    """Everything that still wants something to be done."""
    rows = [f"{row.event} {row.payload}: {row.last_error}" for row in OutboxRow.scan()]
    due = [f"{row} {row.status} {row.operations}" for row in PaymentTransaction.scan() if row.due_at]
    accepting = [str(booking) for booking in Booking.scan() if booking.acceptance]
    return rows + due + accepting


def check_quiet(world: World) -> None:
    assert not waiting()
    assert not world.broker


def check_agreement(seen: Seen) -> None:
    """Our rows say what Square says, one by one."""
    for row in seen.rows.values():
        there = seen.payments_of(row)
        live = [each for each in there if each["status"] in ("APPROVED", "COMPLETED")]
        if row.status in CLOSED:
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


def check_stories(world: World, seen: Seen, wishes: Wishes) -> None:
    """Each ride has the money that its story says; nobody holds money for a ride that is over or was never sold."""
    for row in seen.rows.values():
        booking = seen.bookings[row.reference]
        if row.status is S.AUTHORIZED:
            assert booking.transaction_id == row.id, "held for nothing"
            assert booking.status not in (B.CANCELLED, B.EXPIRED), "held for a ride that is over"
        if row.status in TAKEN:
            assert booking.transaction_id == row.id, "taken for nothing"
    for booking in seen.bookings.values():
        if booking.transaction_id is None:
            continue
        row = seen.rows[booking.transaction_id]
        assert booking.payment_status is payment_status(row.status)
        if booking.id in wishes.touched:
            continue
        kept = row.amount - row.refunded if row.status in TAKEN else 0
        failed = any(each.state is OperationState.FAILED for each in row.refunds)
        if booking.status is B.COMPLETED:
            assert row.status is S.FAILED, "driven, and nobody took the money"
        elif booking.status is B.PAID:
            assert kept == booking.final_price
        elif booking.status is B.CANCELLED and row.status in TAKEN and not failed:
            assert kept == booking.cancellation_fee
