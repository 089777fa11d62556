"""Every read: in its order, page by page, and nobody's but the asking user's."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.cursor import Page
from atlas.dynamo.meter import measure
from atlas.errors import Forbidden, Invalid, InvalidCursor, NotFound
from atlas.local.square.testing import SandboxControl
from atlas.shards import shard_of
from bookings import selectors, services
from bookings.rules.lifecycle import Actor, BookingStatus
from bookings.rules.types import CancellationCode
from bookings.tables import Booking
from fleet.factories import DriverFactory, OperatorFactory, VehicleFactory
from tests.bookings.looking import later, now, refused
from tests.bookings.stage import Cast, accept, accepted, assigned, driven, quoted, requested, rival_quote

S = BookingStatus
Read = Callable[..., Page[Booking]]


def ids(read: Read, user: User, *, limit: int = 50, until: str | None = None, **wanted: Any) -> list[str]:
    """The ids of every page of a list, in order; `until` one is seen, where the rest is of other tests."""
    found, cursor = [], None
    while True:
        page = read(user=user, cursor=cursor, limit=limit, **wanted)
        assert len(page.items) <= limit
        found += [booking.id for booking in page.items]
        cursor = page.next
        if cursor is None or until in found:
            return found


def cancel(cast: Cast, booking: Booking) -> Booking:
    return services.cancel(user=cast.concierge, booking_id=booking.id, code=CancellationCode.OTHER, reason="No more")


def test_a_concierge_sees_their_own_newest_first(cast: Cast) -> None:
    made = [requested(cast).id for _ in range(5)]
    for limit in (1, 2, 5, 50):
        assert ids(selectors.list_bookings, cast.concierge, limit=limit) == made[::-1]
    assert ids(selectors.list_bookings, cast.other_concierge) == []


def test_a_list_by_status_and_by_time(cast: Cast) -> None:
    first, second, third = requested(cast), requested(cast), requested(cast)
    cancel(cast, second)
    everything = selectors.list_bookings
    assert ids(everything, cast.concierge, status=[S.SOURCING]) == [third.id, first.id]
    assert ids(everything, cast.concierge, status=[S.CANCELLED, S.EXPIRED], limit=1) == [second.id]
    assert ids(everything, cast.concierge, from_=second.created_at) == [third.id, second.id]
    assert ids(everything, cast.concierge, to=second.created_at) == [second.id, first.id]
    assert ids(everything, cast.concierge, from_=second.created_at, to=second.created_at) == [second.id]


def test_a_page_is_one_query(cast: Cast) -> None:
    for _ in range(3):
        requested(cast)
    with measure() as cost:
        selectors.list_bookings(user=cast.concierge, limit=2)
    assert [each.split()[0] for each in cost.operations] == ["Query"]


def test_a_cursor_is_good_for_its_own_list_only(cast: Cast) -> None:
    for _ in range(3):
        requested(cast)
    cursor = selectors.list_bookings(user=cast.concierge, limit=1).next
    changes: list[dict[str, Any]] = [{"user": cast.other_concierge}, {"status": [S.SOURCING]}, {"to": utc_now()}]
    for change in changes:
        with pytest.raises(InvalidCursor):
            selectors.list_bookings(**({"user": cast.concierge, "cursor": cursor} | change))
    with pytest.raises(InvalidCursor):
        selectors.open_requests(user=cast.owner, cursor=cursor)
    with pytest.raises(InvalidCursor):
        selectors.list_bookings(user=cast.concierge, cursor=f"{cursor}x")


def test_an_operator_sees_what_was_sold_to_them(cast: Cast, sandbox: SandboxControl) -> None:
    mine, another = accepted(cast), requested(cast)
    theirs = requested(cast)
    accept(cast, rival_quote(cast, theirs))
    quoted(cast, another)
    assert ids(selectors.list_bookings, cast.owner) == ids(selectors.list_bookings, cast.manager) == [mine.id]
    assert ids(selectors.list_bookings, cast.rival) == [theirs.id]


def test_a_driver_sees_their_jobs_by_pickup_and_their_past_by_request(cast: Cast, sandbox: SandboxControl) -> None:
    late, soon = assigned(cast, hours_ahead=90), assigned(cast, hours_ahead=80)
    done = driven(cast, S.COMPLETED, hours_ahead=100)
    called_off = assigned(cast, hours_ahead=110)
    cancel(cast, called_off)
    under_way = driven(cast, S.ARRIVED, hours_ahead=70)
    jobs = [under_way.id, soon.id, late.id]
    for limit in (1, 2, 50):
        assert ids(selectors.jobs, cast.chauffeur, limit=limit) == jobs
        assert ids(selectors.list_bookings, cast.chauffeur, limit=limit) == jobs
    assert ids(selectors.list_bookings, cast.chauffeur, status=[S.ARRIVED]) == [under_way.id]
    assert ids(selectors.list_bookings, cast.chauffeur, status=[S.PAID, S.CANCELLED]) == [called_off.id, done.id]
    assert ids(selectors.list_bookings, cast.chauffeur, from_=soon.created_at) == [under_way.id, soon.id]
    assert ids(selectors.list_bookings, cast.chauffeur, to=late.created_at, status=[S.ARRIVED]) == []
    colleague = User.fetch(DriverFactory.create(operator=cast.operator).user_id)
    assert ids(selectors.jobs, colleague) == []
    with pytest.raises(Forbidden):
        selectors.jobs(user=cast.owner)


def test_a_period_that_ends_before_it_begins_is_refused(cast: Cast) -> None:
    now = utc_now()
    with pytest.raises(Invalid):
        selectors.list_bookings(user=cast.concierge, from_=now, to=now - timedelta(hours=1))


def test_staff_see_everything_by_day(cast: Cast) -> None:
    began = utc_now()
    with later(days=-401):
        old = [requested(cast).id, requested(cast).id]
    with later(days=-400):
        new = [requested(cast).id, requested(cast).id]
        wanted = [*new[::-1], *old[::-1]]
        since = began - timedelta(days=402)
        for limit in (1, 3, 50):
            assert ids(selectors.list_bookings, cast.admin, limit=limit, from_=since) == wanted
        with measure() as cost:
            selectors.list_bookings(user=cast.admin, limit=2)
        assert cost.scans == 0
        assert [each.split()[0] for each in cost.operations] == ["Query", "BatchGetItem"]
        cancel(cast, Booking.fetch(old[0]))
        assert ids(selectors.list_bookings, cast.admin, from_=since, status=[S.CANCELLED]) == [old[0]]


@pytest.mark.slow
def test_open_requests_are_merged_from_every_shard_newest_first(cast: Cast) -> None:
    made = [requested(cast) for _ in range(12)]
    assert len({shard_of(booking.id) for booking in made}) > 1, "or this proves nothing"
    quoted(cast, made[5])
    cancel(cast, made[3])
    wanted = [booking.id for booking in made[::-1] if booking is not made[3]]
    for limit in (1, 2, 5, 7, 50):
        for user in (cast.owner, cast.rival, cast.admin):
            seen = ids(selectors.open_requests, user, limit=limit, until=made[0].id)
            assert [each for each in seen if each in wanted] == wanted
            assert len(set(seen)) == len(seen)
            assert made[3].id not in seen


def test_pages_of_open_requests_go_on_where_they_stopped_though_new_ones_come(cast: Cast) -> None:
    made = [requested(cast).id for _ in range(6)]
    first = selectors.open_requests(user=cast.owner, limit=3)
    requested(cast)
    second = selectors.open_requests(user=cast.owner, limit=3, cursor=first.next)
    assert [booking.id for booking in (*first.items, *second.items)] == made[::-1]


def test_what_cannot_be_quoted_any_more_is_not_shown(cast: Cast) -> None:
    overdue, waiting = requested(cast, hours_ahead=0.05), requested(cast)
    with later(minutes=16):
        seen = ids(selectors.open_requests, cast.owner)
    assert waiting.id in seen
    assert overdue.id not in seen


def test_who_sees_open_requests(cast: Cast) -> None:
    for user in (cast.concierge, cast.chauffeur):
        with pytest.raises(Forbidden):
            selectors.open_requests(user=user)
    with refused("operator_suspended"):
        selectors.open_requests(user=cast.suspended)


def test_parties_and_their_parts(cast: Cast, sandbox: SandboxControl) -> None:
    booking = assigned(cast)
    parts = {
        "concierge": Actor.CONCIERGE,
        "owner": Actor.OPERATOR,
        "manager": Actor.OPERATOR,
        "chauffeur": Actor.DRIVER,
        "admin": Actor.ADMIN,
    }
    for who, part in parts.items():
        assert selectors.booking_of(user=cast.user(who), booking_id=booking.id)[1] is part
        assert selectors.history_of(user=cast.user(who), booking_id=booking.id)
    for who in ("other_concierge", "rival", "suspended"):
        for read in (selectors.booking_of, selectors.history_of, selectors.quotes_of):
            with pytest.raises(NotFound):
                read(user=cast.user(who), booking_id=booking.id)
    with pytest.raises(NotFound):
        selectors.booking_of(user=cast.admin, booking_id=cast.sedan.id)


def test_an_open_request_is_every_active_operators_to_see_and_its_story_is_not(cast: Cast) -> None:
    booking = requested(cast)
    assert selectors.booking_of(user=cast.rival, booking_id=booking.id)[1] is Actor.OPERATOR
    assert selectors.quotes_of(user=cast.rival, booking_id=booking.id) == ([], None)
    with pytest.raises(NotFound):
        selectors.history_of(user=cast.rival, booking_id=booking.id)
    for who in ("suspended", "chauffeur", "other_concierge"):
        with pytest.raises(NotFound):
            selectors.booking_of(user=cast.user(who), booking_id=booking.id)


def test_quotes_are_sorted_and_the_best_value_is_named(cast: Cast) -> None:
    """Effective prices: 21,000 at 12 min and 4.9 stars is 22,371; 20,000 at 20 min and no stars is 27,500."""
    booking = requested(cast)
    best, cheap, dear = quoted(cast, booking), rival_quote(cast, booking), quoted(cast, booking, price=30_000)
    gone = quoted(cast, booking, price=100)
    services.withdraw_quote(user=cast.owner, quote_id=gone.id)
    for who in ("concierge", "admin"):
        found, best_id = selectors.quotes_of(user=cast.user(who), booking_id=booking.id)
        assert [quote.id for quote in found] == [cheap.id, best.id, dear.id, gone.id]
        assert best_id == best.id
    with later(minutes=31):
        found, best_id = selectors.quotes_of(user=cast.concierge, booking_id=booking.id)
    assert [quote.id for quote in found] == [gone.id, dear.id, cheap.id, best.id], "over, so newest first"
    assert best_id is None


def test_an_operator_sees_their_own_quotes_only_even_when_outbid(cast: Cast, sandbox: SandboxControl) -> None:
    booking = requested(cast)
    mine, theirs = quoted(cast, booking), rival_quote(cast, booking)
    assert [quote.id for quote in selectors.quotes_of(user=cast.owner, booking_id=booking.id)[0]] == [mine.id]
    accept(cast, mine)
    assert [quote.id for quote in selectors.quotes_of(user=cast.rival, booking_id=booking.id)[0]] == [theirs.id]
    third = OperatorFactory.create()
    VehicleFactory.create(operator=third)
    with pytest.raises(NotFound):
        selectors.quotes_of(user=User.fetch(third.user_id), booking_id=booking.id)
    services.assign(user=cast.owner, booking_id=booking.id, driver_id=cast.driver.id, vehicle_id=cast.sedan.id)
    with pytest.raises(Forbidden):
        selectors.quotes_of(user=cast.chauffeur, booking_id=booking.id)


def test_the_story_is_told_in_order(cast: Cast, sandbox: SandboxControl) -> None:
    booking = driven(cast, S.COMPLETED)
    rows = selectors.history_of(user=cast.concierge, booking_id=booking.id)
    assert [row.sequence for row in rows] == sorted(row.sequence for row in rows)
    assert [row.from_status for row in rows[1:]] == [row.to_status for row in rows[:-1]]
    assert rows[-1].to_status is now(booking).status is S.PAID
    who = [cast.concierge, cast.owner, cast.concierge, cast.owner, *[cast.chauffeur] * 5]
    assert [row.actor_id for row in rows] == [*(user.id for user in who), None]
