"""From Django's WHERE tree to one explicit way of reading DynamoDB: nothing, keys, or one query. Never a scan.

What names no key is refused with the lookups that would work. Further conditions on a keyed read (`exact`, `in`, and
their negation) are applied to what it brings: they cost nothing more.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError
from django.db.models import sql
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In
from django.db.models.sql.where import NothingNode, WhereNode
from pynamodb.indexes import Index

from atlas.dynamo.many import get_many
from atlas.dynamo.table import Table

Test = Callable[[Table], bool]


class Refused(NotSupportedError):
    """A lookup that DynamoDB has no key for."""


@dataclass(frozen=True, slots=True)
class Condition:
    """`attribute` is one of `values`, or with `negated` none of them."""

    attribute: str
    values: tuple[Any, ...]
    negated: bool

    def holds(self, item: Table) -> bool:
        return (getattr(item, self.attribute) in self.values) is not self.negated


def read(query: sql.Query, table: type[Table]) -> Iterator[Table]:
    """The items that `query` asks for. Raises `Refused` before anything is read."""
    if query.is_empty():
        return iter(())
    try:
        conditions = list(_conditions(table, query.where, negated=False))
    except EmptyResultSet:
        return iter(())
    if query.order_by or query.distinct or query.annotations or query.combinator:
        raise Refused(f"{table.Meta.name}: order_by, distinct, annotations and unions need SQL.")
    items = _by_key(table, conditions) or _by_index(table, conditions)
    if items is None:
        raise Refused(f"{table.Meta.name}: no key serves this lookup. {_advice(table)}")
    matching = (item for item in items() if all(condition.holds(item) for condition in conditions))
    return _sliced(matching, query.low_mark, query.high_mark)


def _conditions(table: type[Table], node: WhereNode, negated: bool) -> Iterator[Condition]:
    """The leaves of a tree of ANDs."""
    negated = negated is not bool(node.negated)
    if len(node.children) > 1 and (node.connector != "AND" or negated):
        raise Refused("OR is not one key. Read each side by its own key.")
    for child in node.children:
        if isinstance(child, NothingNode):
            raise EmptyResultSet
        if isinstance(child, WhereNode):
            yield from _conditions(table, child, negated)
        else:
            yield _condition(table, child, negated)


def _condition(table: type[Table], lookup: Any, negated: bool) -> Condition:
    if not isinstance(getattr(lookup, "lhs", None), Col) or type(lookup) not in (Exact, In):
        name = getattr(lookup, "lookup_name", type(lookup).__name__)
        raise Refused(f"The lookup {name!r} needs SQL; `exact` and `in` on a key do not.")
    wanted = lookup.rhs if isinstance(lookup, In) else [lookup.rhs]
    if isinstance(wanted, sql.Query) or any(hasattr(value, "resolve_expression") for value in wanted):
        raise Refused("A subquery or expression needs SQL: pass plain values.")
    return Condition(_attribute(table, lookup.lhs.target.column), tuple(wanted), negated)


def _by_key(table: type[Table], conditions: Sequence[Condition]) -> Callable[[], Iterator[Table]] | None:
    """One GetItem or BatchGetItem, for tables that have a hash key alone."""
    key = _named(conditions, table._hash_keyname)
    if key is None or table._range_keyname:
        return None
    values = tuple(dict.fromkeys(value for value in key.values if value is not None))
    if len(values) == 1:
        return lambda: (item for item in (table.find(values[0]),) if item is not None)
    return lambda: (item for item in get_many(*((table, value) for value in values)) if item is not None)


def _by_index(table: type[Table], conditions: Sequence[Condition]) -> Callable[[], Iterator[Table]] | None:
    """One query of the index whose hash key is named; an index of keys alone is completed by one BatchGetItem."""
    for index in indexes(table):
        condition = _named(conditions, hash_name(table, index))
        if condition is not None and len(condition.values) == 1:
            return lambda: _query(table, index, condition.values[0])
    return None


def _query(table: type[Table], index: Index[Any], value: Any) -> Iterator[Table]:
    found: Iterator[Table] = index.query(value)
    if index.Meta.projection.projection_type == "ALL":
        return found
    return iter([item for item in get_many(*((table, each.key[0]) for each in found)) if item is not None])


def _named(conditions: Sequence[Condition], name: str | None) -> Condition | None:
    return next((each for each in conditions if each.attribute == name and not each.negated), None)


def indexes(table: type[Table]) -> tuple[Index[Any], ...]:
    return tuple(table._indexes.values())


def hash_name(table: type[Table], index: Index[Any]) -> str:
    """The table's Python name of an index's hash key (the index may declare it under another one)."""
    return _attribute(table, next(each.attr_name for each in index.Meta.attributes.values() if each.is_hash_key))


def _attribute(table: type[Table], on_disk: str) -> str:
    """The Python name of an attribute by its name in DynamoDB (a Django field's `column`)."""
    return next(name for name, each in table.get_attributes().items() if each.attr_name == on_disk)


def _advice(table: type[Table]) -> str:
    ways = [
        str(table._hash_keyname),
        *(f"{hash_name(table, each)} ({each.Meta.index_name})" for each in indexes(table)),
    ]
    return f"Look up by {', or by '.join(ways)}."


def _sliced(items: Iterator[Table], low: int, high: int | None) -> Iterator[Table]:
    for position, item in enumerate(items):
        if position < low:
            continue
        if high is not None and position >= high:
            return
        yield item
