"""Whatever anybody does, in whatever order, legal or not: the booking and all that belongs to it stay whole.

Hypothesis plays every actor against the real services, engine and payment sandbox; after each deed the invariants below
are read from what is stored, not from what the services answered. A history row's sequence is the booking's version
after the change; what changes without a status (a claim, a count, the payment) moves the version on without a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.conf import settings as atlas
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from atlas.dynamo.attributes import instant_text, utc_now
from atlas.dynamo.many import get_many
from atlas.errors import AtlasError
from atlas.local.square.testing import SandboxControl
from atlas.shards import shard_of
from bookings import services, tasks
from bookings.rules.deadlines import due
from bookings.rules.lifecycle import JOBS, LIVE, OPEN, SERVED, TRANSITIONS, Action, BookingStatus
from bookings.rules.types import CancellationCode, PaymentStatus, QuoteStatus
from bookings.tables import Booking, BookingHistory, Quote
from fleet.factories import DriverFactory
from fleet.rules.types import DriverStatus, VehicleStatus
from fleet.tables import Calendar, Driver, Operator, Vehicle
from payments import services as payments
from payments import tasks as payments_tasks
from payments.rules.types import PaymentMethod
from payments.tables import PaymentTransaction
from tests.bookings.stage import CARD, DECLINED_CARD, ON_THE_ROAD, assigned, make_cast, quoted, requested, rival_quote

S = BookingStatus
SETTINGS = settings(
    max_examples=20,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure's steps are printed; shrinking them takes minutes
    suppress_health_check=list(HealthCheck),
)
ACTORS = ("concierge", "other_concierge", "owner", "manager", "rival", "chauffeur", "admin")
SOLD = frozenset(S) - OPEN - {S.NEW, S.CANCELLED, S.EXPIRED}
actors, statuses, codes = st.sampled_from(ACTORS), st.sampled_from(S), st.sampled_from(CancellationCode)


def mostly(who: str) -> st.SearchStrategy[str]:
    """The one who may, half of the time."""
    return st.one_of(st.just(who), actors)


def forget_what_is_due() -> None:
    """What others left for later is not this machine's business."""
    for table, shard in ((Booking, Booking.due_shard), (Quote, Quote.due_shard)):
        for item in table.scan(shard.exists()):
            item.due_shard = None
            item.save()


