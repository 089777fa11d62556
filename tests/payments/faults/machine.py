"""Money under every misfortune: people, time, Square, the network and dying processes, in any order.

Hypothesis plays them against the real services, the real engine, and the sandbox through Square's SDK. After each step
both sides are read and compared (`looking`); in the end all faults are off, the periodic jobs run until nothing is due,
and then the books must agree (`ending`). The deeds of people are in `riding`, `staffing`, `keeping_cards`, `pricing`,
`disputing` and `billing`; here is what workers, time, Square and the network do.
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import uuid4
from zlib import crc32

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from atlas import outbox
from atlas.dynamo.attributes import utc_now
from bookings import tasks as bookings_tasks
from bookings.rules.lifecycle import OPEN, BookingStatus
from bookings.services.change import is_held
from bookings.tables import Booking
from payments import tasks as payments_tasks
from payments.cards import tasks as cards_tasks
from payments.reconciling.period import Period
from payments.reconciling.walking import Walk
from tests.payments.faults.billing import Billing
from tests.payments.faults.books import check_books
from tests.payments.faults.choices import (
    DEEDS,
    PASSING,
    TROUBLED,
    WEIGHED,
    Plot,
    any_one,
    deed,
    fate_of,
    fates,
    few,
    salts,
    trouble_of,
)
from tests.payments.faults.disputing import Disputing
from tests.payments.faults.due import next_due
from tests.payments.faults.ending import Ending, finish
from tests.payments.faults.keeping_cards import KeepingCards
from tests.payments.faults.looking import check_always, look
from tests.payments.faults.points import Fate, passed
from tests.payments.faults.pricing import PER_CENT, Pricing
from tests.payments.faults.riding import FINISHED, Riding
from tests.payments.faults.staffing import Staffing
from tests.payments.faults.world import BEGIN

S = BookingStatus
JOBS: dict[str, Callable[[], Any]] = {
    "settle": payments_tasks.settle_due,
    "cards": cards_tasks.settle_due_cards,
    "expire": bookings_tasks.expire_due,
    "redeliver": outbox.redeliver_outbox,
}


PATIENT = 0.7
"""Drivers who wait until somebody pays."""


class Money(Riding, Staffing, KeepingCards, Pricing, Disputing, Billing):
    """All that may happen."""

    looked_at = (0, 0)
    """How far everything was at the last look."""

    @initialize(
        data=st.data(),
        luck=st.integers(0, 2**31),
        ending=st.builds(Ending, *[st.booleans()] * 4),
        sold=st.sampled_from([0, 1, 2, 2, 2]),
        driven=st.sampled_from([False, True, True]),
    )
    def begin(self, data: st.DataObject, luck: int, ending: Ending, sold: int, driven: bool) -> None:
        """Two rides are asked for; some are sold before anything goes wrong, and one may be driven and paid."""
        self.luck, self.ending = luck, ending
        self.plot = data.draw(st.sampled_from(self.plots), label="plot")
        self.tally.plots[self.plot] += 1
        with self.world.now():
            if self.plot is Plot.ACCOUNT:
                self.lend()
            for _ in range(2):
                self.ask_for_ride()
        for which in range(sold):
            self.accept(which, True, None, follow=True)
        if sold and driven:
            self.come_to_the_point()

    def come_to_the_point(self) -> None:
        """The first ride is driven and paid, or its card is asked, so that what the plot is about can happen."""
        if self.plot is Plot.ACCOUNT and self.random().random() < 0.6:
            return  # it is about being invoiced, too
        for _ in range(3 if self.plot is Plot.CARDS else 1):  # what is due before that is done first
            self.go_on(0, None, follow=True)
        if self.plot is Plot.PRICES:
            self.state_price(0, self.random().choice(PER_CENT), None, follow=True)

    @rule(data=st.data())
    def happens(self, data: st.DataObject) -> None:
        """One of all that follows, by a chain of luck: Hypothesis alone leaves deeds out, and repeats parts of runs."""
        self.luck = crc32(f"{self.luck}/{data.draw(salts)}".encode())
        luck = Random(self.luck)
        name = luck.choice(WEIGHED[self.plot])
        given = dict(data.draw(DEEDS[name], label=name))
        if "fate" in given:
            given["fate"] = fate_of(luck)
        self.tally.deeds[name] += 1
        if luck.random() < TROUBLED:
            self.meet(trouble_of(luck, self.plot))
        getattr(self, name)(**given)

    @deed(6, which=any_one, fate=fates, follow=st.booleans())
    def go_on(self, which: int, fate: Fate | None, follow: bool) -> None:
        """Whatever is next in a ride's life: it is sold, driven to its end, and some of its money goes back."""
        booking = self.booking(which)
        if booking.status in OPEN:
            self.accept(which, True, fate, follow)
        elif booking.status is S.PAID and self.plot is Plot.RIDES:
            self.refund(which, 25, fate, follow)
        elif booking.status is S.PAID:
            self.go_on_with_paid(which, fate, follow)
        elif self.waits_for_hold(booking) and self.random().random() < PATIENT:
            self.wait_for_it("expire", fate, follow)
        elif booking.status not in FINISHED:
            self.drive_to_the_end(which, fate, follow)
        else:
            self.request(which)

    def waits_for_hold(self, booking: Booking) -> bool:
        """Its driver may not set out yet."""
        return booking.hold is not None and not is_held(booking) and booking.status not in FINISHED

    def go_on_with_paid(self, which: int, fate: Fate | None, follow: bool) -> None:
        match self.plot:
            case Plot.DISPUTES:
                self.dispute(which, 40)
            case Plot.PRICES:
                self.tip(which, 500, True, fate, follow)
            case _:
                self.request(which)

    # What workers, the clock and the bank do

    @deed(5, which=any_one, fate=fates)
    def work(self, which: int, fate: Fate | None) -> None:
        self.world.work(which, fate)

    @deed(2, job=st.sampled_from(sorted(JOBS)), fate=fates)
    def tick(self, job: str, fate: Fate | None) -> None:
        self.do(JOBS[job], fate, follow=False)

    @deed(1, time=st.sampled_from(sorted(PASSING)))
    def wait(self, time: str) -> None:
        self.advance(PASSING[time])

    @deed(
        4,
        Plot.CARDS,
        Plot.PRICES,
        Plot.ACCOUNT,
        job=st.sampled_from(["expire", "expire", "settle", "cards"]),
        fate=fates,
        follow=st.booleans(),
    )
    def wait_for_it(self, job: str, fate: Fate | None, follow: bool) -> None:
        """Until the next time at which one of the jobs has to do something; it comes."""
        with self.world.now():
            at = next_due(job)
            pause = at - utc_now() if at is not None else timedelta(0)
        self.world.advance(max(pause, timedelta(0)) + timedelta(seconds=1))
        self.do(JOBS[job], fate, follow)

    @deed(1, which=any_one, status=st.sampled_from(["COMPLETED", "COMPLETED", "REJECTED", "FAILED"]))
    def bank_answers(self, which: int, status: str) -> None:
        waiting = self.sandbox.refunds(status="PENDING")
        if waiting:
            self.world.answer_refund(waiting[which % len(waiting)]["id"], status)

    @deed(1, mending=st.booleans(), fate=fates)
    def reconcile(self, mending: bool, fate: Fate | None) -> None:
        self.do(lambda: walk(mending=mending), fate, follow=False)

    # What goes wrong

    @deed(2, what=st.sampled_from(["work off", "forget", "arrive", "go through", "kill"]), which=any_one)
    def turn(self, what: str, which: int) -> None:
        """Workers catch up, the broker forgets, late calls arrive, Square is well again, one that stalls is killed."""
        match what:
            case "work off":
                self.world.work_off()
            case "forget":
                self.world.broker.clear()
            case "arrive":
                self.world.arrive()
            case "go through":
                self.sandbox.clear_faults()
            case _ if self.world.stalled:
                self.world.kill(self.world.stalled[which % len(self.world.stalled)])

    @deed(3, which=any_one, copies=few, fate=fates)
    def webhook(self, which: int, copies: int, fate: Fate | None) -> None:
        """Any of those on their way: the order is whoever's."""
        news = self.world.news()
        if news:
            self.world.deliver(news[which % len(news)], copies=copies, fate=fate)

    @deed(1, seed=st.integers(0, 1_000))
    def webhooks(self, seed: int) -> None:
        self.world.deliver_all(seed)

    @deed(1, which=any_one, count=few)
    def lose_webhooks(self, which: int, count: int) -> None:
        for event in self.world.news()[which : which + count]:
            self.world.lose(event)

    @deed(2, which=any_one, fate=fates)
    def wake(self, which: int, fate: Fate | None) -> None:
        """One that stood still goes on, among all that happened meanwhile."""
        if self.world.stalled:
            self.world.resume(self.world.stalled[which % len(self.world.stalled)], fate)

    # What holds

    @invariant()
    def nothing_is_wrong(self) -> None:
        """Looked at after each step that wrote or asked for anything."""
        self.tally.steps += 1
        moved = (passed.total(), self.world.moves)
        if moved == self.looked_at:
            return
        self.looked_at = moved
        seen = look(self.sandbox, self.wishes)
        check_always(seen, self.wishes)
        check_books(seen)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else a step has failed already, and this would hide it
                finish(self.world, self.ending, self.wishes, self.finance, walk)
        finally:
            self.world.close()
            type(self).current = None


def walk(*, mending: bool) -> str:
    """A run over all days of the world; its id."""
    id, today = str(uuid4()), utc_now().date()
    period = Period(BEGIN.date() - timedelta(days=1), today, today)
    Walk(period, run_id=id, mending=mending, state={}, checkpoint=lambda state: None).go()
    return id
