"""Which fields a form has, which are only shown, and how those look."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin import widgets
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from atlas.facade.admin.columns import Column, document, instant, link_to
from atlas.facade.admin.opened import OPENED_FIELD
from atlas.facade.fields import STAMPS

if TYPE_CHECKING:
    from django.contrib.admin.options import BaseModelAdmin

    Stock = BaseModelAdmin[Any]
else:
    Stock = object


HELPERS: tuple[tuple[type[Any], Callable[[str, Any], Column]], ...] = (
    (models.DateTimeField, instant),
    (models.JSONField, document),
    (models.ForeignKey, link_to),
)
"""How a kind of field is shown unless the admin says otherwise."""


class Presents(Stock):
    """Of admins and inlines."""

    rule_owned: ClassVar[Sequence[str]] = ()
    """Fields that services change by their rules: shown, never edited."""
    shown: ClassVar[Mapping[str, Column]] = {}
    """Field -> the column helper that shows it, in lists by its bare name and wherever it is read-only."""
    secret_fields: ClassVar[tuple[str, ...]] = ()

    # Read-only

    def readonly_names(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The admin's own, what rules own, the stamps, and the key of an item that has one."""
        names: list[Any] = [*super().get_readonly_fields(request, obj), *self.rule_owned]
        names += [each.name for each in self.opts.concrete_fields if each.name in STAMPS]
        if obj is not None or self._key_is_made:
            names += self._key_names
        return list(dict.fromkeys(each for each in names if each not in self.secret_fields))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Named as they are, and as they are presented: `fieldsets` may hold either."""
        names = self.readonly_names(request, obj)
        return [*names, *(column for name in names if (column := self.presented(name)) is not name)]

    @property
    def _key_names(self) -> list[str]:
        """The key's own fields: one, or a table's two with the text that stands for both."""
        table: Any = self.model.table
        field_names: Mapping[str, str] = self.model.field_names
        keys = [field_names[name] for name in (table._hash_keyname, table._range_keyname) if name]
        fields = [each.name for each in self.opts.concrete_fields if {each.name, each.attname} & {*keys}]
        return list(dict.fromkeys([self.opts.pk.name, *fields]))

    @property
    def _key_is_made(self) -> bool:
        """A lone key called `id` is a random one: nobody types it in."""
        return self._key_names == ["id"]

    # Fields and fieldsets

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*(super().get_exclude(request, obj) or ()), *self.secret_fields]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """By default every field of the table in its order, whether it is edited or shown; secrets excepted."""
        if self.fields:
            return list(self.fields)
        hidden = {*self.get_exclude(request, obj), OPENED_FIELD}
        if obj is None:
            hidden |= STAMPS | (set(self._key_names) if self._key_is_made else set())
        if len(self._key_names) > 1:
            hidden.add(self.opts.pk.name)
        first = [each.name for each in self.opts.concrete_fields if each.name not in STAMPS]
        last = [each.name for each in self.opts.concrete_fields if each.name in STAMPS]
        own = [each for each in super().get_readonly_fields(request, obj) if each not in first]
        return [name for name in [*first, *own, *last] if name not in hidden]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """What is read-only stands in them as its column, so that it looks as it does in lists."""
        readonly = set(self.readonly_names(request, obj))
        everything = obj is not None and not self.has_change_permission(request, obj)

        def present(each: Any) -> Any:
            if isinstance(each, list | tuple):
                return [present(inner) for inner in each]
            return self.presented(each) if everything or each in readonly else each

        return [
            (title, {**options, "fields": [present(each) for each in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def presented(self, name: Any) -> Any:
        """The column that shows a field: by `shown`, else by its kind; other names and columns as they are."""
        if not isinstance(name, str) or name in self.shown:
            return self.shown.get(name, name) if isinstance(name, str) else name
        try:
            field: Any = self.opts.get_field(name)
        except FieldDoesNotExist:
            return name
        helper = next((helper for kind, helper in HELPERS if isinstance(field, kind)), None)
        return _column(self, helper, name, field.verbose_name) if helper else name

    # Widgets

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Django posts the initial of a default along, to compare with; ours is compared with the stored item."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if field is not None:
            field.show_hidden_initial = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Never a drop-down of a whole table: autocomplete where it is declared, else the key with a link."""
        if db_field.name not in self.get_autocomplete_fields(request) and "widget" not in options:
            options["widget"] = widgets.ForeignKeyRawIdWidget(db_field.remote_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **options)


def _column(admin_: Any, helper: Any, name: str, label: Any) -> Column:
    """One column object per admin and field: Django compares them to find out what is read-only."""
    made: dict[str, Column] = admin_.__dict__.setdefault("_columns", {})
    if name not in made:
        made[name] = helper(name, label)
    return made[name]
