"""Both keys of an item as one text, and back: the primary key of facades whose table has a hash and a sort key.

The parts are in DynamoDB's own text, joined by `|`; in them `~` is `~0` and `|` is `~1`. One item has one text: what
does not come out again exactly as it went in names no item.
"""

from decimal import Decimal
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.constants import NUMBER

from atlas.facade.planning.wire import fits_key

SEPARATOR = "|"


def key_text(attributes: tuple[Attribute[Any], ...], values: tuple[Any, ...]) -> str:
    return SEPARATOR.join(
        _part(attribute, value).replace("~", "~0").replace(SEPARATOR, "~1")
        for attribute, value in zip(attributes, values, strict=True)
    )


def _part(attribute: Attribute[Any], value: Any) -> str:
    sent = str(attribute.serialize(value))
    return format(Decimal(sent).normalize(), "f") if attribute.attr_type == NUMBER else sent


def key_values(attributes: tuple[Attribute[Any], ...], text: Any) -> tuple[Any, ...] | None:
    """The keys that `text` names; None for a text that can be no item's."""
    parts = str(text).split(SEPARATOR)
    if len(parts) != len(attributes):
        return None
    try:
        values = tuple(
            attribute.deserialize(part.replace("~1", SEPARATOR).replace("~0", "~"))
            for attribute, part in zip(attributes, parts, strict=True)
        )
        fitting = all(fits_key(*each) for each in zip(attributes, values, strict=True))
        return values if fitting and key_text(attributes, values) == text else None
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        return None
