"""Attribute types that PynamoDB lacks, named for what they hold.

Whole numbers, enumerations and floats come from `pynamodb_attributes`, documents from PynamoDB's own `MapAttribute`.
"""

from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import Attribute, MapAttribute
from pynamodb.constants import STRING
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

__all__ = [
    "Document",
    "FloatAttribute",
    "InstantAttribute",
    "IntegerAttribute",
    "UnicodeEnumAttribute",
    "instant_text",
    "utc_now",
]


def utc_now() -> datetime:
    return datetime.now(UTC)


def instant_text(value: datetime) -> str:
    """UTC with microseconds and `Z`: fixed width, so that text order is time order."""
    if value.tzinfo is None:
        raise ValueError("A naive time has no place here: give it a time zone.")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class InstantAttribute(Attribute[datetime]):
    """An aware instant as sortable UTC text, `2026-12-24T23:30:00.000000Z`."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return instant_text(value)

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


class Document(MapAttribute[str, Any]):
    """A typed part of an item (the seed's nested objects): unknown members are refused, equality is by value."""

    def __eq__(self, other: object) -> Any:
        if self._is_attribute_container():  # type: ignore[no-untyped-call]
            return type(self) is type(other) and self.attribute_values == getattr(other, "attribute_values", None)
        return super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]
