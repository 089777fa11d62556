"""The local sweeper does what DynamoDB does by itself: it deletes what is past its TTL, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from botocore.exceptions import EndpointConnectionError
from django.core.management import CommandError, call_command
from pynamodb.attributes import TTLAttribute, UnicodeAttribute

from atlas.dynamo.connection import connection
from atlas.dynamo.table import Schema, Table, registry
from atlas.local import sweeper
from atlas.local.sweeper import sweep
from atlas.management.commands import sweep_ttl

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def note() -> Iterator[type[Table]]:
    """A table with a hash key, a range key and a TTL, under names that are not Python's."""

    class Note(Table):
        class Meta(Schema):
            name = "sweeper-notes"

        owner_id = UnicodeAttribute(hash_key=True, attr_name="ownerId")
        note_id = UnicodeAttribute(range_key=True, attr_name="noteId")
        expires_at = TTLAttribute(attr_name="expiresAt", null=True)

    Note.create_table(read_capacity_units=5, write_capacity_units=5, wait=True)
    yield Note
    Note.delete_table()
    del registry["sweeper-notes"]


def save(table: type[Table], note_id: str, expires_at: datetime | None) -> None:
    table(owner_id="somebody", note_id=note_id, expires_at=expires_at).save()


def left(table: type[Table]) -> set[str]:
    return {item.key[1] for item in table.query("somebody")}


def test_only_what_is_past_its_ttl_goes(note: type[Table]) -> None:
    save(note, "expired a second ago", NOW - timedelta(seconds=1))
    save(note, "expires this second", NOW)
    save(note, "expires in a second", NOW + timedelta(seconds=1))
    save(note, "without an expiry", None)
    save(note, "six years ago, as DynamoDB leaves it", NOW - timedelta(days=6 * 365))
    assert sweep(note, now=NOW) == 2
    assert left(note) == {"expires in a second", "without an expiry", "six years ago, as DynamoDB leaves it"}
    assert sweep(note, now=NOW) == 0


def test_more_than_a_page_goes_at_once(note: type[Table], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeper, "_PAGE_ITEMS", 3)
    for place in range(10):
        save(note, f"old {place}", NOW - timedelta(hours=1))
    save(note, "young", NOW + timedelta(hours=1))
    assert sweep(note, now=NOW) == 10
    assert left(note) == {"young"}


def test_what_was_renewed_after_it_was_read_stays(note: type[Table], monkeypatch: pytest.MonkeyPatch) -> None:
    save(note, "renewed", NOW - timedelta(seconds=1))
    client = connection().client
    delete = client.delete_item

    def renew_then_delete(**request: object) -> object:
        found = note.fetch("somebody", "renewed")
        setattr(found, "expires_at", NOW + timedelta(days=1))  # noqa: B010 (any table)
        found.save()
        return delete(**request)

    monkeypatch.setattr(client, "delete_item", renew_then_delete)
    assert sweep(note, now=NOW) == 0
    assert left(note) == {"renewed"}


def test_the_command_sweeps_every_table_and_names_those_it_swept(note: type[Table]) -> None:
    save(note, "long gone", datetime.now(UTC) - timedelta(days=1))
    save(note, "fresh", datetime.now(UTC) + timedelta(days=1))
    out = StringIO()
    call_command("sweep_ttl", stdout=out)
    assert f"{note.Meta.table_name}: 1 expired" in out.getvalue()
    assert left(note) == {"fresh"}


def test_a_table_that_is_not_there_yet_is_passed_over(note: type[Table]) -> None:
    note.delete_table()
    call_command("sweep_ttl", stdout=StringIO())
    note.create_table(read_capacity_units=5, write_capacity_units=5, wait=True)


def test_against_aws_it_refuses(settings: object) -> None:
    settings.DYNAMODB_ENDPOINT = None  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DynamoDB on AWS deletes expired items by itself"):
        call_command("sweep_ttl")


def test_a_store_that_is_away_is_an_error_once_and_tried_again_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `--forever` the next round comes; here the pause between rounds ends the test."""

    def away(*_: object, **__: object) -> int:
        raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    def pause(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    monkeypatch.setattr(sweep_ttl, "sweep", away)
    monkeypatch.setattr("time.sleep", pause)
    with pytest.raises(CommandError, match="Could not connect"):
        call_command("sweep_ttl")
    err = StringIO()
    with pytest.raises(KeyboardInterrupt, match="7"):
        call_command("sweep_ttl", forever=True, every=7, stderr=err)
    assert "Next try in 7 s: Could not connect" in err.getvalue()
