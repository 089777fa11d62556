"""Money under every misfortune: people, time, Square, the network and dying processes, in any order.

Hypothesis plays them against the real services, the real engine, and the sandbox through Square's SDK. After each step
both sides are read and compared (`looking`); in the end all faults are off, the periodic jobs run until nothing is due,
and then the books must agree (`ending`).
"""

import sys
from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, ClassVar
from uuid import uuid4
from zlib import crc32

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from accounts.tables import User
from atlas import outbox
from atlas.dynamo.attributes import utc_now
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings import tasks as bookings_tasks
from bookings.rules.lifecycle import OPEN, BookingStatus
from bookings.rules.quotes import is_acceptable
from bookings.rules.types import CancellationCode
from bookings.tables import Booking, Quote
from payments import services as payments
from payments import tasks as payments_tasks
from payments.reconciling.period import Period
from payments.reconciling.walking import Walk
from payments.rules.types import PaymentMethod, TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.stage import CARD, DECLINED_CARD, ON_THE_ROAD, Cast, requested
from tests.payments.faults.books import check_books
from tests.payments.faults.choices import (
    DEEDS,
    PASSING,
    TROUBLED,
    WEIGHED,
    Trouble,
    any_one,
    deed,
    fate_of,
    fates,
    few,
    salts,
    shares,
    trouble_of,
)
from tests.payments.faults.ending import Ending, finish
from tests.payments.faults.looking import Wishes, check_always, look
from tests.payments.faults.points import Fate, passed
from tests.payments.faults.world import BEGIN, HOURS_AHEAD, PRICE, Tally, World

S = BookingStatus
FINISHED = (S.CANCELLED, S.EXPIRED, S.PAID)
JOBS: dict[str, Callable[[], Any]] = {
    "settle": payments_tasks.settle_due,
    "expire": bookings_tasks.expire_due,
    "redeliver": outbox.redeliver_outbox,
}


