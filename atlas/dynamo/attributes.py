"""Attribute types that PynamoDB lacks, named for what they hold.

Whole numbers, enumerations and floats come from `pynamodb_attributes`, documents from PynamoDB's own `MapAttribute`.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pynamodb.attributes import Attribute, MapAttribute
from pynamodb.constants import STRING
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.reading import LeanReading

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
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


class InstantAttribute(Attribute[datetime]):
    """An aware instant as sortable UTC text, `2026-12-24T23:30:00.000000Z`."""

    attr_type = STRING

    def serialize(self, value: datetime) -> str:
        return instant_text(value)

    def deserialize(self, value: str) -> datetime:
        return datetime.fromisoformat(value)


class Document(LeanReading, MapAttribute[str, Any]):
    """A typed part of an item (the seed's nested objects): unknown members are refused, equality is by value."""

    if TYPE_CHECKING:  # PynamoDB leaves its own without types

        def __init__(self, **members: Any) -> None: ...

    def __eq__(self, other: object) -> Any:
        if self._holds_values():
            return type(self) is type(other) and self._given() == getattr(other, "_given", dict)()
        return super().__eq__(other)

    def __ne__(self, other: object) -> Any:
        return not self == other if self._holds_values() else super().__ne__(other)

    __hash__ = None  # type: ignore[assignment]

    def _holds_values(self) -> bool:
        """False for the declaration in a table, whose comparisons build DynamoDB conditions."""
        return bool(self._is_attribute_container())  # type: ignore[no-untyped-call]

    def _given(self) -> dict[str, Any]:
        """The members that have a value: absent and None are the same in DynamoDB."""
        return {name: value for name, value in self.attribute_values.items() if value is not None}
