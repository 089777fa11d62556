"""Kept counters: they hold with what they count, or not at all, and a read costs one small query."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import uuid4

import pytest

from atlas import counters
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import retried, transact
from atlas.errors import Conflict
from atlas.tables import Unique


def fresh() -> str:
    return f"test/{uuid4()}"


def count(group: str, changes: dict[str, int], spread: str = "one") -> None:
    with transact() as tx:
        counters.add(tx, group, changes, spread=spread)


def test_what_moves_is_counted_where_it_is() -> None:
    group = fresh()
    count(group, {"NEW": 1})
    count(group, {"NEW": 1}, spread="another")
    count(group, {"NEW": -1, "DONE": 1})
    assert counters.read(group) == {"NEW": 1, "DONE": 1}


def test_two_changes_of_one_transaction_join() -> None:
    group = fresh()
    with transact() as tx:
        counters.add(tx, group, {"NEW": 1}, spread="one")
        counters.add(tx, group, {"NEW": 2, "DONE": 5}, spread="one")
    assert counters.read(group) == {"NEW": 3, "DONE": 5}


def test_what_is_refused_is_not_counted() -> None:
    group, key = fresh(), str(uuid4())
    Unique(key_=key, owner_id="first").save()
    with suppress(Conflict), transact() as tx:
        counters.add(tx, group, {"NEW": 1}, spread=key)
        tx.create(Unique(key_=key, owner_id="second"))
    assert counters.read(group) == {}


def test_nobody_is_lost_in_a_crowd() -> None:
    group = fresh()
    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda n: retried(count)(group, {"NEW": 1}, str(n)), range(60)))
    assert counters.read(group) == {"NEW": 60}


@pytest.mark.parametrize("many", [1, 200])
def test_a_read_costs_the_same_for_few_and_many(many: int) -> None:
    group = fresh()
    for number in range(many):
        count(group, {"NEW": 1}, str(number))
    with measure() as cost:
        assert counters.read(group) == {"NEW": many}
    assert (cost.calls, cost.scans) == (1, 0)
    assert cost.rcu <= 1
