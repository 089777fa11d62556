"""Every read of bookings, already restricted to the asking user."""

import heapq
from datetime import datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import islice
from operator import and_
from typing import Any

from pynamodb.expressions.condition import Condition

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page, decode, encode, read_page, scope
from atlas.dynamo.days import read_days
from atlas.errors import Conflict, Forbidden, Invalid, NotFound
from atlas.shards import all_shards
from atlas.tables import Unique
from bookings.archive.restoring import check_not_archived
from bookings.looking import saw_booking, saw_bookings
from bookings.permissions import part_of, party
from bookings.rules.final_price import STATE_WITHIN
from bookings.rules.lifecycle import JOBS, OPEN, Actor, BookingStatus
from bookings.rules.quotes import Offer, best_value, is_acceptable, ranked
from bookings.selling import proposal
from bookings.tables import Booking, BookingHistory, Quote
from fleet.rules.types import OperatorStatus
from fleet.selectors import active_operator, own_operator
from fleet.tables import Operator

OLDEST = timedelta(days=366 * 2)
"""How far back staff can page through everything: what is older is in the archive."""


def list_bookings(
    *,
    user: CurrentUser,
    status: list[BookingStatus] | None = None,
    from_: datetime | None = None,
    to: datetime | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Booking]:
    """The user's own bookings, newest request first; `from_` and `to` bound the time of the request.

    A driver's are their jobs, by pick-up time ascending; asked for other statuses, their past, newest first.
    """
    name = scope("bookings", user.id, ",".join(status or ()), from_, to)
    page = _list(user, status, from_, to, scope=name, cursor=cursor, limit=limit)
    saw_bookings(user, page.items)
    return page


def _list(
    user: CurrentUser, status: list[BookingStatus] | None, from_: datetime | None, to: datetime | None, **page: Any
) -> Page[Booking]:
    if user.role is Role.ADMIN:
        return _everything(status, from_, to, **page)
    if user.role is Role.DRIVER and (not status or JOBS.issuperset(status)):
        return _jobs(user, status, _between(from_, to), **page)
    index, key = _index_of(user)
    if key is None:
        return Page([])
    return read_page(
        index.query,
        key,
        range_key_condition=_between(from_, to),
        filter_condition=Booking.status.is_in(*status) if status else None,
        scan_index_forward=False,
        **page,
    )


def _everything(
    status: list[BookingStatus] | None, from_: datetime | None, to: datetime | None, **page: Any
) -> Page[Booking]:
    """For staff: by day of request. Pages may be short where a filter leaves few."""
    last = (to or utc_now()).date()
    first = (from_ or utc_now() - OLDEST).date()
    found = read_days(Booking, Booking.day_index, first, last, **page)
    wanted = [
        booking
        for booking in found.items
        if (not status or booking.status in status)
        and (from_ is None or booking.created_at >= from_)
        and (to is None or booking.created_at <= to)
    ]
    return Page(wanted, found.next)


def jobs(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Booking]:
    """Access pattern 3: what a driver has before them, by pick-up time ascending."""
    page = _jobs(user, None, None, scope=scope("jobs", user.id), cursor=cursor, limit=limit)
    saw_bookings(user, page.items)
    return page


