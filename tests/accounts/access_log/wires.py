"""Past all of Atlas: the stored rows of the access log, read and overwritten as somebody with AWS keys could."""

import copy
from typing import Any

from accounts.access_log.checking import Finding, Tally
from accounts.access_log.tables import AccessEntry, Seal
from accounts.access_log.verifying import verify
from atlas.dynamo.connection import connection

Row = dict[str, Any]
TABLES = {"entry": AccessEntry, "seal": Seal}


def rows(table: Any) -> list[Row]:
    answer = connection().client.scan(TableName=table.Meta.table_name, ConsistentRead=True)
    return sorted(answer["Items"], key=repr)


def put(table: Any, row: Row) -> None:
    connection().client.put_item(TableName=table.Meta.table_name, Item=row)


def remove(table: Any, row: Row) -> None:
    names = ("object", "moment") if table is AccessEntry else ("chain", "number")
    connection().client.delete_item(TableName=table.Meta.table_name, Key={name: row[name] for name in names})


def altered(row: Row, name: str, value: Any) -> Row:
    changed = copy.deepcopy(row)
    if value is None:
        changed.pop(name, None)
    else:
        changed[name] = value
    return changed


def findings(**options: Any) -> list[Finding]:
    return list(verify(Tally(), **options))


def kinds(**options: Any) -> set[str]:
    return {finding.kind for finding in findings(**options)}
