"""Kept counters: figures of an overview that no index gives without reading what it counts.

    counters.add(tx, f"bookings/{day}", {"QUOTING": -1, "OPERATOR_ASSIGNED": 1}, spread=booking.id)
    counters.read(f"bookings/{day}")  # {"OPERATOR_ASSIGNED": 17, ...}

They are right, because they change in the transaction of what they count: all of it holds or nothing. They are not hot,
because each group is spread over `COUNTER_SHARDS` items; a read is one query of that many small items, whatever was
counted. What was there before there were counters is not in them.
"""

from collections import Counter as Tally
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zlib import crc32

from django.conf import settings

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import Transaction
from atlas.tables import Counter

KEPT = timedelta(days=90)
PREFIX = "n:"
EXPIRES = "expiresAt"


def add(tx: Transaction, group: str, changes: Mapping[str, int], *, spread: str) -> None:
    """Add to the counts of `group` when `tx` holds. `spread` is the id of what is counted: it chooses the shard."""
    shard = crc32(spread.encode()) % settings.COUNTER_SHARDS
    what = f"{Counter.Meta.name} {group}/{shard}"
    found = next((step for step in tx.steps if step.what == what), None)
    if found is None:
        operation = _operation(group, shard)
        tx.update(what, operation)
    else:
        operation = found.operation
    _change(operation, changes)


def read(group: str) -> dict[str, int]:
    """Every count of a group, eventually consistent; what comes to nothing is left out. One query."""
    answer = Counter._get_connection().query(group)
    totals: Tally[str] = Tally()
    for item in answer["Items"]:
        for name, value in item.items():
            if name.startswith(PREFIX):
                totals[name.removeprefix(PREFIX)] += int(value["N"])
    return {name: count for name, count in totals.items() if count}


def _operation(group: str, shard: int) -> dict[str, Any]:
    expires = int((utc_now() + KEPT).timestamp())
    return {
        "TableName": Counter.Meta.table_name,
        "Key": {"group": {"S": group}, "shard": {"N": str(shard)}},
        "UpdateExpression": "",
        "ExpressionAttributeNames": {"#expires": EXPIRES},
        "ExpressionAttributeValues": {":expires": {"N": str(expires)}},
    }


def _change(operation: dict[str, Any], changes: Mapping[str, int]) -> None:
    """Put `changes` into an update; one item may appear in a transaction once, so a second change joins the first."""
    names, values = operation["ExpressionAttributeNames"], operation["ExpressionAttributeValues"]
    place = {attribute: slot for slot, attribute in names.items()}
    for name, by in changes.items():
        slot = place.setdefault(PREFIX + name, f"#n{len(place)}")
        names[slot] = PREFIX + name
        value = f":{slot[1:]}"
        values[value] = {"N": str(int(values.get(value, {}).get("N", 0)) + by)}
    added = ", ".join(f"{slot} :{slot[1:]}" for slot in names if slot != "#expires")
    operation["UpdateExpression"] = f"ADD {added} SET #expires = :expires"
