"""What is shown out of the cache: as it is stored, asked for once, never decided on."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from prometheus_client import REGISTRY
from redis.exceptions import ConnectionError as RedisAway

from accounts import services
from accounts.tables import User
from atlas import cached
from atlas.dynamo.many import get_many
from atlas.dynamo.meter import measure
from atlas.dynamo.registry import tables
from atlas.dynamo.table import ShownOnly
from atlas.dynamo.transaction import transact
from bookings.books import names_of
from bookings.tables import Booking
from fleet.factories import OperatorFactory
from fleet.selectors import shown_operator
from fleet.tables import Operator
from tests.bookings.stage import make_cast, requested
from tests.factories import UserFactory

LIVES = {"users": 300, "bookings": 60, "operators": 3600}
"""Seconds, by the seed: user profiles, active bookings, pricing rules."""


@pytest.fixture
def person() -> User:
    made = UserFactory.create(name="Ada Lovelace")
    cache.clear()
    return made


def reads(outcome: str, name: str = "users") -> float:
    return REGISTRY.get_sample_value("atlas_cache_reads_total", {"cache": name, "outcome": outcome}) or 0.0


def test_the_times_are_those_of_the_seed() -> None:
    assert {table.Meta.name: table.Meta.shown.seconds for table in tables() if table.Meta.shown} == LIVES


def test_asked_for_again_it_costs_no_call(person: User) -> None:
    hits, misses = reads("hit"), reads("miss")
    with measure() as first:
        assert cached.shown(User, [person.id])[person.id].name == "Ada Lovelace"
    with measure() as again:
        assert cached.shown(User, [person.id, person.id])[person.id].name == "Ada Lovelace"
    assert (first.calls, again.calls) == (1, 0)
    assert (reads("hit") - hits, reads("miss") - misses) == (1, 1)


def test_a_change_is_seen_at_once(person: User) -> None:
    cached.shown(User, [person.id])
    services.change_profile(user=person, name="Ada King")
    with measure() as cost:
        assert cached.shown(User, [person.id])[person.id].name == "Ada King"
    assert cost.calls == 0


def test_what_is_gone_is_gone(person: User) -> None:
    cached.shown(User, [person.id])
    with transact() as tx:
        tx.delete(User.fetch(person.id))
    assert cached.shown(User, [person.id]) == {}


def test_a_read_that_was_overtaken_by_a_write_does_not_win(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read before the change, put after it: what the writer put there stays."""
    load = get_many

    def overtaken(*wanted: Any) -> Any:
        found = load(*wanted)
        services.change_profile(user=User.fetch(person.id), name="Ada King")
        return found

    monkeypatch.setattr("atlas.cached.get_many", overtaken)
    cached.shown(User, [person.id])
    assert cached.shown(User, [person.id])[person.id].name == "Ada King"


def test_no_secret_and_no_address_is_in_the_cache(person: User) -> None:
    services.change_profile(user=person, name="Ada King")
    kept = str(cache.get(cached._key(User, person.id)))
    assert "Ada King" in kept
    assert person.password_hash not in kept
    assert person.email not in kept
    secret = {"passwordHash", "email", "phone", "secret", "token", "refreshHash"}
    assert not [table for table in tables() if table.Meta.shown and table.Meta.shown.attributes & secret]


def test_it_refuses_to_be_saved(person: User) -> None:
    """It is not the whole item: saved, it would lose the rest."""
    shown = cached.shown(User, [person.id])[person.id]
    with pytest.raises(ShownOnly):
        shown.save()
    with pytest.raises(ShownOnly), transact() as tx:
        tx.save(shown)


def test_many_who_want_it_at_once_read_it_once(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    load, calls, together = get_many, list[Any](), threading.Barrier(8)

    def slow(*wanted: Any) -> Any:
        calls.append(wanted)
        time.sleep(0.1)
        return load(*wanted)

    def want(_: int) -> str:
        together.wait()
        return str(cached.shown(User, [person.id])[person.id].name)

    monkeypatch.setattr("atlas.cached.get_many", slow)
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(want, range(8))) == {"Ada Lovelace"}
    assert len(calls) == 1


def test_who_died_over_it_keeps_nobody_waiting_for_long(person: User) -> None:
    cache.add(cached._lock(User, person.id), 1, 60)
    assert cached.shown(User, [person.id])[person.id].name == "Ada Lovelace"


@pytest.fixture
def no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> Any:
        raise RedisAway("away")

    for name in ("get_many", "add", "set", "delete", "delete_many"):
        monkeypatch.setattr(cache, name, away)


def test_without_the_cache_all_goes_on(person: User, no_cache: None) -> None:
    assert cached.shown(User, [person.id])[person.id].name == "Ada Lovelace"
    services.change_profile(user=person, name="Ada King")
    assert cached.shown(User, [person.id])[person.id].name == "Ada King"


def test_what_a_booking_is_called_is_asked_for_once() -> None:
    booking = requested(make_cast())
    with measure() as cost:
        assert names_of([booking.id]) == {booking.id: booking.reference}
    assert cost.calls == 0, "written through"
    assert names_of(["nothing"]) == {}
    assert Booking.fetch(booking.id).details.passenger_name


def test_a_company_s_suggestion_is_of_its_present_rules() -> None:
    operator = OperatorFactory.create()
    owner = User.fetch(operator.user_id)
    shown_operator(owner)
    with measure() as cost:
        found = shown_operator(owner)
    assert cost.calls == 0
    assert found.company_name == operator.company_name
    stored = Operator.fetch(operator.id)
    stored.company_name = "Renamed & Sons"
    stored.save()
    assert shown_operator(owner).company_name == "Renamed & Sons"
