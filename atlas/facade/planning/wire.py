"""Whether a Python value can stand in a DynamoDB key or condition without changing on the way."""

from decimal import Decimal
from enum import Enum
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER, STRING

LONGEST_KEY = 1024
"""Bytes of text in a key: DynamoDB's limit for a sort key (a partition key may have twice that, ids are far below)."""
DIGITS = 38
LARGEST, SMALLEST = Decimal("9.9e125"), Decimal("1e-130")
"""What a DynamoDB number holds."""


def fits(attribute: Attribute[Any], value: Any) -> bool:
    """True when `value` is stored as it is: equal after the round trip, and within DynamoDB's limits.

    A condition on a value that does not fit is answered in Python: no stored item can equal it, but one may be less.
    """
    try:
        sent = attribute.serialize(value)
        if attribute.attr_type == STRING:
            sent.encode()
        elif attribute.attr_type == NUMBER:
            number = Decimal(sent)
            if not number.is_finite() or len(number.as_tuple().digits) > DIGITS:
                return False
            if number and not SMALLEST <= abs(number) <= LARGEST:
                return False
        return bool(attribute.deserialize(sent) == value)
    except (ArithmeticError, AttributeError, TypeError, UnicodeError, ValueError):
        return False


def fits_key(attribute: Attribute[Any], value: Any) -> bool:
    """The same for a key, which may be neither empty nor long."""
    if not fits(attribute, value):
        return False
    return attribute.attr_type != STRING or 0 < len(attribute.serialize(value).encode()) <= LONGEST_KEY


def orderable(value: Any) -> Any:
    """By what DynamoDB orders a value: an enumeration's by its text."""
    return value.value if isinstance(value, Enum) else value
