"""What DynamoDB's own background process does and the local engine does not: delete items past their TTL."""

from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.attributes import TTLAttribute

from atlas.dynamo.connection import connection
from atlas.dynamo.table import Table

_PAGE_ITEMS = 500
_TOO_OLD = timedelta(days=5 * 365)
"""DynamoDB leaves a TTL alone that lies further back: more likely a mistake than an expiry."""


def sweep(table: type[Table], *, now: datetime) -> int:
    """Delete the items of a table that are past their TTL at `now`, and say how many.

    Reads the whole table, page by page: only for an engine on this machine. An item that was renewed since its
    page was read stays, because the delete has the expiry as its condition. A table without TTL has none.
    """
    attributes = table.get_attributes().values()
    ttl = next((attribute for attribute in attributes if isinstance(attribute, TTLAttribute)), None)
    if ttl is None:
        return 0
    client: Any = connection().client
    expired = {
        "TableName": table.Meta.table_name,
        "ExpressionAttributeValues": {
            ":now": {"N": str(int(now.timestamp()))},
            ":old": {"N": str(int((now - _TOO_OLD).timestamp()))},
        },
    }
    is_expired = "#ttl BETWEEN :old AND :now"
    key_names = [part.attr_name for part in attributes if part.is_hash_key or part.is_range_key]
    keys = {f"#k{place}": name for place, name in enumerate(key_names)}
    pages = client.get_paginator("scan").paginate(
        **expired,
        FilterExpression=is_expired,
        ProjectionExpression=", ".join(keys),
        ExpressionAttributeNames={"#ttl": ttl.attr_name, **keys},
        PaginationConfig={"PageSize": _PAGE_ITEMS},
    )
    deleted = 0
    for page in pages:
        for key in page["Items"]:
            try:
                client.delete_item(
                    **expired,
                    Key=key,
                    ConditionExpression=is_expired,
                    ExpressionAttributeNames={"#ttl": ttl.attr_name},
                )
            except client.exceptions.ConditionalCheckFailedException:
                continue
            deleted += 1
    return deleted


def is_missing(error: ClientError) -> bool:
    """Whether the table is not there (yet)."""
    return bool(error.response["Error"]["Code"] == "ResourceNotFoundException")
