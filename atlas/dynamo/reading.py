"""How an item or document is built from DynamoDB's wire form: each attribute once.

PynamoDB sets every default twice, copying documents and lists, and then overwrites them with what was read: a tenth of
the time of a list of bookings (`python -m bench api`). Here a default is made only for what is absent.
"""

from typing import Any, Self

from pynamodb.constants import NULL


class LeanReading:
    """Mixed into tables and documents, before PynamoDB's own class. No discriminators: Atlas has none."""

    attribute_values: dict[str, Any]

    @classmethod
    def _instantiate(cls, attribute_values: dict[str, dict[str, Any]]) -> Self:
        instance = cls.__new__(cls)
        values = instance.attribute_values = {}
        for name, attribute in cls.get_attributes().items():  # type: ignore[attr-defined]
            wire = attribute_values.get(attribute.attr_name)
            if wire and NULL not in wire:
                values[name] = attribute.deserialize(attribute.get_value(wire))
            elif (default := attribute.default) is not None:
                values[name] = default() if callable(default) else default
        return instance
