"""A Django field for every attribute of a PynamoDB table: what forms, the admin and `createsuperuser` see of it."""

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.db import models
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb_attributes import FloatAttribute, IntegerAttribute, UnicodeEnumAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.facade.words import spoken

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
    AnyCharField = models.CharField[Any, Any]
    AnyFloatField = models.FloatField[Any, Any]
else:
    AnyField, AnyCharField, AnyFloatField = (
        models.Field,
        models.CharField,
        models.FloatField,
    )  # not generic when they run


class EnumField(AnyCharField):
    """Text that is one of an enumeration's values; in Python it is the member."""

    def __init__(self, enumeration: type[Enum], **options: Any) -> None:
        self.enumeration = enumeration
        super().__init__(**{"choices": [(each.value, label(each)) for each in enumeration], **options})

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


def label(member: Enum) -> Any:
    """For people: the member's own `label` where it has one, its name otherwise."""
    return getattr(member, "label", member.name.replace("_", " ").capitalize())


class NumberField(AnyFloatField):
    """A number that may be whole: shards and sequences stay integers, as DynamoDB keeps them."""

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return int(found) if found is not None and isfinite(found) and found == int(found) else found

    def get_prep_value(self, value: Any) -> Any:
        found = super().get_prep_value(value)
        return int(found) if found is not None and isfinite(found) and found == int(found) else found


class KeyField(AnyCharField):
    """The synthetic primary key of a table with a hash and a sort key (`atlas.facade.keys`)."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"primary_key": True, "editable": False, "blank": True, **options})

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        return model_instance.pk


KINDS: tuple[tuple[type[Attribute[Any]], type[AnyField]], ...] = (
    (InstantAttribute, models.DateTimeField),
    (TTLAttribute, models.DateTimeField),
    (BooleanAttribute, models.BooleanField),
    (FloatAttribute, models.FloatField),
    (IntegerAttribute, models.IntegerField),
    (VersionAttribute, models.IntegerField),
    (NumberAttribute, NumberField),
    (MapAttribute, models.JSONField),
    (ListAttribute, models.JSONField),
    (JSONAttribute, models.JSONField),
    (UnicodeAttribute, models.CharField),
)
"""The first that fits; a table with another attribute type is refused when its facade is declared."""

STAMPS = {"schema_version", "created_at", "updated_at", "version"}
"""Written by `atlas.dynamo.table` itself, shown and never edited."""


def field_options(name: str, attribute: Attribute[Any], *, primary: bool) -> dict[str, Any]:
    """What every field of one attribute is told."""
    options: dict[str, Any] = {
        "db_column": attribute.attr_name,
        "null": attribute.null,
        "blank": attribute.null or attribute.default is not None,
        "primary_key": primary,
        "editable": name not in STAMPS,
    }
    default = attribute.default if attribute.default is not None else attribute.default_for_new
    if default is not None:
        options["default"] = Default(default)
    return options


def field_for(
    name: str, attribute: Attribute[Any], *, unique: bool, primary: bool | None = None, **more: Any
) -> AnyField:
    """An attribute's Django field. `unique` says that a guard keeps its values unique; `more` goes to the field."""
    primary = bool(attribute.is_hash_key) if primary is None else primary
    options = {"verbose_name": spoken(name), **field_options(name, attribute, primary=primary), **more}
    if unique and not primary:
        options["unique"] = True
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
