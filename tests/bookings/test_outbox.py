"""Facts that must not be lost, at the real engine: delivered until confirmed, whatever fails in between."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings

from atlas import events, outbox
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Lost, transact
from atlas.tables import OutboxRow, Unique
from tests.bookings.looking import later


@dataclass(frozen=True, slots=True)
class Happened:
    what: str
    cents: int = 0


class Handlers(list[Happened]):
    """Hears `Happened`; fails as often as it is told to, before it has heard."""

    failures = 0

    def __call__(self, event: Happened) -> None:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the provider is away")
        self.append(event)


@pytest.fixture
def heard() -> Iterator[Handlers]:
    handler = Handlers()
    events.subscribe(Happened, handler)
    yield handler
    del events._handlers[Happened], events._by_name["Happened"]


@pytest.fixture(autouse=True)
def nothing_due() -> None:
    """Other tests leave facts behind."""
    for row in OutboxRow.scan():
        row.delete()


def tell(event: Happened) -> None:
    with transact() as tx:
        tx.create(Unique(key_=f"state:{uuid4()}", owner_id="the state that the fact tells of"))
        outbox.add(tx, event)


def rows() -> list[OutboxRow]:
    return list(OutboxRow.scan(consistent_read=True))


def the_row() -> OutboxRow:
    (row,) = rows()
    return row


def test_a_fact_is_delivered_after_its_commit_and_forgotten(heard: Handlers) -> None:
    with transact() as tx:
        outbox.add(tx, Happened("ride", 21_000))
        assert heard == []
    assert heard == [Happened("ride", 21_000)]
    assert rows() == []


def test_a_fact_of_a_transaction_that_does_not_hold_never_was(heard: Handlers) -> None:
    taken = Unique(key_=f"taken:{uuid4()}", owner_id="somebody")
    taken.save()

    def tell_in_vain() -> None:
        with transact() as tx:
            tx.create(Unique(key_=taken.key_, owner_id="another"))
            outbox.add(tx, Happened("never"))

    def stop_before_the_commit() -> None:
        with transact() as tx:
            outbox.add(tx, Happened("never"))
            raise KeyboardInterrupt

    with pytest.raises(Lost):
        tell_in_vain()
    with pytest.raises(KeyboardInterrupt):
        stop_before_the_commit()
    assert (heard, rows()) == ([], [])


def test_a_failing_handler_is_tried_again_later_and_later(heard: Handlers) -> None:
    heard.failures = 3
    before = utc_now()
    tell(Happened("ride"))
    row = the_row()
    assert (row.attempts, row.last_error) == (1, "RuntimeError: the provider is away")
    assert row.due_at - before >= 2 * settings.OUTBOX_RETRY

    assert outbox.redeliver() == 0, "its time has not come"
    assert the_row().attempts == 1
    waits = []
    for attempts in (2, 3):
        with later(hours=attempts):
            outbox.redeliver_outbox()
            row = the_row()
            assert row.attempts == attempts
            waits.append(row.due_at - utc_now())
    assert timedelta(0) < waits[0] < waits[1]
    assert heard == []
    with later(hours=4):
        assert outbox.redeliver() == 1
    assert heard == [Happened("ride")]
    assert rows() == []


def test_the_pause_between_tries_has_an_end(heard: Handlers) -> None:
    heard.failures = 100
    tell(Happened("ride"))
    row = the_row()
    row.attempts = 60
    row.save()
    assert not outbox.deliver(row.id)
    assert the_row().due_at - utc_now() <= outbox.LONGEST_RETRY
    assert the_row().attempts == 61


def test_every_handler_hears_until_all_have_confirmed(heard: Handlers) -> None:
    broken = Handlers()
    broken.failures = 1
    events.subscribe(Happened, broken)
    tell(Happened("ride"))
    assert (heard, broken) == ([Happened("ride")], [])
    with later(hours=1):
        outbox.redeliver()
    assert (heard, broken) == ([Happened("ride")] * 2, [Happened("ride")]), "handlers are idempotent for this"


def unreachable(row_id: str) -> None:
    raise ConnectionError("the broker is away")


def test_a_dead_broker_delays_and_loses_nothing(heard: Handlers, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dead:
        dead.setattr(outbox.deliver_outbox, "delay", unreachable)
        tell(Happened("ride"))
    assert heard == []
    assert the_row().attempts == 0
    with later(seconds=settings.OUTBOX_RETRY.total_seconds() + 1):
        assert outbox.redeliver() == 1
    assert heard == [Happened("ride")]


def test_delivered_twice_at_once_or_again_is_harmless(heard: Handlers, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as dead:
        dead.setattr(outbox, "_deliver_soon", lambda row: None)
        tell(Happened("ride"))
    id = the_row().id

    def meanwhile(event: Happened) -> None:
        """While the first delivery is at work, a second one does all of it."""
        events._handlers[Happened].remove(meanwhile)
        assert outbox.deliver(id)

    events.subscribe(Happened, meanwhile)
    assert outbox.deliver(id)
    assert outbox.deliver(id), "there is nothing left to do"
    assert rows() == []
    assert heard == [Happened("ride")] * 2


def test_a_failure_beside_a_success_does_not_bring_the_row_back(
    heard: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as dead:
        dead.setattr(outbox, "_deliver_soon", lambda row: None)
        tell(Happened("ride"))
    id = the_row().id

    def fails_late(event: Happened) -> None:
        events._handlers[Happened].remove(fails_late)
        assert outbox.deliver(id)
        raise RuntimeError("too late")

    events.subscribe(Happened, fails_late)
    assert not outbox.deliver(id)
    assert rows() == []


def test_a_fact_that_nobody_knows_any_more_stays_for_staff(heard: Handlers) -> None:
    row = OutboxRow(id=str(uuid4()), event="RenamedSince", payload="{}", due_shard=0, due_at=utc_now())
    row.save()
    tell(Happened("ride"))
    with later(seconds=1):
        assert outbox.redeliver() == 0
    kept = the_row()
    assert (kept.event, kept.attempts, kept.last_error) == ("RenamedSince", 1, "KeyError: 'RenamedSince'")
    assert heard == [Happened("ride")]


def test_a_payload_of_another_shape_stays_for_staff(heard: Handlers) -> None:
    row = OutboxRow(id=str(uuid4()), event="Happened", payload='{"cents": "x"}', due_shard=0, due_at=utc_now())
    row.save()
    assert not outbox.deliver(row.id)
    assert str(the_row().last_error).startswith("ValidationError")
    assert heard == []
