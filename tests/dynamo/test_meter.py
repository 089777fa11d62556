"""The meter counts what DynamoDB was asked and what it charged."""

import asyncio
import contextvars
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import pytest
from asgiref.sync import sync_to_async

from atlas.dynamo.connection import connection
from atlas.dynamo.many import get_many
from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import transact
from tests.dynamo.samples import Label, Note


@pytest.fixture
def note() -> Note:
    found = Note(text="x")
    found.save()
    return found


def test_reads_cost_half_a_unit_unless_they_are_consistent(note: Note) -> None:
    with measure() as cost:
        Note.find(note.id)
    assert (cost.calls, cost.rcu, cost.wcu, cost.scans) == (1, 0.5, 0, 0)
    assert cost.operations == [f"GetItem {Note.Meta.table_name}"]

    with measure() as cost:
        Note.fetch(note.id)
    assert (cost.calls, cost.rcu) == (1, 1.0)


def test_a_write_costs_its_indexes_too() -> None:
    with measure() as cost:
        Label().save()
        Note(text="also in the index").save()
    assert (cost.calls, cost.wcu, cost.rcu) == (2, 1 + 2, 0)


def test_a_transaction_costs_double_and_names_its_tables() -> None:
    with measure() as cost, transact() as tx:
        tx.create(Label())
        tx.create(Label())
    assert (cost.calls, cost.wcu) == (1, 4)
    assert cost.operations == [f"TransactWriteItems {Label.Meta.table_name}"]


def test_many_keys_are_one_call(note: Note) -> None:
    label = Label()
    label.save()
    with measure() as cost:
        get_many((Note, note.id), (Label, label.id))
    assert (cost.calls, cost.rcu) == (1, 1.0)


def test_a_scan_is_told_apart() -> None:
    with measure() as cost:
        list(Label.scan(limit=1))
    assert cost.scans == cost.calls == 1


def test_a_refused_write_is_counted(note: Note) -> None:
    with measure() as cost, pytest.raises(Exception, match="conditional request failed"):
        Note(id=note.id).save()
    assert cost.calls == 1


def test_measures_nest(note: Note) -> None:
    with measure() as outer:
        Note.find(note.id)
        with measure() as inner:
            Note.find(note.id)
        Note.find(note.id)
    Note.find(note.id)
    assert (outer.calls, inner.calls) == (3, 1)


def test_it_follows_the_threads_of_the_same_work_and_no_others(note: Note) -> None:
    async def in_a_thread() -> None:
        await asyncio.gather(*(sync_to_async(Note.find, thread_sensitive=False)(note.id) for _ in range(4)))

    with measure() as cost, ThreadPoolExecutor(2) as pool:
        asyncio.run(in_a_thread())
        pool.submit(contextvars.copy_context().run, Note.find, note.id).result()
        stranger = Thread(target=Note.find, args=(note.id,))
        stranger.start()
        stranger.join()
    assert (cost.calls, cost.rcu) == (5, 2.5)


@pytest.mark.slow
def test_a_client_is_never_counted_twice(note: Note) -> None:
    connection()._client = None  # as when its credentials have run out
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: connection().client, range(8)))

    with measure() as cost:
        Note.find(note.id)
    assert cost.calls == 1
