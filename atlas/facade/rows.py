"""What a queryset yields: instances with their links filled in, or the dicts and tuples of `values()`."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models.query import (  # type: ignore[attr-defined] # the stubs do not know all of them
    BaseIterable,
    FlatValuesListIterable,
    ModelIterable,
    NamedValuesListIterable,
    ValuesIterable,
    ValuesListIterable,
    create_namedtuple_class,
)

from atlas.facade.links import follow

CHUNK = 100


def instances(queryset: Any, items: Iterable[Any]) -> list[Any]:
    """Facades of `items`; what `select_related` names, and what the queryset already knows, is at hand."""
    found = [queryset.model.from_item(item) for item in items]
    for instance in found:
        for field, known in queryset._known_related_objects.items():
            if not field.is_cached(instance) and (other := known.get(getattr(instance, field.attname))):
                setattr(instance, field.name, other)
    follow(found, _selected(queryset))
    return found


def _selected(queryset: Any) -> list[str]:
    selected = queryset.query.select_related
    if selected is True:
        return [field.name for field in queryset.model._meta.concrete_fields if field.is_relation and not field.null]
    return list(selected or ())


class InstanceIterable(ModelIterable):  # type: ignore[type-arg] # not generic when it runs
    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        items = queryset._items()
        if not queryset.query.select_related:
            for item in items:
                yield from instances(queryset, [item])
            return
        while chunk := list(islice(items, CHUNK)):
            yield from instances(queryset, chunk)


class Rows(BaseIterable):  # type: ignore[type-arg]
    """Plain values; a relation's is its key."""

    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        items, model = queryset._items(), queryset.model
        names = queryset._fields or [field.attname for field in model._meta.concrete_fields]
        fields = [model._meta.pk if name == "pk" else model._meta.get_field(name) for name in names]
        for item in items:
            instance = model.from_item(item)
            yield self.row(names, [getattr(instance, field.attname) for field in fields])

    def row(self, names: Any, values: list[Any]) -> Any:
        return dict(zip(names, values, strict=True))


class Tuples(Rows):
    def row(self, names: Any, values: list[Any]) -> Any:
        return tuple(values)


class NamedTuples(Rows):
    def row(self, names: Any, values: list[Any]) -> Any:
        return create_namedtuple_class(*names)._make(values)


class Flat(Rows):
    def row(self, names: Any, values: list[Any]) -> Any:
        return values[0]


ITERABLES: dict[Any, Any] = {
    ValuesIterable: Rows,
    ValuesListIterable: Tuples,
    NamedValuesListIterable: NamedTuples,
    FlatValuesListIterable: Flat,
}
