"""What `order_by` asks for: exactly, by preference (`Meta.ordering`), or nothing."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, sql
from django.db.models.constants import LOOKUP_SEP
from django.db.models.expressions import OrderBy

from atlas.facade.errors import Refused
from atlas.facade.planning.conditions import KEY


@dataclass(frozen=True, slots=True)
class Order:
    """`by` holds (attribute, descending); the primary key as a last tie-breaker is left out."""

    by: tuple[tuple[str, bool], ...] = ()
    required: bool = False
    """Asked for by `order_by()`: refused when no index sorts so. `Meta.ordering` is only used where one does."""
    reverse: bool = False
    """`reverse()`, as `last()` uses it."""


def order_of(model: Any, query: sql.Query) -> Order:
    reverse = not query.standard_ordering
    if query.order_by:
        by = tuple(_one(model, each) for each in query.order_by)
        required = True
    else:
        by = tuple(_one(model, each) for each in model._meta.ordering) if query.default_ordering else ()
        required = False
    if len(by) > 1 and by[-1][0] in (KEY, model.table._hash_keyname):
        by = by[:-1]
    return Order(tuple((name, down is not reverse) for name, down in by), required, reverse)


def _one(model: Any, term: Any) -> tuple[str, bool]:
    if isinstance(term, OrderBy) and isinstance(term.expression, F):
        term = ("-" if term.descending else "") + _name(term.expression)
    if isinstance(term, F):
        term = _name(term)
    if not isinstance(term, str) or term == "?":
        raise Refused(f"{model._meta.label}: order_by({term!r}) needs SQL. Instead: order by an index's sort key.")
    descending, name = term.startswith("-"), term.lstrip("+-")
    if name == "pk":
        name = model._meta.pk.name
    if LOOKUP_SEP in name:
        raise Refused(f"{model._meta.label}: order_by({term!r}) spans a relation, which needs a join.")
    attname = model._meta.get_field(name).attname
    return model.attribute_names.get(attname, KEY), descending


def _name(term: Any) -> str:
    return str(term.name)
