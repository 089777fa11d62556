"""All data out and back in, to the byte."""

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from accounts.privacy.marks import Kind
from accounts.privacy.tables import ErasureProof, MarkDocument
from accounts.tables import User
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.connection import connection
from atlas.dynamo.registry import tables
from bookings.tables import Booking
from tests.bookings.stage import make_cast, requested

Wire = dict[str, Any]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("tables", *arguments, stdout=out)
    return out.getvalue()


def raw(item: Any) -> Wire | None:
    """As it is stored, past every class of ours."""
    table = type(item)
    names = [table.get_attributes()[name].attr_name for name in (table._hash_keyname, table._range_keyname) if name]
    stored = item.serialize()
    key = {name: stored[name] for name in names}
    answer = connection().client.get_item(TableName=table.Meta.table_name, Key=key, ConsistentRead=True)
    found: Wire | None = answer.get("Item")
    return found


def binary() -> ErasureProof:
    """An item with bytes in it, also within documents."""
    mark = MarkDocument(kind=Kind.EMAIL, length=3, mac=b"\x00\xff\x10")
    made = ErasureProof(id=str(uuid4()), salt=b"\x01\x02", marks=[mark], expires_at=utc_now().replace(microsecond=0))
    made.save()
    return made


@pytest.mark.slow
def test_what_goes_out_comes_back_as_it_was(tmp_path: Path) -> None:
    booking, proof = requested(make_cast()), binary()
    items = [Booking.fetch(booking.id), User.fetch(booking.concierge_id), proof]
    before = [raw(item) for item in items]
    arguments = [each for name in ("bookings", "users", "erasure-proofs") for each in ("--table", name)]
    run("export", "--to", str(tmp_path), *arguments)
    for item in items:
        item.delete()
    assert [raw(item) for item in items] == [None, None, None]
    run("import", "--from", str(tmp_path), *arguments)
    assert [raw(item) for item in items] == before
    run("import", "--from", str(tmp_path), *arguments)
    assert [raw(item) for item in items] == before


@pytest.mark.slow
def test_an_export_has_every_table_and_says_what_is_in_it(tmp_path: Path) -> None:
    requested(make_cast())
    said = run("export", "--to", str(tmp_path))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["tables"].keys() == {table.Meta.name for table in tables()}
    for name, about in manifest["tables"].items():
        with gzip.open(tmp_path / f"{name}.json.gz", "rt") as file:
            lines = [json.loads(line) for line in file]
        assert len(lines) == about["items"]
        assert all(line.keys() == {"Item"} for line in lines), "as AWS imports it"
        assert name in said


def test_plain_lines_are_for_other_databases_and_do_not_come_back(tmp_path: Path) -> None:
    booking = requested(make_cast())
    binary()
    run("export", "--to", str(tmp_path), "--plain", "--table", "bookings", "--table", "erasure-proofs")
    with gzip.open(tmp_path / "bookings.json.gz", "rt") as file:
        found = {line["id"]: line for line in map(json.loads, file)}
    assert found[booking.id]["estimatedPrice"] == booking.estimated_price
    assert found[booking.id]["details"]["passengerName"] == "Ms. Abdi"
    with pytest.raises(CommandError, match="not of an export"):
        run("import", "--from", str(tmp_path))


def test_a_damaged_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    booking = requested(make_cast())
    run("export", "--to", str(tmp_path), "--table", "bookings")
    path = tmp_path / "bookings.json.gz"
    path.write_bytes(path.read_bytes()[:-10])
    Booking.fetch(booking.id).delete()
    with pytest.raises(CommandError, match="not what the manifest says"):
        run("import", "--from", str(tmp_path))
    assert Booking.find(booking.id) is None


def test_a_table_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nonsense"):
        run("export", "--to", str(tmp_path), "--table", "nonsense")
