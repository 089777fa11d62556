"""A Django field for every attribute of a PynamoDB table: what forms, the admin and `createsuperuser` see of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from django.db import models
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
    AnyCharField = models.CharField[Any, Any]
else:
    AnyField, AnyCharField = models.Field, models.CharField  # not generic when they run


class EnumField(AnyCharField):
    """Text that is one of an enumeration's values; in Python it is the member."""

    def __init__(self, enumeration: type[Enum], **options: Any) -> None:
        self.enumeration = enumeration
        super().__init__(
            choices=[(each.value, each.name.replace("_", " ").capitalize()) for each in enumeration], **options
        )

    def to_python(self, value: Any) -> Any:
        """The member; what is none of them stays text, for `validate` to refuse in words."""
        try:
            return None if value in self.empty_values else self.enumeration(value)
        except ValueError:
            return value

    def deconstruct(self) -> Any:
        name, path, args, options = super().deconstruct()
        options.pop("choices", None)
        return name, path, [self.enumeration, *args], options


KINDS: tuple[tuple[type[Attribute[Any]], type[AnyField]], ...] = (
    (InstantAttribute, models.DateTimeField),
    (TTLAttribute, models.DateTimeField),
    (BooleanAttribute, models.BooleanField),
    (FloatAttribute, models.FloatField),
    (IntegerAttribute, models.IntegerField),
    (VersionAttribute, models.IntegerField),
    (NumberAttribute, models.FloatField),
    (MapAttribute, models.JSONField),
    (ListAttribute, models.JSONField),
    (UnicodeAttribute, models.CharField),
)
"""The first that fits; a table with another attribute type is refused when its facade is declared."""

STAMPS = {"schema_version", "created_at", "updated_at", "version"}
"""Written by `atlas.dynamo.table` itself, shown and never edited."""


def field_for(name: str, attribute: Attribute[Any], *, unique: bool) -> AnyField:
    """The Django field of one attribute. `unique` says that a guard keeps its values unique."""
    options: dict[str, Any] = {
        "db_column": attribute.attr_name,
        "null": attribute.null,
        "blank": attribute.null or attribute.default is not None,
        "primary_key": attribute.is_hash_key,
        "editable": name not in STAMPS,
    }
    if unique and not attribute.is_hash_key:
        options["unique"] = True
    default = attribute.default if attribute.default is not None else attribute.default_for_new
    if default is not None:
        options["default"] = Default(default)
    if isinstance(attribute, UnicodeEnumAttribute):
        return EnumField(attribute.enum_type, **options)
    for kind, field in KINDS:
        if isinstance(attribute, kind):
            return field(**options)
    raise TypeError(f"{name}: a facade has no Django field for {type(attribute).__name__} yet (atlas.facade.fields).")


class Default:
    """An attribute's default as a form sees it: documents as plain values."""

    def __init__(self, default: Any) -> None:
        self.default = default

    def __call__(self) -> Any:
        return plain(self.default() if callable(self.default) else self.default)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Default) and self.default == other.default

    def __hash__(self) -> int:
        return hash(repr(self.default))


def plain(value: Any) -> Any:
    """An attribute's value as its Django field holds it: documents become dicts under their Python names."""
    if isinstance(value, MapAttribute):
        return {name: plain(inner) for name, inner in value.attribute_values.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def typed(attribute: Attribute[Any], value: Any) -> Any:
    """A Django field's value as the attribute takes it; the opposite of `plain`."""
    if value is None:
        return None
    if isinstance(attribute, MapAttribute) and isinstance(value, Mapping):
        parts = type(attribute).get_attributes()
        return type(attribute)(**{name: typed(parts[name], inner) for name, inner in value.items()})
    if isinstance(attribute, ListAttribute) and isinstance(value, list):
        part = attribute.element_type
        return [typed(part(), each) if part else each for each in value]
    if isinstance(attribute, UnicodeEnumAttribute) and not isinstance(value, Enum):
        return attribute.enum_type(value)
    if isinstance(attribute, TTLAttribute) and isinstance(value, datetime):
        return value.replace(microsecond=0)
    return value