def open_requests(*, user: CurrentUser, cursor: str | None = None, limit: int = 50) -> Page[Booking]:
    """Access pattern 2: requests open for quotes, newest first, merged lazily from the shards of the open index."""
    if user.role is not Role.ADMIN:
        active_operator(user)
    name = scope("open", user.id)
    before = decode(cursor, name)
    shards = [
        Booking.open_index.query(
            shard,
            Booking.open_since < before if before else None,
            scan_index_forward=False,
            page_size=max(5, limit // 2),
        )
        for shard in all_shards()
    ]
    merged = heapq.merge(*shards, key=lambda booking: str(booking.open_since), reverse=True)
    found = list(islice(merged, limit))
    now = utc_now()
    next_ = encode(found[-1].open_since, name) if len(found) == limit else None
    if user.role is Role.ADMIN:  # an operator sees no passenger there
        saw_bookings(user, found)
    return Page([booking for booking in found if booking.deadline > now and booking.acceptance is None], next_)


def booking_of(*, user: CurrentUser, booking_id: str) -> tuple[Booking, Actor]:
    """A booking and the user's part in it. Operators also see what is open for quotes. Otherwise `NotFound`."""
    booking = Booking.find(booking_id, consistent=True)
    if booking is None:
        check_not_archived(user, booking_id)
        raise NotFound
    part = part_of(user, booking)
    if part is None and may_quote(user, booking):
        return booking, Actor.OPERATOR
    part = party(user, booking)
    saw_booking(user, booking)
    return booking, part


def history_of(*, user: CurrentUser, booking_id: str) -> list[BookingHistory]:
    """The booking's story, oldest first, for its parties."""
    booking = _own(user, booking_id)
    return list(BookingHistory.query(booking.id))


def quotes_of(*, user: CurrentUser, booking_id: str) -> tuple[list[Quote], str | None]:
    """Access pattern 4: the quotes by price and the id of the best value; an operator sees their own only.

    Pending ones come first, in the order of `bookings.rules.quotes.ranked`; then the rest, newest first.
    """
    booking = Booking.find(booking_id)
    if booking is None:
        check_not_archived(user, booking_id)
        raise NotFound
    if user.role is Role.OPERATOR:
        own_operator(user)
        own = [quote for quote in Quote.booking_index.query(booking.id) if quote.operator_id == user.profile_id]
        if not own and not may_quote(user, booking):
            party(user, booking)
        return own, None
    if party(user, booking) is Actor.DRIVER:
        raise Forbidden("Quotes are for the concierge and the operators.")
    quotes = list(Quote.booking_index.query(booking.id))
    now = utc_now()
    pending = {quote.id: quote for quote in quotes if is_acceptable(quote.status, quote.expires_at, now=now)}
    offers = [offer_of(quote) for quote in pending.values()]
    first = [pending[offer.id] for offer in ranked(offers)]
    rest = sorted((quote for quote in quotes if quote.id not in pending), key=lambda quote: quote.created_at)
    return first + rest[::-1], best_value(offers)


def offer_of(quote: Quote) -> Offer:
    return Offer(quote.id, quote.price, quote.eta, Decimal(str(quote.operator_rating)), quote.created_at)


def may_quote(user: CurrentUser, booking: Booking) -> bool:
    """An active operator and a booking that is open for quotes."""
    if user.role is not Role.OPERATOR or booking.status not in OPEN:
        return False
    return own_operator(user).status is OperatorStatus.ACTIVE


def _own(user: CurrentUser, booking_id: str) -> Booking:
    booking = Booking.find(booking_id)
    if booking is None:
        check_not_archived(user, booking_id)
        raise NotFound
    party(user, booking)
    saw_booking(user, booking)
    return booking


def _index_of(user: CurrentUser) -> tuple[Any, str | None]:
    if user.role is Role.CONCIERGE:
        return Booking.concierge_index, user.id
    if user.role is Role.OPERATOR:
        return Booking.operator_index, user.profile_id
    return Booking.driver_index, user.profile_id


def _jobs(
    user: CurrentUser, status: list[BookingStatus] | None, period: Condition | None, **page: Any
) -> Page[Booking]:
    if user.role is not Role.DRIVER or user.profile_id is None:
        raise Forbidden("Only a driver has jobs.")
    wanted = [Booking.status.is_in(*status) if status else None, period]
    conditions: list[Condition] = [condition for condition in wanted if condition is not None]
    condition = reduce(and_, conditions) if conditions else None
    return read_page(Booking.jobs_index.query, user.profile_id, filter_condition=condition, **page)


def _between(from_: datetime | None, to: datetime | None) -> Condition | None:
    if from_ and to:
        if from_ > to:
            raise Invalid(fields={"from": ["Must not lie after `to`."]})
        return Booking.created_at.between(from_, to)
    if from_:
        return Booking.created_at >= from_
    return Booking.created_at <= to if to else None


def find_by_reference(reference: str) -> Booking | None:
    """For staff: the booking of an `ATL-...` reference."""
    claim = Unique.find(f"reference:{reference}")
    return Booking.find(claim.owner_id) if claim else None


def proposal_of(*, user: CurrentUser, booking_id: str) -> dict[str, Any]:
    """What the ride's times tell of beyond its price, for who states it. Raises `NotFound`, `Forbidden`, `Conflict`."""
    booking, part = booking_of(user=user, booking_id=booking_id)
    if part not in (Actor.OPERATOR, Actor.ADMIN) or part_of(user, booking) is None:
        raise Forbidden("The operator of the ride states its price.")
    if booking.final_price is None or booking.completed_at is None:
        raise Conflict("The ride is not completed.", code="wrong_state", details={"status": booking.status})
    extras = proposal(booking, Operator.fetch(booking.operator_id))
    return {
        "agreed": booking.final_price,
        "total": booking.final_price + (extras.total if extras is not None else 0),
        "extras": extras,
        "until": booking.completed_at + STATE_WITHIN,
    }