class Life(RuleBasedStateMachine):
    """One booking and everybody around it."""

    sandbox: ClassVar[SandboxControl]
    reached: ClassVar[set[BookingStatus]] = set()
    refusals: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.cast = make_cast()
        self.passed = timedelta(0)
        assigned(self.cast, hours_ahead=71.9)  # `cast.driver` and the sedan are taken at that time
        self.free = DriverFactory.create(operator=self.cast.operator)
        self.booking_id = requested(self.cast, hours_ahead=72).id
        self.quotes: list[Quote] = []
        self.told: list[BookingHistory] = []

    def teardown(self) -> None:
        forget_what_is_due()

    @property
    def booking(self) -> Booking:
        return Booking.fetch(self.booking_id)

    @contextmanager
    def at_its_time(self, *, may_leave_traces: bool = False) -> Iterator[None]:
        """A deed at the machine's hour. Refused, it must have an answer of the API and change nothing."""
        before = self.booking.version
        with time_machine.travel(utc_now() + self.passed, tick=True):
            try:
                yield
            except AtlasError as refusal:
                self.refusals.add(refusal.code)
                if refusal.status not in (400, 402, 403, 404, 409) and refusal.code != "payment_unknown":
                    raise
                if self.booking.version != before and not may_leave_traces:
                    raise AssertionError("What is refused changes nothing.") from refusal

    # What people do

    @rule(mine=st.booleans(), price=st.integers(1_000, 90_000))
    def quote(self, mine: bool, price: int) -> None:
        with self.at_its_time():
            self.quotes.append((quoted if mine else rival_quote)(self.cast, self.booking, price=price))

    @precondition(lambda self: self.quotes)
    @rule(who=mostly("owner"), data=st.data())
    def withdraw(self, who: str, data: st.DataObject) -> None:
        quote = data.draw(st.sampled_from(self.quotes))
        with self.at_its_time():
            services.withdraw_quote(user=self.cast.user(who), quote_id=quote.id)

    @precondition(lambda self: self.quotes)
    @rule(who=mostly("concierge"), card=st.sampled_from([DECLINED_CARD, CARD, "cut off", ""]), data=st.data())
    def accept(self, who: str, card: str, data: st.DataObject) -> None:
        quote = data.draw(st.sampled_from(self.quotes))
        if card == "cut off":
            self.sandbox.inject(data.draw(st.sampled_from(["drop_before", "drop_after"])), path="/v2/payments", count=2)
        with self.at_its_time(may_leave_traces=True):
            services.accept_quote(
                user=self.cast.user(who),
                quote_id=quote.id,
                method=PaymentMethod.CARD,
                source_id=CARD if card == "cut off" else card,
            )
        self.sandbox.clear_faults()

    @rule(who=mostly("owner"), free=st.booleans(), sedan=st.booleans())
    def assign(self, who: str, free: bool, sedan: bool) -> None:
        driver = self.free if free else self.cast.driver
        vehicle = self.cast.sedan if sedan else self.cast.suv
        with self.at_its_time():
            services.assign(
                user=self.cast.user(who), booking_id=self.booking_id, driver_id=driver.id, vehicle_id=vehicle.id
            )

    @rule(who=mostly("admin"), status=statuses)
    def report(self, who: str, status: BookingStatus) -> None:
        with self.at_its_time():
            services.report_status(user=self.cast.user(who), booking_id=self.booking_id, status=status)

    @precondition(lambda self: len(self.told) > 3)
    @rule(who=actors, code=codes)
    def cancel(self, who: str, code: CancellationCode) -> None:
        with self.at_its_time():
            services.cancel(user=self.cast.user(who), booking_id=self.booking_id, code=code, reason="So be it")

    @precondition(lambda self: self.booking.transaction_id)
    @rule()
    def capture_by_hand(self) -> None:
        with self.at_its_time(may_leave_traces=True):
            payments.capture(transaction_id=str(self.booking.transaction_id))

    @initialize(steps=st.integers(0, 9))
    def begin(self, steps: int) -> None:
        """Lives are met at any stage."""
        self.go_on(steps)

    @rule(steps=st.integers(1, 3))
    def go_on(self, steps: int) -> None:
        """The next right steps by the right people, so that long lives are lived too."""
        for _ in range(steps):
            self._go_on()
            self.everything_agrees()

    def _go_on(self) -> None:
        booking = self.booking
        if booking.status in OPEN:
            pending = [quote for quote in self.quotes if Quote.fetch(quote.id).status is QuoteStatus.PENDING]
            self.quote(True, 21_000) if not pending else self._accept(pending[0])
        elif booking.status is S.OPERATOR_ASSIGNED:
            self.assign("owner", free=True, sedan=False)
        elif booking.status in JOBS:
            following = ON_THE_ROAD[0 if booking.status is S.DRIVER_ASSIGNED else ON_THE_ROAD.index(booking.status) + 1]
            self.report("admin", following)

    def _accept(self, quote: Quote) -> None:
        with self.at_its_time(may_leave_traces=True):
            services.accept_quote(
                user=self.cast.concierge, quote_id=quote.id, method=PaymentMethod.CARD, source_id=CARD
            )

    # What time does

    @rule(minutes=st.sampled_from([1, 2, 16, 31]))
    def wait(self, minutes: int) -> None:
        self.passed += timedelta(minutes=minutes)

    @precondition(lambda self: len(self.told) > 1)
    @rule(hours=st.sampled_from([25, 71]))
    def wait_long(self, hours: int) -> None:
        """Past a request's deadline; past the hour at which a car should set out."""
        self.wait(60 * hours)
        self.tick()

    @rule()
    def tick(self) -> None:
        with self.at_its_time(may_leave_traces=True):
            tasks.expire_due()

    @rule()
    def tick_payments(self) -> None:
        with self.at_its_time(may_leave_traces=True):
            for row in PaymentTransaction.booking_index.query(self.booking_id):
                if row.due_at and row.due_at <= utc_now():
                    payments_tasks.settle(row.id)

    # What holds always

    @invariant()
    def everything_agrees(self) -> None:
        seen = look(self)
        self.reached.add(seen.booking.status)
        check_story(seen, self.told)
        check_quotes(seen)
        check_indexes(seen)
        check_duty(seen)
        check_money(seen)
        self.told = seen.rows


@dataclass(frozen=True)
class Seen:
    """All that is stored of one moment."""

    booking: Booking
    rows: list[BookingHistory]
    quotes: list[Quote]
    drivers: list[Driver]
    vehicles: list[Vehicle]
    operator: Operator
    calendars: dict[str, set[str]]
    """Ids of the bookings in the calendar of a driver or vehicle."""
    payments: list[dict[str, Any]]
    refunds: list[dict[str, Any]]


def look(life: Life) -> Seen:
    cast, quote_ids = life.cast, [quote.id for quote in life.quotes]
    drivers, vehicles = [cast.driver.id, life.free.id], [cast.sedan.id, cast.suv.id]
    keys = [f"driver:{id}" for id in drivers] + [f"vehicle:{id}" for id in vehicles]
    booking, operator, *items = get_many(
        (Booking, life.booking_id),
        (Operator, cast.operator.id),
        *((Driver, id) for id in drivers),
        *((Vehicle, id) for id in vehicles),
        *((Calendar, key) for key in keys),
        *((Quote, id) for id in quote_ids),
        consistent=True,
    )
    there = life.sandbox.payments(reference_id=booking.id)
    calendars = zip([*drivers, *vehicles], items[4:8], strict=True)
    return Seen(
        booking=booking,
        rows=list(BookingHistory.query(booking.id, consistent_read=True)),
        quotes=items[8:],
        drivers=items[:2],
        vehicles=items[2:4],
        operator=operator,
        calendars={id: {each.booking_id for each in kept.commitments} if kept else set() for id, kept in calendars},
        payments=there,
        refunds=[refund for payment in there for refund in life.sandbox.refunds(payment_id=payment["id"])],
    )


