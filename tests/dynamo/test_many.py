"""Several items in one call."""

from typing import Any

import pytest

from atlas.dynamo import many
from atlas.dynamo.connection import connection
from atlas.dynamo.many import get_many
from atlas.dynamo.meter import measure
from atlas.errors import Unavailable
from tests.dynamo.samples import Label, Note, new_id


def labels(count: int) -> list[str]:
    made = [Label() for _ in range(count)]
    with Label.batch_write() as batch:
        for label in made:
            batch.save(label)
    return [label.id for label in made]


def test_the_order_is_that_of_the_asking() -> None:
    ids = labels(12)
    for order in (ids, ids[::-1], sorted(ids)):
        assert [found.id for found in get_many(*((Label, each) for each in order))] == order


def test_what_is_missing_is_none_and_what_is_asked_twice_comes_twice() -> None:
    (known,) = labels(1)

    first, missing, again = get_many((Label, known), (Label, new_id()), (Label, known))

    assert first is again
    assert first.id == known
    assert missing is None


def test_several_tables_with_the_same_key() -> None:
    (key,) = labels(1)
    Note(id=key, text="a note").save()

    note, label = get_many((Note, key), (Label, key))

    assert isinstance(note, Note)
    assert isinstance(label, Label)


def test_no_key_asks_nothing() -> None:
    with measure() as cost:
        assert get_many() == []
    assert cost.calls == 0


def test_more_than_a_hundred_keys_are_asked_in_hundreds() -> None:
    ids = labels(230)

    with measure() as cost:
        found = get_many(*((Label, each) for each in ids))

    assert [each.id for each in found] == ids
    assert cost.calls == 3


def test_a_consistent_read_costs_double() -> None:
    (key,) = labels(1)
    with measure() as cost:
        get_many((Label, key), consistent=True)
    assert cost.rcu == 1.0


def answer_nothing(monkeypatch: pytest.MonkeyPatch, times: int) -> list[Any]:
    """DynamoDB leaves everything unread so many times."""
    asked: list[Any] = []
    real = connection().dispatch

    def dispatch(operation: str, request: dict[str, Any]) -> dict[str, Any]:
        asked.append(request)
        if len(asked) <= times:
            return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
        return real(operation, request)

    monkeypatch.setattr(connection(), "dispatch", dispatch)
    monkeypatch.setattr("atlas.dynamo.many.time.sleep", lambda _: None)
    return asked


def test_what_dynamodb_left_unread_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = labels(2)
    asked = answer_nothing(monkeypatch, times=3)

    assert [each.id for each in get_many(*((Label, each) for each in ids))] == ids
    assert len(asked) == 4


def test_what_stays_unread_is_an_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answer_nothing(monkeypatch, times=1000)

    with pytest.raises(Unavailable):
        get_many((Label, new_id()))
    assert len(asked) == many.ATTEMPTS
