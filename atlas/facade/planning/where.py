"""Django's WHERE tree as our conditions. What DynamoDB cannot compare is refused by name."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import JSONField, sql
from django.db.models.expressions import Col, ColPairs
from django.db.models.fields.tuple_lookups import TupleIn
from django.db.models.sql.where import NothingNode, WhereNode
from pynamodb.attributes import UnicodeAttribute

from atlas.facade.errors import Refused
from atlas.facade.planning.conditions import COMPARISONS, EVERYTHING, KEY, NOTHING, Leaf, Test, every, opposite, some

LOOKUPS = ("exact", "in", "gt", "gte", "lt", "lte", "range", "startswith", "contains", "isnull")
INSTEAD = {
    "iexact": "exact on a value that is stored in lower case",
    "icontains": "startswith or exact on a key",
    "istartswith": "startswith on a value that is stored in lower case",
    "date": "__gte and __lt on the instant",
    "year": "__gte and __lt on the instant",
    "month": "__gte and __lt on the instant",
    "day": "__gte and __lt on the instant",
}


def test_of(model: Any, query: sql.Query) -> Test:
    """All that `query` asks of an item. Raises `Refused`."""
    _refuse_clauses(model, query)
    if query.is_empty():
        return NOTHING
    try:
        return _node(model, query, query.where)
    except EmptyResultSet:
        return NOTHING


def _refuse_clauses(model: Any, query: sql.Query) -> None:
    named = {
        "distinct()": query.distinct,
        "annotate() and aggregates": query.annotations,
        "union(), intersection() and difference()": query.combinator,
        "extra()": query.extra or query.extra_order_by,
        "GROUP BY": query.group_by,
    }
    for name, used in named.items():
        if used:
            raise Refused(f"{model._meta.label}: {name} needs SQL, and DynamoDB has none.")
    joined = [alias for alias, count in query.alias_refcount.items() if count and alias != query.base_table]
    if joined:
        raise Refused(
            f"{model._meta.label}: a lookup across a relation ({', '.join(joined)}) needs a join. "
            "Read the other item first and filter by its id."
        )


def _node(model: Any, query: sql.Query, node: WhereNode) -> Test:
    if node.connector not in ("AND", "OR"):
        raise Refused(f"{model._meta.label}: {node.connector} has no DynamoDB condition.")
    parts = list(_children(model, query, node))
    found = every(parts) if node.connector == "AND" else some(parts)
    return opposite(found) if node.negated else found


def _children(model: Any, query: sql.Query, node: WhereNode) -> Iterator[Test]:
    for child in node.children:
        if isinstance(child, NothingNode):
            yield NOTHING
        elif isinstance(child, WhereNode):
            yield _node(model, query, child)
        elif isinstance(child, TupleIn):
            yield _tuple_in(model, child)
        else:
            yield _lookup(model, child)


def _tuple_in(model: Any, lookup: Any) -> Test:
    """The `IN` of Django's foreign key prefetch: tuples of one column."""
    if not isinstance(lookup.lhs, ColPairs) or len(lookup.lhs.targets) != 1 or isinstance(lookup.rhs, sql.Query):
        raise Refused(f"{model._meta.label}: several columns in one `in` are not one key.")
    return _leaf(model, lookup.lhs.targets[0], "in", tuple(value for (value,) in lookup.rhs if value is not None))


def _lookup(model: Any, lookup: Any) -> Test:
    name = str(getattr(lookup, "lookup_name", type(lookup).__name__))
    lhs = getattr(lookup, "lhs", None)
    if not isinstance(lhs, Col):
        name = str(getattr(lhs, "lookup_name", None) or getattr(lhs, "key_name", None) or name)
    if not isinstance(lhs, Col) or name not in LOOKUPS or _is_document(lhs.target, name):
        hint = INSTEAD.get(name, f"use one of {', '.join(LOOKUPS)}, on an attribute of the item itself")
        raise Refused(f"{model._meta.label}: the lookup {name!r} needs SQL. Instead: {hint}.")
    value = lookup.rhs
    if _is_expression(value) or (isinstance(value, list | tuple | set) and any(map(_is_expression, value))):
        raise Refused(f"{model._meta.label}: a subquery or expression needs SQL. Instead: pass plain values.")
    field = lhs.target
    if name == "isnull":
        return _leaf(model, field, "isnull", bool(value))
    if name == "exact":
        return _leaf(model, field, "in", () if value is None else (value,))
    if name == "in":
        return _leaf(model, field, "in", tuple(dict.fromkeys(each for each in value if each is not None)))
    if name == "range":
        low, high = value
        return every([_leaf(model, field, "gte", low), _leaf(model, field, "lte", high)])
    return _leaf(model, field, name, value)


def _leaf(model: Any, field: Any, kind: str, value: Any) -> Test:
    """In the words of the table; a condition on a synthetic key is one on both keys."""
    if field.attname not in model.attribute_names:
        return _key(model, kind, value)
    leaf = Leaf(model.attribute_names[field.attname], kind, value)
    if kind in ("startswith", "contains") and not isinstance(
        model.table.get_attributes()[leaf.attribute], UnicodeAttribute
    ):
        raise Refused(f"{model._meta.label}: {field.name} is not text; {kind!r} compares text.")
    if kind in COMPARISONS and not _can_compare(value):
        raise Refused(f"{model._meta.label}: {field.name} cannot be compared with {value!r}.")
    return leaf


def _key(model: Any, kind: str, value: Any) -> Test:
    if kind == "isnull":
        return NOTHING if value else EVERYTHING
    if kind != "in":
        raise Refused(
            f"{model._meta.label}: `pk` is looked up by `exact` and `in`. Instead: compare the sort key itself."
        )
    keys = [key for each in value if (key := model.keys_of(each)) is not None]
    return Leaf(KEY, "in", tuple(keys)) if keys else NOTHING


def _is_document(field: Any, name: str) -> bool:
    return isinstance(field, JSONField) and name != "isnull"


def _is_expression(value: Any) -> bool:
    return hasattr(value, "resolve_expression") or hasattr(value, "as_sql")


def _can_compare(value: Any) -> bool:
    return value is not None and not isinstance(value, timedelta | list | dict)
