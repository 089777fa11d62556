"""What a facade declares and DynamoDB cannot do, named at `manage.py check`, with what to do instead.

`Facade.check` runs these beside Django's own. The admin's options are checked by `atlas.facade.admin.checks`.
"""

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning  # noqa: A004 (Django's name)

from atlas.dynamo.attributes import InstantAttribute
from atlas.facade.partitions import MOST_VALUES, Days, Values
from atlas.facade.planning.ways import ways


def check_facade(model: Any) -> list[CheckMessage]:
    if model._meta.abstract or not hasattr(model, "declared"):
        return []
    checks = (_attributes, _names, _links, _unique, _partitions, _ordering, _relational, _extra_fields)
    return [message for check in checks for message in check(model)]


def _attributes(model: Any) -> Iterator[CheckMessage]:
    for name, reason in model.declared.unknown.items():
        yield Error(
            f"The attribute {name!r} has no field: {reason}",
            hint="Add its type to atlas.facade.fields.KINDS, or declare a field of that name on the facade.",
            obj=model,
            id="facade.E001",
        )


def _names(model: Any) -> Iterator[CheckMessage]:
    """Typing errors in the class statement would otherwise do nothing, silently."""
    declared, known = model.declared, model.table.get_attributes()
    for option in ("unique", "names", "links", "options"):
        for name in sorted(set(getattr(declared, option)) - set(known)):
            yield Error(
                f"{option!r} names {name!r}, which is no attribute of {model.table.__name__}.",
                hint=f"Attributes go by their Python names: {', '.join(known)}.",
                obj=model,
                id="facade.E002",
            )


def _links(model: Any) -> Iterator[CheckMessage]:
    for field in model._meta.local_concrete_fields:
        other = field.related_model if field.is_relation else None
        if other is not None and not isinstance(other, str) and not hasattr(other, "table"):
            yield Error(
                f"{field.name!r} links to {other._meta.label}, which is no facade.",
                hint="Only items of DynamoDB can be linked to.",
                obj=model,
                id="facade.E003",
            )


def _unique(model: Any) -> Iterator[CheckMessage]:
    """Forms ask whether a unique value is taken; that must be one query."""
    served = {way.hash for way in ways(model.table)}
    for name in sorted(model.declared.unique & set(model.table.get_attributes())):
        if name not in served:
            yield Error(
                f"{name!r} is declared unique, and no index finds its values.",
                hint="Add an index with it as hash key, or leave it to the service whose guard keeps it unique.",
                obj=model,
                id="facade.E004",
            )


def _partitions(model: Any) -> Iterator[CheckMessage]:
    known = {way.index: way for way in ways(model.table) if way.index}
    for name, declared in model.partitions.items():
        way = known.get(name)
        if way is None:
            yield Error(
                f"'partitions' names {name!r}, which is no index of {model.table.__name__}.",
                hint=f"Its indexes are {', '.join(sorted(known)) or 'none'}.",
                obj=model,
                id="facade.E005",
            )
        elif isinstance(declared, Values) and len(declared.all()) > MOST_VALUES:
            yield Error(
                f"{name!r} is declared with {len(declared.all())} partitions; a page would query each of them.",
                hint=f"At most {MOST_VALUES} are merged. Use fewer shards.",
                obj=model,
                id="facade.E006",
            )
        elif isinstance(declared, Days) and not (way.range and isinstance(way.attribute(way.range), InstantAttribute)):
            yield Error(
                f"{name!r} is declared by days, but does not sort by an instant.",
                hint="Days are walked by the instant that each day's partition is sorted by. Use Values(...) instead.",
                obj=model,
                id="facade.E007",
            )


def _ordering(model: Any) -> Iterator[CheckMessage]:
    sortable = {model.field_names[way.range] for way in ways(model.table) if way.range}
    own = {"pk", model._meta.pk.name, model._meta.pk.attname}
    terms = [term for term in model._meta.ordering if isinstance(term, str)]
    for position, term in enumerate(model._meta.ordering):
        name = term.lstrip("-") if isinstance(term, str) else None
        if name in own and position == len(model._meta.ordering) - 1 and (position or model.table._range_keyname):
            continue
        if name not in sortable or position or len(terms) != len(model._meta.ordering):
            yield Error(
                f"'ordering' has {term!r}, by which no index sorts.",
                hint=f"One of {', '.join(sorted(sortable)) or '(this table has no sort key)'}, then perhaps the pk.",
                obj=model,
                id="facade.E008",
            )


def _relational(model: Any) -> Iterator[CheckMessage]:
    options = model._meta
    for name in ("unique_together", "constraints", "indexes", "order_with_respect_to"):
        if getattr(options, name):
            yield Error(
                f"'Meta.{name}' is a matter of SQL.",
                hint="Keys and indexes are the table's; a guard item in the same transaction keeps a value unique.",
                obj=model,
                id="facade.E009",
            )
    for field in (*options.local_many_to_many, *options.private_fields):
        yield Error(
            f"{field.name!r} needs a table between two tables, or a generic one.",
            hint="Keep the ids as an attribute, or the relation as items of a table with a facade of its own.",
            obj=model,
            id="facade.E010",
        )
    if any(hasattr(parent, "table") for parent in options.parents):
        yield Error(
            "A facade cannot be the parent of another model's table.",
            hint="Make the parent abstract, or the child a proxy.",
            obj=model,
            id="facade.E011",
        )


def _extra_fields(model: Any) -> Iterator[CheckMessage]:
    for field in model._meta.local_concrete_fields:
        if field.attname not in model.attribute_names and field is not model._meta.pk:
            yield Warning(
                f"The field {field.name!r} has no attribute in {model.table.__name__}: it is never read or saved.",
                hint="Add the attribute to the table, or make it a property.",
                obj=model,
                id="facade.W012",
            )
