"""The choice of the plan: keys if they are named, else the index with most key conditions that sorts as asked.

The order of preference: nothing; one item; several by key; one partition; several declared or named partitions; and a
scan where it is allowed. What remains is refused, with the lookups that would work.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db.models import sql

from atlas.facade.errors import Refused
from atlas.facade.partitions import MOST_VALUES, Days, Values
from atlas.facade.planning.advice import advice
from atlas.facade.planning.bounds import NO_BOUNDS, Bounds, bounds_of
from atlas.facade.planning.conditions import KEY, NOTHING, Test, conjuncts
from atlas.facade.planning.ordering import Order, order_of
from atlas.facade.planning.plan import Kind, Plan
from atlas.facade.planning.ways import Way, ways
from atlas.facade.planning.where import test_of
from atlas.facade.planning.wire import fits_key


@dataclass(frozen=True, slots=True)
class Wish:
    """A query, taken apart."""

    model: Any
    test: Test
    parts: tuple[Test, ...]
    bounds: dict[str, Bounds]
    order: Order

    def on(self, attribute: str | None) -> Bounds:
        return self.bounds.get(attribute or "", NO_BOUNDS)


def make_plan(model: Any, query: sql.Query, *, scan: bool = False, consistent: bool = False) -> Plan:
    """Raises `Refused`; nothing is read."""
    test = test_of(model, query)
    parts = conjuncts(test)
    wish = Wish(model, test, parts, bounds_of(parts), order_of(model, query))
    table = model.table
    if test == NOTHING or any(bounds.nothing for bounds in wish.bounds.values()):
        return Plan(Kind.EMPTY, table)
    common = {"consistent": consistent, "unlimited": scan, "expiry": model.expiry}
    if (keys := _keys(wish)) is not None:
        kind = (Kind.EMPTY, Kind.GET)[len(keys)] if len(keys) < 2 else Kind.BATCH_GET  # noqa: PLR2004
        order = wish.order.by or (((KEY, True),) if wish.order.reverse else ())
        return Plan(kind, table, test, keys=keys, order=order, rest=parts, **common)
    candidates = [found for way in ways(table) if (found := _through(wish, way, common)) is not None]
    if wish.order.required and candidates:
        sorting = [found for found in candidates if _sorts(found, wish.order)]
        if not sorting:
            raise Refused(_cannot_sort(wish, candidates))
        candidates = sorting
    if candidates:
        return max(candidates, key=lambda found: _worth(found, wish.order))
    if not scan:
        raise Refused(f"{model._meta.label}: no key serves this lookup. {advice(model)}")
    if wish.order.required or wish.order.reverse:
        raise Refused(f"{model._meta.label}: a scan has no order. {advice(model)}")
    filters = tuple(part for part in parts if part.pushable(table.get_attributes()))
    rest = tuple(part for part in parts if part not in filters)
    return Plan(Kind.SCAN, table, test, ways(table)[0], filters=filters, rest=rest, **common)


def _keys(wish: Wish) -> tuple[tuple[Any, ...], ...] | None:
    """The full primary keys that the conditions name; None when they name none."""
    own = ways(wish.model.table)[0]
    if (named := wish.on(KEY).values) is None:
        values = [wish.on(name).values for name in own.keys]
        if None in values:
            return None
        named = tuple(product(*[each or () for each in values]))
    attributes = [own.attribute(name) for name in own.keys]
    fitting = (key for key in named if all(fits_key(*each) for each in zip(attributes, key, strict=True)))
    return tuple(dict.fromkeys(fitting))


def _through(wish: Wish, way: Way, common: dict[str, Any]) -> Plan | None:
    """The plan of reading through this way; None where it cannot answer."""
    if way.sparse and not wish.on(way.range).present:
        return None
    values, days, named = wish.on(way.hash).values, None, True
    declared = wish.model.partitions.get(way.index)
    limits = wish.on(way.range)
    if values is not None:
        values = tuple(dict.fromkeys(value for value in values if fits_key(way.attribute(way.hash), value)))
        if not values:
            return Plan(Kind.EMPTY, way.table)
    elif isinstance(declared, Values):
        values, named = declared.all(), False
    elif isinstance(declared, Days):
        days, named = _days(declared, limits), False
    if (values is None and days is None) or len(values or ()) > MOST_VALUES:
        return None
    condition, answered = limits.key_condition(way.attribute(way.range)) if way.range else (None, ())
    if way.sparse:
        answered = (*answered, *(part for part in _leaves_of(wish, way.range) if part.kind == "isnull"))
    remaining = [
        part for part in wish.parts if part not in answered and not (named and part in wish.on(way.hash).named)
    ]
    filters = tuple(part for part in remaining if way.whole and _pushable(part, way))
    return Plan(
        Kind.QUERY if values is not None and len(values) == 1 else Kind.FAN_OUT,
        way.table,
        wish.test,
        way,
        partitions=values or (),
        days=days,
        key_leaves=answered,
        range_condition=condition,
        filters=filters,
        rest=tuple(part for part in remaining if part not in filters),
        descending=_descending(wish.order, way, walks=days is not None),
        **{**common, "consistent": common["consistent"] and way.index is None},
    )


def _days(declared: Days, limits: Bounds) -> tuple[Any, Any]:
    low, high = limits.low, limits.high
    if limits.values is not None:
        return declared.between(min(limits.values), max(limits.values))
    return declared.between(low.value if low else None, high.value if high else None)


def _leaves_of(wish: Wish, attribute: str | None) -> Iterator[Any]:
    return (part for part in wish.parts if getattr(part, "attribute", None) == attribute)


def _pushable(part: Test, way: Way) -> bool:
    """Key attributes cannot be in a filter expression."""
    keys = {*way.keys, *ways(way.table)[0].keys}
    return not any(leaf.attribute in keys for leaf in part.leaves()) and part.pushable(way.table.get_attributes())


def _descending(order: Order, way: Way, *, walks: bool) -> bool:
    """As asked where the way can; otherwise its own direction, days newest first."""
    if order.by and order.by[0][0] == way.range:
        return order.by[0][1]
    if _by_own_key(order, way):
        return order.by[0][1]
    return walks is not order.reverse


def _sorts(plan: Plan, order: Order) -> bool:
    if not order.by or plan.kind is Kind.EMPTY:
        return True
    way = plan.way
    assert way is not None
    return (len(order.by) == 1 and order.by[0][0] == way.range) or (plan.kind is Kind.QUERY and _by_own_key(order, way))


def _by_own_key(order: Order, way: Way) -> bool:
    """A table's partition is sorted by its primary key."""
    return way.index is None and way.range is not None and [name for name, _ in order.by] == [KEY]


def _worth(plan: Plan, order: Order) -> tuple[bool, ...]:
    """Greater is better."""
    way = plan.way
    if way is None:
        return (True,) * 7
    return (
        plan.kind is Kind.QUERY,
        not plan.days and not _declared(plan),
        plan.range_condition is not None,
        _sorts(plan, order),
        way.whole,
        not plan.days,
        way.index is None,
    )


def _declared(plan: Plan) -> bool:
    """Through every partition there is, not through those that the conditions name."""
    assert plan.way is not None
    return bounds_of(conjuncts(plan.test)).get(plan.way.hash, NO_BOUNDS).values is None


def _cannot_sort(wish: Wish, candidates: list[Plan]) -> str:
    sortable = sorted({plan.way.range for plan in candidates if plan.way and plan.way.range})
    asked = ", ".join(("-" if down else "") + name for name, down in wish.order.by)
    instead = f"Instead: order by {' or '.join(wish.model.field_names[name] for name in sortable)}." if sortable else ""
    return f"{wish.model._meta.label}: no index of this lookup sorts by {asked}. {instead}".strip()
