"""The overview shows what is, costs the same however much there is, and survives what is away."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisAway

from accounts.rules.roles import Role, StaffRole
from accounts.tables import User
from atlas import outbox, pulse
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.dynamo.provision.document import known_budgets
from atlas.local.square.testing import SandboxControl
from atlas.shards import shard_of
from atlas.tables import OutboxRow
from bookings import tally as rides
from bookings.rules.lifecycle import BookingStatus
from payments import services, tally
from tests.bookings.stage import accepted, browser, driven, make_cast, requested
from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.usefixtures("sandbox")

BUDGET = "GET /admin/"


def staff(role: StaffRole = StaffRole.SUPERUSER) -> User:
    user: User = UserFactory.create(role=Role.ADMIN, staff_role=role)
    return user


def page(role: StaffRole = StaffRole.SUPERUSER) -> str:
    answer = browser(staff(role)).get("/admin/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_rides_are_counted_where_they_stand() -> None:
    cast = make_cast(PASSWORD)
    booking = requested(cast)
    day = booking.details.date
    before = rides.by_status(day)
    sold = accepted(cast)
    assert sold.details.date == day
    after = rides.by_status(day)
    assert after.get(BookingStatus.OPERATOR_ASSIGNED, 0) == before.get(BookingStatus.OPERATOR_ASSIGNED, 0) + 1
    assert sum(after.values()) == sum(before.values()) + 1


def test_money_is_counted_when_it_moves(sandbox: SandboxControl) -> None:
    today = utc_now().date()
    before, _ = tally.of_day(today)
    cast = make_cast(PASSWORD)
    booking = driven(cast, BookingStatus.COMPLETED)
    held = moved(before, tally.AUTHORIZED)
    assert held == booking.final_price
    captured = services.capture(transaction_id=str(booking.transaction_id)).amount
    assert moved(before, tally.CAPTURED) == captured
    row = services.refund(transaction_id=str(booking.transaction_id), amount=5_00, reason="Late")
    assert moved(before, tally.REFUNDED) == 0  # asked for; it counts when it is done
    for found in sandbox.refunds(payment_id=str(row.payment_gateway_id), status="PENDING"):
        sandbox.settle_refund(found["id"], "COMPLETED")
    services.follow_refund(transaction_id=row.id, key=row.refunds[0].key)
    assert moved(before, tally.REFUNDED) == 5_00


def moved(before: dict[str, dict[str, int]], kind: str) -> int:
    now, _ = tally.of_day(utc_now().date())
    return now[kind].get("USD", 0) - before[kind].get("USD", 0)


def test_a_fact_that_fails_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    id = str(uuid4())
    row = OutboxRow(
        id=id, event="Sunset", payload="{}", attempts=3, due_shard=shard_of(id), due_at=utc_now() - timedelta(days=300)
    )
    row.save()
    shown = page()
    row.delete()
    assert "Sunset" in shown
    assert "3 tries" in shown
    assert "Sunset" not in page()
    assert outbox.behind() < timedelta(days=300)


def test_the_clock_is_late_when_it_stands_still() -> None:
    pulse.tick()
    assert not pulse.is_late(pulse.last_tick())
    assert pulse.is_late(utc_now() - timedelta(hours=1))
    assert pulse.is_late(None)


@pytest.mark.parametrize("role", StaffRole)
def test_staff_see_the_panels_of_what_they_may_see(role: StaffRole) -> None:
    shown = page(role)
    assert "Rides of today" in shown
    assert ("Outbox" in shown) is (role in (StaffRole.OPERATIONS, StaffRole.SUPERUSER))


def test_what_is_away_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> None:
        raise RedisAway

    monkeypatch.setattr(pulse, "queue_length", away)
    monkeypatch.setattr(rides, "by_status", away)
    shown = page()
    assert "out of reach" in shown
    assert "Money of today" in shown
    assert "Store" in shown


def test_the_overview_stays_within_its_budget() -> None:
    """With nothing there, and with sixty more of everything that it tells of: the same calls."""
    client = browser(staff())
    client.get("/admin/")
    make = make_cast(PASSWORD)
    costs = []
    for _ in range(2):
        with measure() as cost:
            assert client.get("/admin/").status_code == 200
        costs.append(cost)
        with many_failing():
            for _ in range(20):
                requested(make)
            with measure() as cost:
                client.get("/admin/")
            costs.append(cost)
    budget = known_budgets()[BUDGET]
    for cost in costs:
        assert cost.scans == 0, cost.operations
        assert cost.calls <= budget["calls"], cost.operations
        assert cost.rcu <= budget["rcu"]
        assert cost.wcu <= budget["wcu"]


@contextmanager
def many_failing() -> Iterator[None]:
    rows = []
    for _ in range(60):
        id = str(uuid4())
        rows.append(
            OutboxRow(
                id=id,
                event="Sunset",
                payload="{}",
                attempts=1,
                due_shard=shard_of(id),
                due_at=utc_now() + timedelta(hours=1),
            )
        )
        rows[-1].save()
    yield
    for row in rows:
        row.delete()


def test_today_is_the_day_of_the_pick_up() -> None:
    assert rides.group(timezone.localdate()).startswith("bookings/20")
