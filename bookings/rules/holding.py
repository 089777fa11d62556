"""When a card on file is asked for the hold of its ride, by `payments.rules.retrying`, and what is due next. No I/O."""

from dataclasses import dataclass
from datetime import datetime

from bookings.rules.lifecycle import LIVE, SERVED, UPCOMING, BookingStatus
from payments.rules import retrying


@dataclass(frozen=True, slots=True)
class Ride:
    """When a card's ride begins and ends, UTC."""

    pickup_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Next:
    """What follows from a try: when the card is asked again, and why there is no hold. Both None: all is well."""

    ask_at: datetime | None
    code: str | None = None


def hold_at(ride: Ride, *, now: datetime) -> datetime | None:
    """When the hold of a ride that is sold now is taken; None for at once."""
    if not retrying.keeps_card(pickup_at=ride.pickup_at, ends_at=ride.ends_at, now=now):
        return None
    return retrying.authorize_at(pickup_at=ride.pickup_at, ends_at=ride.ends_at)


def needs_card(ride: Ride, *, now: datetime) -> bool:
    """Whether a hold taken now would not outlast the ride: its card is asked later, or again, so it must be kept."""
    return retrying.renew_at(lapses_at=now + retrying.HOLD, ends_at=ride.ends_at) is not None


def after_hold(ride: Ride, *, held_at: datetime) -> Next:
    """A hold was taken: it is enough, or followed by another one before it ends."""
    return Next(retrying.renew_at(lapses_at=held_at + retrying.HOLD, ends_at=ride.ends_at))


def after_refusal(ride: Ride, *, code: str, refusals: int, now: datetime, lapses_at: datetime | None) -> Next:
    """The card said no, for the `refusals`-th time in a row.

    A first hold is wanted before the pick-up. One that renews a hold which stands (until `lapses_at`) is wanted before
    that ends, wherever the ride is by then.
    """
    wanted_by = ride.pickup_at if lapses_at is None else lapses_at
    return Next(retrying.next_try_at(code=code, refusals=refusals, tried_at=now, pickup_at=wanted_by), code)


def after_another_card(ride: Ride, *, now: datetime, lapses_at: datetime | None) -> Next:
    """Another card was given: it is asked as any, at once where that is due."""
    if lapses_at is None:
        return Next(max(now, retrying.authorize_at(pickup_at=ride.pickup_at, ends_at=ride.ends_at)))
    renewal = retrying.renew_at(lapses_at=lapses_at, ends_at=ride.ends_at)
    return Next(renewal and max(now, renewal))


def call_off_at(*, status: BookingStatus, pickup_at: datetime, is_held: bool) -> datetime | None:
    """When a ride without a hold is called off; None for one that has it, or whose driver has set out."""
    return retrying.give_up_at(pickup_at) if status in UPCOMING and not is_held else None


def is_tried_for(status: BookingStatus) -> bool:
    """Whether a try that is under way is one for the hold, to be finished also when the ride ended meanwhile: that of a
    cancelled ride asks for its fee."""
    return is_wanted(status) or status in SERVED


def is_wanted(status: BookingStatus) -> bool:
    """Whether a booking in this status still has to be held for."""
    return status in UPCOMING or status in LIVE
