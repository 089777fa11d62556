"""All data out of the tables, and into empty ones: nobody is locked in.

A folder with one `<table>.json.gz` per table, a line an item in DynamoDB JSON (`{"Item": {"id": {"S": "..."}}}`), which
is what AWS's own export to and import from S3 have; and a manifest with the counts and checksums. `plain` lines are
ordinary JSON, for other databases: read only by people and tools, never imported here.
"""

import base64
import gzip
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from boto3.dynamodb.types import Binary, TypeDeserializer

from atlas.dynamo.attributes import instant_text, utc_now
from atlas.dynamo.connection import connection
from atlas.dynamo.table import Table

FORM = "atlas-tables/1"
MANIFEST = "manifest.json"
PAGE, BATCH = 200, 25
"""Items in one page of a scan, and in one BatchWriteItem (DynamoDB's own limit)."""

Wire = dict[str, Any]
Tell = Callable[[str, int], None]
_deserialize = TypeDeserializer().deserialize


class Damaged(Exception):
    """A file is not what the manifest says."""


def export(tables: Iterable[type[Table]], folder: Path, *, plain: bool, rcu: float, tell: Tell) -> dict[str, int]:
    """Write every table; items by table. `rcu`: read units a second, 0 for no limit.

    A scan of a table that is written meanwhile is no picture of one instant: for that, restore to a point in time under
    another prefix and export there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for table in tables:
        name = str(table.Meta.name)
        path = folder / f"{name}.json.gz"
        with gzip.open(path, "wt", encoding="utf-8") as out:
            count = 0
            for item in _items(table, rcu):
                line = {each: _plain(_deserialize(value)) for each, value in item.items()} if plain else _text(item)
                out.write(json.dumps(line if plain else {"Item": line}, separators=(",", ":"), sort_keys=True) + "\n")
                count += 1
                if count % PAGE == 0:
                    tell(name, count)
        tell(name, count)
        files[name] = {"items": count, "sha256": _digest(path), "schemaVersion": table.Meta.version}
    about = {"form": FORM, "lines": "plain" if plain else "dynamodb", "at": instant_text(utc_now()), "tables": files}
    (folder / MANIFEST).write_text(json.dumps(about, indent=1))
    return {name: int(each["items"]) for name, each in files.items()}


def load(tables: Iterable[type[Table]], folder: Path, *, tell: Tell) -> dict[str, int]:
    """Put back what was exported, as it was; items by table. Again is the same again: each replaces itself.

    Every file is checked before the first item is written. Raises `Damaged`.
    """
    about = json.loads((folder / MANIFEST).read_text())
    if about.get("form") != FORM or about.get("lines") != "dynamodb":
        raise Damaged(f"{folder / MANIFEST} is not of an export in DynamoDB JSON.")
    wanted = {str(table.Meta.name): table for table in tables if table.Meta.name in about["tables"]}
    for name in wanted:
        if _digest(folder / f"{name}.json.gz") != about["tables"][name]["sha256"]:
            raise Damaged(f"{name}.json.gz is not what the manifest says.")
    counts = {}
    for name, table in wanted.items():
        batch: list[Wire] = []
        counts[name] = 0
        for line in _lines(folder / f"{name}.json.gz"):
            batch.append(_wire(line["Item"]))
            if len(batch) == BATCH:
                counts[name] += _put(table, batch)
                tell(name, counts[name])
                batch = []
        counts[name] += _put(table, batch)
        tell(name, counts[name])
        if counts[name] != about["tables"][name]["items"]:
            raise Damaged(f"{name} has {counts[name]} items, the manifest {about['tables'][name]['items']}.")
    return counts


def _items(table: type[Table], rcu: float) -> Iterator[Wire]:
    request: Wire = {"TableName": table.Meta.table_name, "Limit": PAGE, "ReturnConsumedCapacity": "TOTAL"}
    while True:
        answer = connection().client.scan(**request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        if rcu:
            time.sleep(float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0)) / rcu)


def _put(table: type[Table], items: list[Wire]) -> int:
    """What DynamoDB leaves out (throttling) is sent again."""
    waiting = {table.Meta.table_name: [{"PutRequest": {"Item": item}} for item in items]} if items else {}
    pause = 0.05
    while waiting:
        waiting = connection().client.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
        if waiting:
            time.sleep(pause)
            pause = min(pause * 2, 5)
    return len(items)


def _lines(path: Path) -> Iterator[Any]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(value: Any) -> Any:
    """Binary values as base64, as in AWS's own files."""
    match value:
        case Mapping():
            return {name: _text(each) for name, each in value.items()}
        case list():
            return [_text(each) for each in value]
        case bytes():
            return base64.b64encode(value).decode()
    return value


def _wire(value: Mapping[str, Any]) -> Wire:
    return {name: _typed(each) for name, each in value.items()}


def _typed(value: Mapping[str, Any]) -> Wire:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return {"B": base64.b64decode(content)}
        case "BS":
            return {"BS": [base64.b64decode(each) for each in content]}
        case "M":
            return {"M": _wire(content)}
        case "L":
            return {"L": [_typed(each) for each in content]}
    return {kind: content}


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case set():
            return sorted(map(_plain, value))
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Binary():
            return base64.b64encode(bytes(value)).decode()
    return value
