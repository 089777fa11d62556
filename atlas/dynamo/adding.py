"""Blind additions: an update that adds to numbers of an item which nobody reads first, in a caller's transaction.

An item may appear in a transaction once (DynamoDB's rule), so that a second addition to it joins the first.
"""

from collections.abc import Mapping
from typing import Any

from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Transaction

PREFIX = "n:"
"""Of the attributes that are added to: their names come from data, and must not meet the item's own."""


def add(
    tx: Transaction,
    table: type[Table],
    key: Mapping[str, Mapping[str, str]],
    changes: Mapping[str, int],
    *,
    beside: Mapping[str, Mapping[str, str]] | None = None,
) -> None:
    """Add `changes` to the item with this key, made where there is none; `beside` is set along, both in wire form."""
    what = f"{table.Meta.name} {'/'.join(value for each in key.values() for value in each.values())}"
    found = next((step for step in tx.steps if step.what == what), None)
    if found is None:
        operation = _operation(table, key, beside or {})
        tx.update(what, operation)
    else:
        operation = found.operation
    _change(operation, changes)


def read(item: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """The numbers of an item in its wire form."""
    return {name.removeprefix(PREFIX): int(value["N"]) for name, value in item.items() if name.startswith(PREFIX)}


def _operation(table: type[Table], key: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "TableName": table.Meta.table_name,
        "Key": dict(key),
        "UpdateExpression": "",
        "ExpressionAttributeNames": {f"#s{place}": name for place, name in enumerate(beside)},
        "ExpressionAttributeValues": {f":s{place}": value for place, value in enumerate(beside.values())},
    }


def _change(operation: dict[str, Any], changes: Mapping[str, int]) -> None:
    names, values = operation["ExpressionAttributeNames"], operation["ExpressionAttributeValues"]
    place = {attribute: slot for slot, attribute in names.items()}
    for name, by in changes.items():
        slot = place.setdefault(PREFIX + name, f"#n{len(place)}")
        names[slot] = PREFIX + name
        value = f":{slot[1:]}"
        values[value] = {"N": str(int(values.get(value, {}).get("N", 0)) + by)}
    added = ", ".join(f"{slot} :{slot[1:]}" for slot in names if slot.startswith("#n"))
    fixed = ", ".join(f"{slot} = :{slot[1:]}" for slot in names if slot.startswith("#s"))
    operation["UpdateExpression"] = " ".join(filter(None, (added and f"ADD {added}", fixed and f"SET {fixed}")))