class Money(RuleBasedStateMachine):
    """Two rides and their payments. `sandbox`, `cast` and `tally` are set once a process, before the first run."""

    sandbox: ClassVar[SandboxControl]
    cast: ClassVar[Cast]
    tally: ClassVar[Tally] = Tally()
    current: ClassVar[World | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.wishes = Wishes()
        self.clicks: list[tuple[str, int, str]] = []
        self.ending = Ending()
        self.luck = 0
        """What decides the next step: it follows from all before."""
        self.looked_at = (0, 0)
        """How far everything was at the last look."""
        self.world = World(self.sandbox, self.cast, self.tally)
        self.world.open()
        type(self).current = self.world
        self.tally.runs += 1

    @initialize(
        luck=st.integers(0, 2**31),
        ending=st.builds(Ending, *[st.booleans()] * 3),
        sold=st.sampled_from([0, 1, 2, 2]),
        paid=st.booleans(),
    )
    def begin(self, luck: int, ending: Ending, sold: int, paid: bool) -> None:
        """Some rides are sold before anything goes wrong, and one may be driven and paid."""
        self.luck, self.ending = luck, ending
        for which in range(sold):
            self.accept(which, CARD, None, follow=True)
        if sold and paid:
            self.drive(0, len(ON_THE_ROAD) + 1, None, follow=True)

    @rule(data=st.data())
    def happens(self, data: st.DataObject) -> None:
        """One of all that follows, by a chain of luck: Hypothesis alone leaves deeds out, and repeats parts of runs."""
        self.luck = crc32(f"{self.luck}/{data.draw(salts)}".encode())
        luck = Random(self.luck)
        name = luck.choice(WEIGHED)
        given = dict(data.draw(DEEDS[name], label=name))
        if "fate" in given:
            given["fate"] = fate_of(luck)
        self.tally.deeds[name] += 1
        if luck.random() < TROUBLED:
            self.meet(trouble_of(luck))
        getattr(self, name)(**given)

    # What people do

    @deed(2, which=any_one, card=st.sampled_from([CARD, CARD, DECLINED_CARD]), fate=fates, follow=st.booleans())
    def accept(self, which: int, card: str, fate: Fate | None, follow: bool) -> None:
        booking = self.booking(which)
        with self.world.now():
            quotes = list(Quote.booking_index.query(booking.id))
            found = [each.id for each in quotes if is_acceptable(each.status, each.expires_at, now=utc_now())]
        if not found and not self.world.do(lambda: found.append(self.offer(booking).id)):
            return
        self.do(
            lambda: services.accept_quote(
                user=self.cast.concierge, quote_id=found[0], method=PaymentMethod.CARD, source_id=card
            ),
            fate,
            follow,
        )

    @deed(2, which=any_one, stages=st.sampled_from([6, 6, 3, 1]), fate=fates, follow=st.booleans())
    def drive(self, which: int, stages: int, fate: Fate | None, follow: bool) -> None:
        self.do(lambda: self.drive_on(self.booking(which).id, stages), fate, follow)

    @deed(
        3,
        which=any_one,
        who=st.sampled_from(["concierge", "concierge", "owner", "admin"]),
        code=st.sampled_from([CancellationCode.CLIENT_REQUEST, CancellationCode.NO_SHOW]),
        fate=fates,
        follow=st.booleans(),
    )
    def cancel(self, which: int, who: str, code: CancellationCode, fate: Fate | None, follow: bool) -> None:
        self.do(
            lambda: services.cancel(
                user=self.cast.user(who), booking_id=self.booking(which).id, code=code, reason="Plans changed"
            ),
            fate,
            follow,
        )

    @deed(6, which=any_one, fate=fates, follow=st.booleans())
    def go_on(self, which: int, fate: Fate | None, follow: bool) -> None:
        """Whatever is next in a ride's life: it is sold, driven to its end, and some of its money goes back."""
        status = self.booking(which).status
        if status in OPEN:
            self.accept(which, CARD, fate, follow)
        elif status is S.PAID:
            self.refund(which, 25, fate, follow)
        elif status not in FINISHED:
            self.drive(which, len(ON_THE_ROAD) + 1, fate, follow)
        else:
            self.request(which)

    @deed(1, which=any_one)
    def request(self, which: int) -> None:
        """Another ride, once one is over."""
        if self.booking(which).status in FINISHED and len(self.world.bookings) <= len(HOURS_AHEAD):
            self.world.do(lambda: self.world.bookings.append(requested(self.cast, hours_ahead=50).id))

    # What staff do

    @deed(1, which=any_one, share=shares, fate=fates, follow=st.booleans())
    def capture(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which)
        if row is not None:
            amount = row.amount * share // 100
            self.wishes.captures.setdefault(row.id, set()).add(amount)
            self.wishes.touched.add(row.reference)
            self.do(lambda: payments.capture(transaction_id=row.id, amount=amount), fate, follow)

    @deed(1, which=any_one, fate=fates, follow=st.booleans())
    def void(self, which: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which)
        if row is not None:
            self.wishes.touched.add(row.reference)
            self.do(lambda: payments.void(transaction_id=row.id), fate, follow)

    @deed(2, which=any_one, share=shares, fate=fates, follow=st.booleans())
    def refund(self, which: int, share: int, fate: Fate | None, follow: bool) -> None:
        row = self.payment(which, taken=True)
        if row is not None:
            click = f"click {len(self.clicks)}"
            self.clicks.append((row.id, row.amount * share // 100, click))
            self.wishes.touched.add(row.reference)
            self.click(len(self.clicks) - 1, fate, follow)

    @deed(2, which=any_one, fate=fates, follow=st.booleans())
    def click_again(self, which: int, fate: Fate | None, follow: bool) -> None:
        """The same refund, sent once more."""
        if self.clicks:
            self.click(which % len(self.clicks), fate, follow)

    # What workers, the clock and the bank do

    @deed(5, which=any_one, fate=fates)
    def work(self, which: int, fate: Fate | None) -> None:
        self.world.work(which, fate)

    @deed(2, job=st.sampled_from(sorted(JOBS)), fate=fates)
    def tick(self, job: str, fate: Fate | None) -> None:
        self.do(JOBS[job], fate, follow=False)

    @deed(1, time=st.sampled_from(sorted(PASSING)))
    def wait(self, time: str) -> None:
        self.world.advance(timedelta(minutes=PASSING[time]))

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
        seen = look(self.sandbox)
        check_always(seen, self.wishes)
        check_books(seen)

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # else a step has failed already, and this would hide it
                finish(self.world, self.ending, self.wishes, walk)
        finally:
            self.world.close()
            type(self).current = None

    # Parts of the above

    def meet(self, trouble: Trouble) -> None:
        where = {"path": trouble.path} if trouble.path else {}
        count = 1 if trouble.kind.startswith("timeout") else trouble.count
        self.sandbox.inject(
            trouble.kind, count=count, skip=trouble.skip, status=trouble.status, delay_ms=20, hold_ms=2_000, **where
        )

    def do(self, deed: Callable[[], Any], fate: Fate | None, follow: bool) -> None:
        """With `follow` workers do at once what follows from it; the first of them meets the same fate."""
        self.world.do(deed, fate)
        if follow:
            self.world.work(0, fate)
            self.world.work_off()

    def booking(self, which: int) -> Booking:
        return Booking.fetch(self.world.bookings[which % len(self.world.bookings)])

    def click(self, which: int, fate: Fate | None, follow: bool) -> None:
        id, amount, click = self.clicks[which]
        self.do(
            lambda: payments.refund(transaction_id=id, amount=amount, reason=click, request_key=click), fate, follow
        )

    def payment(self, which: int, *, taken: bool = False) -> PaymentTransaction | None:
        """The newest of a booking; with `taken` rather of one whose money was taken."""
        ids = self.world.bookings[which % len(self.world.bookings) :] + self.world.bookings
        found = [
            PaymentTransaction.fetch(each.id)
            for id in ids
            for each in PaymentTransaction.booking_index.query(id, scan_index_forward=False, limit=1)
        ]
        captured = [each for each in found if each.status is TransactionStatus.CAPTURED] if taken else []
        return next(iter(captured or found), None)

    def offer(self, booking: Booking) -> Quote:
        return services.submit_quote(
            user=self.cast.owner,
            booking_id=booking.id,
            vehicle_id=self.world.vehicle.id,
            price=PRICE,
            eta=12,
            notes="",
        )

    def drive_on(self, booking_id: str, stages: int) -> None:
        """From where the ride is, so many stages further."""
        for _ in range(stages):
            booking = Booking.fetch(booking_id)
            if booking.status is S.OPERATOR_ASSIGNED:
                services.assign(
                    user=self.cast.owner,
                    booking_id=booking_id,
                    driver_id=self.world.driver.id,
                    vehicle_id=self.world.vehicle.id,
                )
            else:
                at = ON_THE_ROAD.index(booking.status) if booking.status in ON_THE_ROAD else -1
                following = ON_THE_ROAD[min(at + 1, len(ON_THE_ROAD) - 1)]
                driver: User = self.world.chauffeur
                services.report_status(user=driver, booking_id=booking_id, status=following)


def walk(*, mending: bool) -> str:
    """A run over all days of the world; its id."""
    id, today = str(uuid4()), utc_now().date()
    period = Period(BEGIN.date() - timedelta(days=1), today, today)
    Walk(period, run_id=id, mending=mending, state={}, checkpoint=lambda state: None).go()
    return id
