"""Several items by key, of one table or of many, in one call."""

import random
import time
from collections.abc import Sequence
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.connection.base import Connection

from atlas.dynamo.connection import connection
from atlas.dynamo.table import Table
from atlas.errors import Unavailable

LIMIT = 100
"""Keys in one BatchGetItem (DynamoDB's own limit)."""
ATTEMPTS = 8
"""Tries for what DynamoDB leaves unread: beyond 16 MB of items, or while it throttles."""


def get_many(*wanted: tuple[type[Table], Any], consistent: bool = False) -> list[Any]:
    """The items of `(table, hash key)` pairs in the order asked for, None where there is none.

    Where a table has a range key too, the key is a pair `(hash key, range key)`.
    One BatchGetItem for up to 100 different keys. Use it wherever a page needs more than one item by key.
    """
    keys = list(dict.fromkeys(wanted))
    found: dict[tuple[type[Table], Any], Table] = {}
    for start in range(0, len(keys), LIMIT):
        _read(keys[start : start + LIMIT], found, consistent)
    return [found.get(key) for key in wanted]


def _read(
    keys: Sequence[tuple[type[Table], Any]], found: dict[tuple[type[Table], Any], Table], consistent: bool
) -> None:
    shared: Connection = connection()
    tables = {table.Meta.table_name: table for table, _ in keys}
    request: dict[str, Any] = {
        name: {
            "Keys": [_key(table, key) for owner, key in keys if owner is table],
            "ConsistentRead": consistent,
        }
        for name, table in tables.items()
    }
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 (jitter, not a secret)
        answer = shared.dispatch("BatchGetItem", {"RequestItems": request})
        for name, items in answer["Responses"].items():
            for raw in items:
                item = tables[name].from_raw_data(raw)
                found[tables[name], item.key if len(item.key) > 1 else item.key[0]] = item
        request = answer.get("UnprocessedKeys") or {}
        if not request:
            return
    raise Unavailable


def _key(table: type[Table], value: Any) -> dict[str, Any]:
    range_key = table.range_key_attribute()
    if range_key is None:
        return _wire(table.hash_key_attribute(), value)
    return {**_wire(table.hash_key_attribute(), value[0]), **_wire(range_key, value[1])}


def _wire(attribute: Attribute[Any], value: Any) -> dict[str, Any]:
    return {attribute.attr_name: {attribute.attr_type: attribute.serialize(value)}}
