"""The end of a run: everything works again, the periodic jobs run until nothing is due, and then the books agree."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from accounts.tables import User
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from bookings import tasks as bookings_tasks
from payments import tasks as payments_tasks
from payments.billing import wires
from payments.billing.rules import WireState
from payments.cards import tasks as cards_tasks
from payments.gateway.invoices import OWED
from payments.reconciling.report import differences
from payments.reconciling.tables import PaymentDifference
from payments.rules.differences import DifferenceStatus
from payments.tables import PaymentTransaction
from tests.payments.faults.agreeing import check_agreement, check_stories
from tests.payments.faults.books import check_ledger
from tests.payments.faults.due import planned, waiting
from tests.payments.faults.looking import check_always, look
from tests.payments.faults.points import passed
from tests.payments.faults.wishes import Wishes
from tests.payments.faults.world import World

ROUND = timedelta(minutes=61)
"""More than the longest pause before anything is tried again, and all rounds together less than a hold lives."""
ROUNDS = 14
A_DAY = timedelta(hours=25)
"""Within it each open invoice is asked about."""
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
    pays: bool = True
    """Open invoices are paid, and disputes are won; else invoices stay open, and disputes are lost."""


def finish(world: World, ending: Ending, wishes: Wishes, finance: tuple[User, User], reconcile: Reconcile) -> None:
    """Until nothing is due; then look."""
    world.sandbox.clear_faults()
    for process in list(world.stalled):
        if ending.wakes:
            world.resume(process, None)
        else:
            world.kill(process)
    if ending.arrives:
        world.arrive()
    people_finish(world, ending, finance)
    go_on(world, ending)
    if people_finish(world, ending, finance):
        go_on(world, ending)
    if not world.lost and ending.tells:
        with world.now():
            found = list(differences(reconcile(mending=False)))
        assert not found, f"all news came, and yet: {[(each.kind, each.ours, each.theirs) for each in found]}"
    with world.now():
        reconcile(mending=True)
    go_on(world, ending)
    if people_finish(world, ending, finance):
        go_on(world, ending)
    with world.now():
        left = [each for each in differences(reconcile(mending=True)) if each.status is DifferenceStatus.OPEN]
        left += [each for each in PaymentDifference.scan() if each.status is DifferenceStatus.OPEN]
    assert not left, f"reconciliation leaves {[(each.kind, each.mend, each.ours, each.theirs) for each in left]}"
    check_quiet(world)
    seen = look(world.sandbox, wishes)
    check_always(seen, wishes)
    check_agreement(seen)
    check_ledger(seen)
    check_stories(seen, wishes)
    world.tally.reached.update(f"{row.purpose} {row.method} {row.status}" for row in seen.rows.values())
    world.tally.reached.update(f"payment {row.status}" for row in seen.rows.values())
    world.tally.reached.update(f"ride {booking.status}" for booking in seen.bookings.values())
    world.tally.reached.update(f"price {each.final.state}" for each in seen.bookings.values() if each.final is not None)
    world.tally.reached.update(f"dispute {each['state']}" for each in seen.disputes)


def go_on(world: World, ending: Ending) -> None:
    """Rounds until nothing is to be done any more."""
    for number in range(ROUNDS):
        if not go_round(world, ending, number):
            check_quiet(world)
            return
    with world.now():
        raise AssertionError(f"It never ends: {waiting()}")


def go_round(world: World, ending: Ending, number: int) -> bool:
    """News come, banks answer, time passes, jobs run. Whether anything was still to do."""
    for refund in world.sandbox.refunds(status="PENDING"):
        world.answer_refund(refund["id"])
    told = world.deliver_all(seed=number) if ending.tells else 0
    world.work_off()
    with world.now():
        at = planned()
        pause = max(ROUND, at - utc_now() + timedelta(seconds=1)) if at is not None and number else ROUND
    world.advance(pause)
    for job in (
        outbox.redeliver_outbox,
        bookings_tasks.expire_due,
        payments_tasks.settle_due,
        cards_tasks.settle_due_cards,
    ):
        world.do(job)
        world.work_off()
    with world.now():
        return bool(told or waiting())


def people_finish(world: World, ending: Ending, finance: tuple[User, User]) -> bool:
    """Banks decide every dispute, payers pay or do not, finance sees each transfer through. Whether anything was."""
    before = (passed.total(), world.moves)
    for dispute in world.sandbox.disputes():
        if dispute["state"] in ("EVIDENCE_REQUIRED", "PROCESSING"):
            world.moves += 1
            world.sandbox.decide_dispute(dispute["id"], "WON" if ending.pays else "LOST")
    with world.now():
        finish_wires(world, finance)
    for invoice in world.sandbox.invoices() if ending.pays else ():
        if invoice["status"] in OWED:
            world.moves += 1
            world.sandbox.pay_invoice(invoice["id"])
    if before == (passed.total(), world.moves):
        return False
    world.advance(A_DAY)
    return True


def finish_wires(world: World, finance: tuple[User, User]) -> None:
    """Finance sees each transfer through."""
    for found in PaymentTransaction.scan():
        if found.wires or wires.refunds_to_send(found):
            finish_recorded(world, found, finance)
            finish_parts(world, PaymentTransaction.fetch(found.id), finance)
            send_back(PaymentTransaction.fetch(found.id), finance)


def finish_recorded(world: World, row: PaymentTransaction, finance: tuple[User, User]) -> None:
    """Confirmed, or rejected where that cannot be."""
    one, other = finance
    for wire in wires.recorded(row):
        confirms = other if wire.recorded_by == one.id else one
        if not world.tolerate(partial(wires.confirm, user=confirms, transaction_id=row.id, wire_id=wire.id)):
            wires.reject(user=one, transaction_id=row.id, wire_id=wire.id)


def finish_parts(world: World, row: PaymentTransaction, finance: tuple[User, User]) -> None:
    """Who has paid a part pays the rest."""
    came = sum(each.amount for each in row.wires if each.state is not WireState.REJECTED)
    if row.is_owed and 0 < came < row.amount:
        transfer: dict[str, Any] = {
            "amount": row.amount - came,
            "bank_reference": str(uuid4()),
            "value_on": utc_now().date(),
        }
        if world.tolerate(partial(wires.record_payment, user=finance[0], transaction_id=row.id, **transfer)):
            finish_recorded(world, PaymentTransaction.fetch(row.id), finance)


def send_back(row: PaymentTransaction, finance: tuple[User, User]) -> None:
    """What has to go back by bank."""
    for refund in wires.refunds_to_send(row):
        which: dict[str, Any] = {"refund_key": refund.key, "bank_reference": str(uuid4()), "value_on": utc_now().date()}
        sent = wires.record_refund(user=finance[0], transaction_id=row.id, **which)
        wires.confirm(user=finance[1], transaction_id=row.id, wire_id=sent.wires[-1].id)


def check_quiet(world: World) -> None:
    with world.now():
        assert not (left := waiting()), left
    assert not world.broker
