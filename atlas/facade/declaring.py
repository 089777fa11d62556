"""The class statement of a facade: fields, keys and `Meta` from the table."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models.base import ModelBase

from atlas.dynamo.table import Table
from atlas.facade.fields import KeyField, field_for, field_options
from atlas.facade.links import SUFFIX, Link, link_field
from atlas.facade.partitions import Partitions

KEY_NAME = "key"
"""The synthetic primary key, where the table has two keys (`item_key` when the table has a `key` itself)."""


class FacadeBase(ModelBase):
    """Adds a field for each attribute of `table` that the class does not declare itself.

    - `unique`: attributes that a guard keeps unique
    - `names`: attribute -> field, where it should be another than its own
    - `links`: attribute -> `"app.Model"` or `Link(...)`
    - `partitions`: index name -> `Days(...)` or `Values(...)`, by which everything can be listed
    - `options`: attribute -> further options of its field (`verbose_name`, `help_text`, `choices`, ...)
    - `show_expired`: items past their TTL too, until DynamoDB deletes them
    """

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        table: type[Table] | None = None,
        unique: Iterable[str] = (),
        names: Mapping[str, str] | None = None,
        links: Mapping[str, Link | str] | None = None,
        partitions: Mapping[str, Partitions] | None = None,
        options: Mapping[str, Mapping[str, Any]] | None = None,
        show_expired: bool = False,
        **more: Any,
    ) -> type:
        if table is not None:
            declared = Declared(table, set(unique), names or {}, links or {}, options or {})
            for field_name, field in declared.fields(namespace).items():
                namespace.setdefault(field_name, field)
            meta = namespace.get("Meta", object)
            defaults = {"managed": False, "db_table": table.Meta.table_name, "base_manager_name": "objects"}
            defaults = {key: value for key, value in defaults.items() if key == "managed" or not hasattr(meta, key)}
            namespace["Meta"] = type("Meta", (meta,), defaults)
            namespace["table"] = table
            namespace["field_names"] = declared.attnames
            namespace["attribute_names"] = {field: attribute for attribute, field in declared.attnames.items()}
            namespace["partitions"] = dict(partitions or {})
            namespace["expiry"] = None if show_expired else _ttl_name(table)
            namespace["declared"] = declared
        return super().__new__(cls, name, bases, namespace, **more)

    def __init__(self, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, namespace)


class Declared:
    """What the class statement said, kept for the system checks."""

    def __init__(
        self,
        table: type[Table],
        unique: set[str],
        names: Mapping[str, str],
        links: Mapping[str, Link | str],
        options: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.table, self.unique, self.names, self.links, self.options = table, unique, names, links, options
        self.attnames = {attribute: self._attname(attribute) for attribute in table.get_attributes()}
        self.unknown: dict[str, str] = {}
        """Attribute -> why it has no field."""

    def _attname(self, attribute: str) -> str:
        name = self.names.get(attribute, attribute.rstrip("_"))
        return name.removesuffix(SUFFIX) + SUFFIX if attribute in self.links else name

    def fields(self, own: Mapping[str, Any]) -> dict[str, Any]:
        """Field name -> field, the synthetic key first; `own` are those that the class declares itself."""
        attributes = self.table.get_attributes()
        composite = self.table._range_keyname is not None
        found: dict[str, Any] = {}
        if composite:
            found[KEY_NAME if KEY_NAME not in self.attnames.values() else f"item_{KEY_NAME}"] = KeyField(
                db_column=KEY_NAME
            )
        for name, attribute in attributes.items():
            primary = attribute.is_hash_key and not composite
            more = dict(self.options.get(name, {}))
            if link := self.links.get(name):
                base = {**field_options(name, attribute, primary=primary), **more}
                found[self.attnames[name].removesuffix(SUFFIX)] = link_field(self.table, name, link, base)
                continue
            unique = name in self.unique
            try:
                found[self.attnames[name]] = field_for(name, attribute, unique=unique, primary=primary, **more)
            except TypeError as error:
                if self.attnames[name] not in own:
                    self.unknown[name] = str(error)
                    del self.attnames[name]
        return found


def _ttl_name(table: type[Table]) -> str | None:
    ttl = table.ttl_attribute()
    return next(
        (name for name, each in table.get_attributes().items() if ttl and each.attr_name == ttl.attr_name), None
    )