def check_story(seen: Seen, told: list[BookingHistory]) -> None:
    """Complete, legal, and only ever longer."""
    rows = seen.rows
    assert [row.attribute_values for row in rows[: len(told)]] == [row.attribute_values for row in told]
    assert [row.from_status for row in rows] == [S.NEW, *(row.to_status for row in rows[:-1])]
    assert rows[-1].to_status is seen.booking.status
    assert [row.sequence for row in rows] == sorted({row.sequence for row in rows})
    assert rows[-1].sequence <= seen.booking.version
    for row in rows:
        allowed = TRANSITIONS[row.from_status, row.action]
        assert row.to_status is allowed.target
        assert row.actor in allowed.actors


def check_quotes(seen: Seen) -> None:
    """One is accepted, or none; the rest are closed with the request; who waits is due."""
    booking = seen.booking
    accepted = [quote.id for quote in seen.quotes if quote.status is QuoteStatus.ACCEPTED]
    pending = [quote for quote in seen.quotes if quote.status is QuoteStatus.PENDING]
    assert accepted == ([booking.selected_quote_id] if booking.selected_quote_id else [])
    assert booking.status not in SOLD or accepted
    assert len(pending) == booking.pending_quotes
    assert not pending or booking.status is S.QUOTING
    being_paid = booking.acceptance.quote_id if booking.acceptance else None
    for quote in seen.quotes:
        waits = quote.status is QuoteStatus.PENDING and quote.id != being_paid
        assert (quote.due_shard is not None) == waits


def check_indexes(seen: Seen) -> None:
    booking, shard = seen.booking, shard_of(seen.booking.id)
    since = f"{instant_text(booking.created_at)}#{booking.id}"
    assert bool(list(Booking.open_index.query(shard, Booking.open_since == since))) == (booking.status in OPEN)
    for driver in seen.drivers:
        jobs = {each.id for each in Booking.jobs_index.query(driver.id)}
        assert (booking.id in jobs) == (booking.status in JOBS and booking.driver_id == driver.id)
    started_at = booking.acceptance.started_at if booking.acceptance else None
    coming = due(
        status=booking.status,
        deadline=booking.deadline,
        pickup_at=booking.pickup_at,
        acceptance_due_at=started_at and started_at + atlas.ACCEPTANCE_ANSWERED_WITHIN,
        departure_alerted=booking.departure_alerted_at is not None,
    )
    assert booking.due_at == (coming.at if coming else None)
    if coming:
        assert booking.id in {each.id for each in Booking.due_index.query(shard, Booking.due_at == coming.at)}


def check_duty(seen: Seen) -> None:
    """Time is promised as long as there is a job; who is on the road is on the road with this; rides count once."""
    booking = seen.booking
    job, live = booking.status in JOBS, booking.status in LIVE
    for driver in seen.drivers:
        theirs = booking.driver_id == driver.id
        assert (booking.id in seen.calendars[driver.id]) == (job and theirs)
        assert (driver.current_booking_id == booking.id) == (live and theirs)
        assert (driver.status is DriverStatus.BUSY) == (live and theirs)
    for vehicle in seen.vehicles:
        its = booking.vehicle_id == vehicle.id
        assert (booking.id in seen.calendars[vehicle.id]) == (job and its)
        assert (vehicle.status is VehicleStatus.ON_TRIP) == (live and its)
    completed = sum(row.action is Action.COMPLETE for row in seen.rows)
    assert sum(driver.total_trips for driver in seen.drivers) == seen.operator.total_bookings == completed


def check_money(seen: Seen) -> None:
    """Square has what the booking says: one hold, its capture, or nothing."""
    booking = seen.booking
    if booking.acceptance:
        assert booking.payment_status is PaymentStatus.PENDING
        return  # what Square holds then is what is being found out
    by_status = [(each["status"], each["total_money"]["amount"]) for each in seen.payments]
    held = [amount for status, amount in by_status if status == "APPROVED"]
    taken = [amount for status, amount in by_status if status == "COMPLETED"]
    kept = sum(taken) - sum(each["amount_money"]["amount"] for each in seen.refunds)
    assert held == ([booking.final_price] if booking.payment_status is PaymentStatus.AUTHORIZED else [])
    assert len(taken) == (booking.payment_status is PaymentStatus.CAPTURED)
    if booking.status in SERVED:
        assert (booking.status, kept) == (S.PAID, booking.final_price)
    elif booking.status is S.CANCELLED:
        assert (held, kept) == ([], booking.cancellation_fee)
    else:
        assert kept == (booking.final_price if taken else 0)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_anybody_does_the_booking_stays_whole(sandbox: SandboxControl) -> None:
    forget_what_is_due()
    Life.sandbox = sandbox
    run: Any = run_state_machine_as_test
    run(Life, settings=SETTINGS)
    assert Life.reached >= {S.SOURCING, S.QUOTING, *JOBS, S.PAID, S.CANCELLED, S.EXPIRED}, "or it proves little"
    assert Life.refusals >= {"forbidden", "not_found", "wrong_state"}
