"""Unmanaged Django models generated from PynamoDB tables, for the parts of Django that insist on a model.

    class User(Facade, table=tables.User, unique=("email",)):
        ...

The table is the single source of truth: every attribute becomes a field, under the same name unless `names` gives
another (attribute -> field). `unique` lists attributes that a guard keeps unique. An instance carries the item it was
made from (`item`); saving writes what changed, under that item's version.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.db.models.base import ModelBase
from pynamodb.exceptions import DeleteError, PutError, UpdateError

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Lost
from atlas.facade.fields import STAMPS, field_for, plain, typed
from atlas.facade.queryset import FacadeQuerySet

LOST_CODE = "ConditionalCheckFailedException"
UPDATE_FIELDS = 5
"""Where Django passes `update_fields` to `_save_table` by position."""


class FacadeBase(ModelBase):
    """Adds a field for each attribute of `table` that the class does not declare itself."""

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        table: type[Table] | None = None,
        unique: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
        **options: Any,
    ) -> type:
        if table is not None:
            field_names = {}
            for attribute_name, attribute in table.get_attributes().items():
                field_name = field_names[attribute_name] = (names or {}).get(attribute_name, attribute_name)
                namespace.setdefault(field_name, field_for(attribute_name, attribute, unique=attribute_name in unique))
            namespace["field_names"] = field_names
            meta = namespace.get("Meta", object)
            namespace["Meta"] = type("Meta", (meta,), {"managed": False, "db_table": table.Meta.table_name})
            namespace["table"] = table
        return super().__new__(cls, name, bases, namespace, **options)

    def __init__(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, namespace)


class Facade(models.Model, metaclass=FacadeBase):
    """One item of a table, as Django sees it."""

    table: ClassVar[type[Table]]
    field_names: ClassVar[dict[str, str]]
    """Attribute -> field."""
    item: Any = None
    """The PynamoDB item this was read from; None for one that is not stored yet."""

    objects = FacadeQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def from_item(cls, item: Table) -> Self:
        values = {field: plain(getattr(item, name)) for name, field in cls.field_names.items()}
        order = [field.attname for field in cls._meta.concrete_fields]
        found = cls.from_db(None, order, [values[name] for name in order])
        found.item = item
        return found

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Read again, strongly consistent; the version too, or the next save would fight a ghost."""
        self.item = self.table.fetch(self.pk)
        for name, field in self.field_names.items():
            if fields is None or field in fields:
                setattr(self, field, plain(getattr(self.item, name)))

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        try:
            super().save_base(*args, **kwargs)
        except (PutError, UpdateError) as error:
            if error.cause_response_code != LOST_CODE:
                raise
            raise Lost(f"{self.table.Meta.name} {self.pk}", LOST_CODE) from error

    def _save_table(self, *args: Any, update_fields: Iterable[str] | None = None, **_: Any) -> bool:
        """Django's hook for the write itself. True when an item was there before."""
        if self.item is None:
            self._create()
            return False
        only = args[UPDATE_FIELDS] if len(args) > UPDATE_FIELDS else update_fields
        self._update(None if only is None else set(only))
        return True

    def _create(self) -> None:
        attributes = self.table.get_attributes()
        values = {
            name: typed(attributes[name], getattr(self, field))
            for name, field in self.field_names.items()
            if name not in STAMPS
        }
        item = self.table(**{name: value for name, value in values.items() if value is not None})
        item.save(attributes[str(self.table._hash_keyname)].does_not_exist())
        self._take_stamps(item)

    def _update(self, only: set[str] | None) -> None:
        """One UpdateItem of the changed attributes; none when nothing changed."""
        actions = []
        for name, attribute in self.table.get_attributes().items():
            field = self.field_names[name]
            if name in STAMPS or attribute.is_hash_key or (only is not None and field not in only):
                continue
            value = typed(attribute, getattr(self, field))
            if value == getattr(self.item, name):
                continue
            actions.append(attribute.remove() if value is None else attribute.set(value))
        if actions:
            self.item.update([*actions, self.table.updated_at.set(utc_now())])
            self._take_stamps(self.item)

    def _take_stamps(self, item: Table) -> None:
        self.item = item
        for name in STAMPS:
            setattr(self, name, getattr(item, name))

    def delete(self, *_: Any, **__: Any) -> tuple[int, dict[str, int]]:
        """Delete this one item under its version; nothing else hangs on it."""
        try:
            self.item.delete()
        except DeleteError as error:
            if error.cause_response_code != LOST_CODE:
                raise
            raise Lost(f"{self.table.Meta.name} {self.pk}", LOST_CODE) from error
        return 1, {self._meta.label: 1}

    def refuse(self, message: str) -> None:
        """For facades whose writes belong to services alone."""
        raise ValidationError({NON_FIELD_ERRORS: [message]})
