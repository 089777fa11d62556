"""Unmanaged Django models generated from PynamoDB tables, for the parts of Django that insist on a model.

    class Quote(Facade, table=tables.Quote, links={"booking_id": "bookings.Booking"}):
        ...

The table is the single source of truth: every attribute becomes a field (`atlas.facade.declaring` has the options). An
instance carries the item it was made from (`item`); saving writes what changed, under that item's version.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django.core.checks import CheckMessage
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DatabaseError, models

from atlas.dynamo.table import Table
from atlas.facade import saving
from atlas.facade.checks import check_facade
from atlas.facade.declaring import Declared, FacadeBase
from atlas.facade.fields import STAMPS, plain
from atlas.facade.keys import key_text, key_values
from atlas.facade.partitions import Partitions
from atlas.facade.planning.ways import ways
from atlas.facade.planning.wire import fits_key
from atlas.facade.queryset import FacadeQuerySet

__all__ = ["Facade", "FacadeBase"]


class Facade(models.Model, metaclass=FacadeBase):
    """One item of a table, as Django sees it."""

    table: ClassVar[type[Table]]
    field_names: ClassVar[dict[str, str]]
    """Attribute -> field (a link's with `_id`)."""
    attribute_names: ClassVar[dict[str, str]]
    """Field -> attribute; a synthetic key is not among them."""
    partitions: ClassVar[Mapping[str, Partitions]]
    expiry: ClassVar[str | None]
    """The TTL attribute, unless expired items are to be shown."""
    declared: ClassVar[Declared]
    item: Any = None
    """The PynamoDB item this was read from; None for one that is not stored yet."""

    objects = FacadeQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def check(cls, **options: Any) -> list[CheckMessage]:
        return [*super().check(**options), *check_facade(cls)]

    def __str__(self) -> str:
        return str(self.pk)

    @classmethod
    def from_item(cls, item: Table) -> Self:
        values = cls.values_of(item)
        order = [field.attname for field in cls._meta.concrete_fields]
        found = cls.from_db(None, order, [values[name] for name in order])
        found.item = item
        return found

    @classmethod
    def values_of(cls, item: Table) -> dict[str, Any]:
        """Field -> value, as forms see it."""
        values = {field: plain(getattr(item, name)) for name, field in cls.field_names.items()}
        if cls._meta.pk.attname not in values:
            values[cls._meta.pk.attname] = cls.key_of(item)
        return values

    # Keys

    @classmethod
    def key_of(cls, item: Table) -> str:
        """Both keys as one text."""
        return key_text(cls._key_attributes(), item.key)

    @classmethod
    def keys_of(cls, pk: Any) -> tuple[Any, ...] | None:
        """The table's keys that a primary key names; None when no item can have it."""
        attributes = cls._key_attributes()
        if len(attributes) > 1:
            return key_values(attributes, pk)
        return (pk,) if fits_key(attributes[0], pk) else None

    @classmethod
    def _key_attributes(cls) -> tuple[Any, ...]:
        own = ways(cls.table)[0]
        return tuple(own.attribute(name) for name in own.keys)

    # Reading

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Read again, strongly consistent; the version too, or the next save would fight a ghost."""
        item = saving.current(self)
        if item is None:
            raise self.DoesNotExist(f"{self._meta.label} {self.pk} is no longer there.")
        self.item = item
        for name, value in self.values_of(item).items():
            if fields is None or name in fields or name.removesuffix("_id") in fields:
                setattr(self, name, value)
        links: Any = self._meta.concrete_fields
        for field in links:
            if field.is_relation and field.is_cached(self):
                field.delete_cached_value(self)

    # Writing

    def _save_table(
        self,
        raw: bool = False,
        cls: Any = None,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> bool:
        """Django's hook for the write itself. True when an item was there before."""
        if self.item is None or force_insert:
            if force_update or update_fields:
                raise DatabaseError(f"{self._meta.label}: it was not read, so it cannot be updated.")
            saving.create(self)
            return False
        saving.update(self, None if update_fields is None else set(update_fields))
        return True

    def rebase(self) -> None:
        """After an `EditConflict`: on top of what is stored now, with what was changed here. Raises DoesNotExist."""
        base, yours = self.values_of(self.item), {name: getattr(self, name) for name in self.attribute_names}
        self.refresh_from_db()
        for name, value in yours.items():
            if name not in STAMPS and value != base[name]:
                setattr(self, name, value)

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Delete this one item under its version; nothing else hangs on it."""
        saving.delete(self)
        return 1, {self._meta.label: 1}

    def refuse(self, message: str) -> None:
        """For facades whose writes belong to services alone."""
        raise ValidationError({NON_FIELD_ERRORS: [message]})
