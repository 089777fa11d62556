"""When the engine is away, every way to ask it ends in what the edge says as 503, and works again when it is back."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.client import BaseClient
from botocore.exceptions import ReadTimeoutError

from atlas.api.exceptions import translate
from atlas.dynamo.connection import connection
from atlas.dynamo.cursor import read_page
from atlas.dynamo.many import get_many
from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.transaction import transact
from atlas.local.engine import file_engine
from atlas.local.service import Service
from tests.dynamo.samples import Note


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Service]:
    """An engine of this test's own, that may die."""
    with file_engine(tmp_path / "dynamodb.sqlite") as service:
        settings.DYNAMODB_ENDPOINT = service.url
        connection.cache_clear()
        monkeypatch.setattr(Note, "_connection", None)
        store = Store.of_settings()
        assert not apply_plan(store, make_plan(store, [Note]))
        yield service
    connection.cache_clear()


def create() -> None:
    with transact() as tx:
        tx.create(Note())


WAYS: dict[str, Callable[[], object]] = {
    "find": lambda: Note.find("x"),
    "fetch": lambda: Note.fetch("x"),
    "save": lambda: Note().save(),
    "query": lambda: read_page(Note.owner_index.query, "x", scope="s", cursor=None, limit=5),
    "many": lambda: get_many((Note, "x")),
    "transaction": create,
}


def test_every_way_to_ask_says_503_and_recovers(engine: Service) -> None:
    note = Note(text="kept")
    note.save()
    engine.kill()

    for name, ask in WAYS.items():
        with pytest.raises(Exception) as caught:
            ask()
        error = translate(caught.value)
        assert (error.status, error.code) == (503, "unavailable"), name
        assert error.retry_after

    engine.start()
    assert Note.fetch(note.id).text == "kept"
    create()


@pytest.mark.parametrize("way", sorted(WAYS))
def test_no_answer_in_time_is_an_outage_too(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time-out has no response to look for a code in."""

    def never_answers(*_: Any) -> None:
        raise ReadTimeoutError(endpoint_url="the store")

    monkeypatch.setattr(BaseClient, "_make_api_call", never_answers)
    with pytest.raises(Exception) as caught:
        WAYS[way]()
    assert translate(caught.value).status == 503
