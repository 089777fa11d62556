"""Who acts in a run and on what: what the deeds of every plot share."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from accounts.tables import User
from atlas.local.square.testing import SandboxControl
from bookings import services
from bookings.rules.lifecycle import BookingStatus
from bookings.tables import Booking, Quote
from payments.rules.types import TransactionStatus
from payments.tables import PaymentTransaction
from tests.bookings.stage import ON_THE_ROAD, Cast
from tests.payments.faults.choices import Plot, Trouble
from tests.payments.faults.ending import Ending
from tests.payments.faults.points import Fate
from tests.payments.faults.wishes import Wishes
from tests.payments.faults.world import PRICE, Tally, World

S = BookingStatus


class Acting(RuleBasedStateMachine):
    """Some rides and their payments. The class's own are set once a process, before the first run."""

    sandbox: ClassVar[SandboxControl]
    cast: ClassVar[Cast]
    finance: ClassVar[tuple[User, User]]
    plots: ClassVar[tuple[Plot, ...]] = tuple(Plot)
    """Those that are played."""
    tally: ClassVar[Tally] = Tally()
    current: ClassVar[World | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.plot = Plot.RIDES
        self.wishes = Wishes()
        self.ending = Ending()
        self.luck = 0
        """What decides the next step: it follows from all before."""
        self.world = World(self.sandbox, self.cast, self.tally)
        self.world.open()
        type(self).current = self.world
        self.tally.runs += 1

    def random(self) -> Random:
        """For this step alone, the same in every replay."""
        return Random(self.luck)

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

    def go_on(self, which: int, fate: Fate | None, follow: bool) -> None:
        """Whatever is next in a ride's life; also what is done where a deed finds nothing to be done to."""
        raise NotImplementedError

    def booking(self, which: int) -> Booking:
        return Booking.fetch(self.world.bookings[which % len(self.world.bookings)])

    def bookings(self, which: int) -> list[Booking]:
        """All of them, from this one on."""
        ids = self.world.bookings
        first = which % len(ids)
        return [Booking.fetch(id) for id in (*ids[first:], *ids[:first])]

    def payment(self, which: int, *, taken: bool = False) -> PaymentTransaction | None:
        """The newest of a booking; with `taken` rather of one whose money was taken."""
        found = [
            PaymentTransaction.fetch(each.id)
            for booking in self.bookings(which)
            for each in PaymentTransaction.booking_index.query(booking.id, scan_index_forward=False, limit=1)
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

    def advance(self, minutes: float) -> None:
        self.world.advance(timedelta(minutes=minutes))
