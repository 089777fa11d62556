"""A record's rows as plain values, for answers and pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from bookings.archive.record import Wire

_deserialize = TypeDeserializer().deserialize


def plain(items: Mapping[str, list[Wire]]) -> dict[str, list[dict[str, Any]]]:
    """DynamoDB JSON without its types, under its own names; whole numbers as integers."""
    return {
        table: [{name: _number(_deserialize(value)) for name, value in sorted(row.items())} for row in rows]
        for table, rows in items.items()
    }


def _number(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {name: _number(each) for name, each in value.items()}
        case list():
            return [_number(each) for each in value]
    return value
