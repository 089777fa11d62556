"""Many items at once, past every condition: for data that nobody else writes yet (demo data, imports).

Each item keeps the `createdAt` that it was given, and its version where it has one.
"""

from collections.abc import Iterable
from itertools import islice

from atlas.dynamo.connection import connection
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import LIMIT


def put_all(items: Iterable[Table]) -> int:
    """Write the items in transactions of 100, each of its own. Returns how many.

    Not BatchWriteItem: that is 25 separate writes, each of which an engine on disk waits for.
    """
    count, waiting = 0, iter(items)
    while batch := list(islice(waiting, LIMIT)):
        connection().client.transact_write_items(TransactItems=[_put(item) for item in batch])
        count += len(batch)
    return count


def _put(item: Table) -> dict[str, object]:
    item.schema_version = type(item).Meta.version
    item.updated_at = item.created_at
    item.version = item.version or 1
    return {"Put": {"TableName": type(item).Meta.table_name, "Item": item.serialize()}}
