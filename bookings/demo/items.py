"""A story as items of the tables: the booking, its history, its quotes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from atlas.dynamo.table import Table
from atlas.geo.city import JURISDICTION, TIMEZONE
from atlas.shards import shard_of
from atlas.tables import Unique
from bookings.demo.cast import demo_id
from bookings.demo.stories import REASONS, ZONE, Offer, Story
from bookings.rules.lifecycle import JOBS, Action, Actor, BookingStatus, transition
from bookings.rules.quotes import purge_at, quote_expires_at, request_deadline
from bookings.rules.reference import new_reference
from bookings.rules.types import DeclineReason, QuoteStatus
from bookings.services import change
from bookings.services.dispatching import windows_of
from bookings.services.requesting import breakdown_document
from bookings.tables import Booking, BookingHistory, Details, Point, Quote, VIPPreferences
from fleet.rules.calendar import Commitment

S = BookingStatus
PATH = (
    (Action.PUBLISH, Actor.CONCIERGE),
    (Action.QUOTE, Actor.OPERATOR),
    (Action.ACCEPT, Actor.CONCIERGE),
    (Action.ASSIGN, Actor.OPERATOR),
    (Action.EN_ROUTE, Actor.DRIVER),
    (Action.ARRIVE, Actor.DRIVER),
    (Action.BOARD, Actor.DRIVER),
    (Action.START, Actor.DRIVER),
    (Action.COMPLETE, Actor.DRIVER),
    (Action.SETTLE, Actor.SYSTEM),
)
"""A booking that goes well, step by step."""


def driver_id(name: str) -> str:
    return demo_id(f"driver.{name}")


def vehicle_id(plate: str) -> str:
    return demo_id(f"vehicle.{plate}")


class Ride:
    """One story being told in items."""

    def __init__(self, story: Story) -> None:
        self.story = story
        self.id = demo_id(f"booking.{story.number}")
        self.deadline = request_deadline(created_at=story.created_at, pickup_at=story.pickup_at)
        self.offer: Offer | None = story.offers[story.winner] if story.winner is not None else None
        self.booking = self._booking()
        self.steps = list(self._steps())
        self.booking.status = self.steps[-1][2] if self.steps else S.NEW
        self.booking.version = max(1, len(self.steps))  # one version a step, as the history counts them
        self._set_times()
        change.set_index_keys(self.booking)

    def items(self) -> Iterator[Table]:
        """Everything but the payment, which needs the sandbox (`bookings.demo.paying`)."""
        yield self.booking
        yield Unique(key_=f"reference:{self.booking.reference}", owner_id=self.id, created_at=self.story.created_at)
        for number, (action, actor, target, at) in enumerate(self.steps):
            before = self.steps[number - 1][2] if number else S.NEW
            yield self._history(number + 1, action, actor, before, target, at)
        for number in range(len(self.story.offers)):
            yield self._quote(number)

    @property
    def accepted_at(self) -> datetime:
        """When it was sold. Only of a ride with an `offer`."""
        return next(at for action, _, _, at in self.steps if action is Action.ACCEPT)

    @property
    def kept(self) -> int | None:
        """Cents taken of the price that was held; 0: the hold was let go, None: it is there still."""
        if self.story.status is S.PAID and self.offer:
            return self.offer.price
        if self.story.status in (S.CANCELLED, S.COMPLETED):
            return self.booking.cancellation_fee or 0
        return None

    def commitments(self) -> list[tuple[str, Commitment]]:
        """What the ride takes of its driver and its car, by calendar."""
        if self.booking.status not in JOBS or self.booking.driver_id is None:
            return []
        keys = (f"driver:{self.booking.driver_id}", f"vehicle:{self.booking.vehicle_id}")
        return [
            (key, Commitment(starts_at, ends_at, self.id))
            for key in keys
            for starts_at, ends_at in windows_of(self.booking)
        ]

    def _booking(self) -> Booking:
        story, offer = self.story, self.offer
        local = story.pickup_at.astimezone(ZONE)
        booking = Booking(
            id=self.id,
            reference=new_reference(bytes.fromhex(self.id.replace("-", ""))[:8]),
            concierge_id=demo_id(story.concierge),
            status=S.NEW,
            type_=story.type,
            details=Details(
                vehicle_category=story.category,
                pickup_location=story.start.label,
                dropoff_location=story.end.label if story.end else "",
                pickup=Point(lat=story.start.lat, lng=story.start.lng),
                dropoff=Point(lat=story.end.lat, lng=story.end.lng) if story.end else None,
                date=f"{local:%Y-%m-%d}",
                time=f"{local:%H:%M}",
                timezone=TIMEZONE,
                tax_jurisdiction=JURISDICTION,
                duration_hours=story.hours,
                distance_km=story.distance_km,
                passenger_count=story.passengers,
                luggage_count=story.luggage,
                passenger_name=story.guest,
                preferences=VIPPreferences(**story.preferences),
            ),
            pickup_at=story.pickup_at,
            estimated_price=story.price.total,
            estimate=breakdown_document(story.price),
            deadline=self.deadline,
            created_at=story.created_at,
            created_day=story.created_at.date().isoformat(),
            pickup_day=story.pickup_at.date().isoformat(),
        )
        if offer:
            booking.operator_id = demo_id(offer.company.key)
            booking.vehicle_id = vehicle_id(offer.car.plate)
            booking.final_price = offer.price
            booking.selected_quote_id = demo_id(f"quote.{story.number}.{story.winner}")
            booking.driver_id = driver_id(story.driver) if story.driver else None
        elif story.status is S.QUOTING:
            booking.pending_quotes = len(story.offers)
        return booking

    def _steps(self) -> Iterator[tuple[Action, Actor, BookingStatus, datetime]]:
        """The way to the story's status through the table of transitions, each step at its time."""
        status, goal = S.NEW, self.story.status
        sold = self.offer is not None
        for action, actor in PATH:
            if status is goal:
                return
            if goal is S.EXPIRED and (action is Action.ACCEPT or (action is Action.QUOTE and not self.story.offers)):
                break
            if goal is S.CANCELLED and action is (Action.ASSIGN if sold else Action.ACCEPT):
                break
            if action is Action.QUOTE and not self.story.offers:
                break
            status = transition(status, action, actor)
            yield action, actor, status, self._time_of(action)
        if status is not goal:
            ending = (Action.EXPIRE, Actor.SYSTEM) if goal is S.EXPIRED else (Action.CANCEL, Actor.CONCIERGE)
            yield *ending, transition(status, *ending), self._time_of(ending[0])

    def _time_of(self, action: Action) -> datetime:
        story = self.story
        since = {
            Action.PUBLISH: timedelta(0),
            Action.QUOTE: timedelta(minutes=min((offer.minutes_later for offer in story.offers), default=1)),
            Action.ACCEPT: timedelta(minutes=16),
            Action.ASSIGN: timedelta(minutes=24),
            Action.CANCEL: timedelta(minutes=29),
        }
        if action in since:
            return story.created_at + since[action]
        ride = timedelta(hours=story.hours) if story.hours else timedelta(minutes=4 + story.distance_km * 1.9)
        around = {
            Action.EN_ROUTE: timedelta(minutes=-28),
            Action.ARRIVE: timedelta(minutes=-6),
            Action.BOARD: timedelta(minutes=2),
            Action.START: timedelta(minutes=3),
            Action.COMPLETE: ride,
            Action.SETTLE: ride + timedelta(seconds=2),
        }
        return self.deadline if action is Action.EXPIRE else story.pickup_at + around[action]

    def _set_times(self) -> None:
        booking = self.booking
        at = self.story.created_at
        for action, _, _, planned in self.steps:
            at = max(at, planned)
            if action is Action.ARRIVE:
                booking.arrived_at = at
            elif action is Action.COMPLETE:
                booking.completed_at = at
            elif action is Action.CANCEL:
                booking.cancelled_at = at
        if self.story.code and booking.status is S.CANCELLED:
            booking.cancellation_code = self.story.code
            booking.cancellation_reason = REASONS[self.story.code]
            late = self.offer is not None and self.story.number % 3 == 0
            booking.cancellation_fee = round((booking.final_price or 0) * 0.5) if late else 0

    def _history(
        self, sequence: int, action: Action, actor: Actor, before: BookingStatus, target: BookingStatus, at: datetime
    ) -> BookingHistory:
        company = self.offer.company if self.offer else None
        who = {
            Actor.CONCIERGE: self.booking.concierge_id,
            Actor.OPERATOR: demo_id(f"user.{(company or self.story.offers[0].company).key}")
            if self.story.offers
            else None,
            Actor.DRIVER: demo_id(f"user.driver.{self.story.driver}"),
        }
        return BookingHistory(
            booking_id=self.id,
            sequence=sequence,
            action=action,
            from_status=before,
            to_status=target,
            actor=actor,
            actor_id=who.get(actor),
            note=self.booking.cancellation_reason if action is Action.CANCEL else None,
            created_at=at,
        )

    def _quote(self, number: int) -> Quote:
        story, offer = self.story, self.story.offers[number]
        created_at = story.created_at + timedelta(minutes=offer.minutes_later)
        expires_at = quote_expires_at(created_at=created_at, deadline=self.deadline)
        status, reason = self._quote_state(number)
        quote = Quote(
            id=demo_id(f"quote.{story.number}.{number}"),
            booking_id=self.id,
            operator_id=demo_id(offer.company.key),
            vehicle_id=vehicle_id(offer.car.plate),
            operator_name=offer.company.name,
            operator_rating=offer.company.rating,
            vehicle_name=offer.car.name,
            vehicle_category=offer.car.category,
            price=offer.price,
            eta=offer.eta,
            notes=", ".join(offer.car.features[:3]),
            status=status,
            decline_reason=reason,
            expires_at=expires_at,
            delete_at=purge_at(expires_at),
            created_at=created_at,
        )
        if status is QuoteStatus.PENDING:
            quote.due_shard = shard_of(quote.id)
        return quote

    def _quote_state(self, number: int) -> tuple[QuoteStatus, DeclineReason | None]:
        if self.story.winner == number:
            return QuoteStatus.ACCEPTED, None
        if self.story.winner is not None:
            return QuoteStatus.DECLINED, DeclineReason.OTHER_ACCEPTED
        if self.booking.status is S.QUOTING:
            return QuoteStatus.PENDING, None
        if self.booking.status is S.CANCELLED:
            return QuoteStatus.DECLINED, DeclineReason.BOOKING_CLOSED
        return QuoteStatus.EXPIRED, None
