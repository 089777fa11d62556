"""What one run happens in: a clock, a broker, the network between Square and us, people with their rides, processes.

The clocks of Atlas and of Square's sandbox go together; both begin at `BEGIN`, whatever day it is, so that a run is the
same on every day. Workers do nothing by themselves: what they are to do waits in `broker` until it is their turn.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.conf import settings
from django.core import mail
from pynamodb.exceptions import PynamoDBException

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas import outbox
from atlas.dynamo.table import Table
from atlas.errors import AtlasError
from atlas.local.square.testing import SandboxControl
from atlas.local.square.webhooks import sign
from atlas.tables import OutboxRow
from bookings.tables import Booking, BookingHistory, Quote
from fleet.factories import DriverFactory, VehicleFactory
from payments import webhooks
from payments.billing.tables import BillingAccount, BillingCredit
from payments.cards.tables import Payer, SavedCard
from payments.gateway import OutcomeUnknown, Refused
from payments.ledger.tables import LedgerBalance, LedgerPosting
from payments.reconciling.tables import PaymentDifference
from payments.tables import PaymentTransaction, WebhookEvent
from tests.bookings.stage import Cast, make_cast
from tests.factories import UserFactory
from tests.payments.faults.points import NAMED, Fate, Process

BEGIN = datetime(2031, 3, 3, 9, 0, tzinfo=UTC)
PRICE = 20_000
WIPED: tuple[type[Table], ...] = (
    Booking,
    BookingHistory,
    Quote,
    OutboxRow,
    PaymentTransaction,
    LedgerPosting,
    LedgerBalance,
    PaymentDifference,
    WebhookEvent,
    SavedCard,
    Payer,
    BillingAccount,
    BillingCredit,
)
EXPECTED = (AtlasError, PynamoDBException, OutcomeUnknown, Refused)
"""What may come of a deed without anything being wrong: a refusal, or a side that does not answer."""


@dataclass
class Tally:
    """What happened in all runs of this process."""

    runs: int = 0
    steps: int = 0
    plots: Counter[str] = field(default_factory=Counter)
    deeds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    """Requests that Square saw, by what they ask for."""
    befallen: Counter[str] = field(default_factory=Counter)
    """Calls to Square that went wrong, by the kind of fault."""
    webhooks: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    """How payments and bookings stood in the end."""


@dataclass
class World:
    """Everything outside the code under test, of one run. `open` it before use."""

    sandbox: SandboxControl
    cast: Cast
    tally: Tally
    broker: list[str] = field(default_factory=list)
    stalled: list[Process] = field(default_factory=list)
    bookings: list[str] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    """Webhooks that came."""
    lost: set[str] = field(default_factory=set)
    """Webhooks that never come."""
    offset: timedelta = timedelta(0)
    moves: int = 0
    """What the clock and the bank did at Square, where no process of ours passes a point."""

    def open(self) -> None:
        """An empty store, an empty Square, and a car with its driver."""
        self.sandbox.reset()
        self.offset = timedelta(seconds=int((BEGIN - datetime.now(UTC)).total_seconds()))
        self.sandbox.advance(self.offset)
        wipe()
        mail.outbox = []
        with self.now():
            self.driver = DriverFactory.create(operator=self.cast.operator)
            self.chauffeur = User.fetch(self.driver.user_id)
            self.vehicle = VehicleFactory.create(operator=self.cast.operator)
        self.broker.clear()

    @contextmanager
    def now(self) -> Iterator[None]:
        """Code inside lives at the world's time."""
        with time_machine.travel(datetime.now(UTC) + self.offset, tick=True):
            yield

    def advance(self, by: timedelta) -> None:
        self.moves += 1
        self.offset += by
        self.sandbox.advance(by)

    def answer_refund(self, refund_id: str, status: str = "COMPLETED") -> None:
        """The bank's last word."""
        self.moves += 1
        self.sandbox.settle_refund(refund_id, status)

    def arrive(self) -> None:
        """Calls that were late reach Square."""
        self.moves += 1
        self.sandbox.arrive()

    # Processes

    def do(self, deed: Callable[[], Any], fate: Fate | None = None) -> bool:
        """Carry it out as a process of its own. False when it did not end well, or has not ended."""
        with self.now():
            if fate is None:
                return self.tolerate(deed)
            process = Process(deed, fate)
            process.go()
            return self._settled(process)

    def resume(self, process: Process, fate: Fate | None) -> None:
        self.stalled.remove(process)
        with self.now():
            process.go(fate)
            self._settled(process)

    def kill(self, process: Process) -> None:
        self.stalled.remove(process)
        process.kill()

    def tolerate(self, deed: Callable[[], Any]) -> bool:
        """Carry it out here. False when it was refused."""
        try:
            deed()
        except EXPECTED as refused:
            self._count(refused)
            return False
        return True

    def _settled(self, process: Process) -> bool:
        if not process.done:
            self.stalled.append(process)
            return False
        if process.error is not None:
            if not isinstance(process.error, EXPECTED):
                raise process.error
            self._count(process.error)
        return process.error is None and not process.crashed

    def _count(self, refused: Exception) -> None:
        self.tally.refusals[getattr(refused, "code", None) or type(refused).__name__] += 1

    # Workers

    def work(self, which: int, fate: Fate | None = None) -> None:
        """One worker takes one message; if it dies, the message is gone with it."""
        if self.broker:
            id = self.broker.pop(which % len(self.broker))
            self.do(lambda: outbox.deliver(id), fate)

    def work_off(self) -> None:
        """All messages, and what follows from them."""
        while self.broker:
            self.work(0)

    # Square's news

    def news(self) -> list[dict[str, Any]]:
        """Webhooks that are still on their way, oldest first."""
        gone = self.heard | self.lost
        return [event for event in self.sandbox.events() if event["event_id"] not in gone]

    def deliver(self, event: dict[str, Any], *, copies: int = 1, fate: Fate | None = None) -> None:
        """Square tries until we have said yes."""
        body = json.dumps({name: value for name, value in event.items() if name != "deliveries"}).encode()
        url = settings.SQUARE_WEBHOOK_URL
        signature = sign(key=settings.SQUARE_WEBHOOK_KEY, url=url, body=body)
        for _ in range(copies):
            if self.do(lambda: webhooks.receive(body=body, signature=signature, url=url), fate):
                self.heard.add(event["event_id"])
        self.tally.webhooks["delivered"] += copies
        self.tally.webhooks["duplicates"] += copies - 1

    def deliver_all(self, seed: int | None = None) -> int:
        """In order, or shuffled."""
        news = self.news()
        if seed is not None:
            random.Random(seed).shuffle(news)
            self.tally.webhooks["shuffled"] += len(news)
        for event in news:
            self.deliver(event)
        return len(news)

    def lose(self, event: dict[str, Any]) -> None:
        self.lost.add(event["event_id"])
        self.tally.webhooks["lost"] += 1

    def close(self) -> None:
        """Nobody of this run is left over."""
        for process in list(self.stalled):
            self.kill(process)
        for call in self.sandbox.calls():
            self.tally.calls[asked_for(call["method"], call["path"])] += 1
            if call["fault"]:
                self.tally.befallen[call["fault"]] += 1


def asked_for(method: str, path: str) -> str:
    """`POST payments/*/complete`: ids do not matter."""
    return f"{method} " + "/".join(part if NAMED.fullmatch(part) else "*" for part in path.split("/")[2:])


def wipe() -> None:
    """The tables that a run writes: what another left is not its business, and must not be due in it."""
    for table in WIPED:
        with table.batch_write() as batch:
            for item in table.scan():
                batch.delete(item)


def people() -> tuple[Cast, tuple[User, User]]:
    """Once a process, with two of finance: they live in the world's time, where their papers must be valid."""
    with time_machine.travel(BEGIN, tick=True):
        one, other = (UserFactory.create(role=Role.ADMIN, staff_role=StaffRole.FINANCE) for _ in range(2))
        return make_cast(), (one, other)


@contextmanager
def broker_of(world: Callable[[], World | None]) -> Iterator[None]:
    """Jobs that are asked for wait in the broker of the run that is under way."""
    original = outbox._deliver_soon

    def wait(id: str) -> None:
        current = world()
        if current is not None:
            current.broker.append(id)

    outbox._deliver_soon = wait
    try:
        yield
    finally:
        outbox._deliver_soon = original
