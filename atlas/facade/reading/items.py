"""The items of a plan, one after the other: for iteration, slices, `get()` and `exists()`."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from atlas.dynamo.many import LIMIT, get_many
from atlas.dynamo.table import Table
from atlas.facade.planning.plan import Kind, Plan
from atlas.facade.reading.opening import open_all
from atlas.facade.reading.source import Entry, Source


def read_items(plan: Plan, wanted: int | None = None) -> Iterator[Table]:
    """Lazily, in order; `wanted` says how many will be looked at, where that is known."""
    if plan.kind is Kind.EMPTY:
        return iter(())
    if plan.kind in (Kind.GET, Kind.BATCH_GET):
        return iter(by_key(plan))
    return _stream(plan, wanted)


def by_key(plan: Plan) -> list[Table]:
    """All items of a get or batch get that there are."""
    if plan.kind is Kind.GET:
        found = [plan.table.find(*plan.keys[0], consistent=plan.consistent)]
    else:
        found = get_many(*((plan.table, _one(key)) for key in plan.keys), consistent=plan.consistent)
    return plan.sorted([item for item in found if item is not None and plan.holds(item)])


def _stream(plan: Plan, wanted: int | None) -> Iterator[Table]:
    source = open_all(plan, wanted)
    size = min(wanted or LIMIT, LIMIT)
    while entries := take(source, size):
        yield from (item for item in complete(plan, entries) if item is not None and plan.holds(item))


def take(source: Source, most: int) -> list[Entry]:
    def heads() -> Iterator[Entry]:
        while source.head() is not None:
            yield source.take()

    return list(islice(heads(), most))


def complete(plan: Plan, entries: Sequence[Entry]) -> Sequence[Table | None]:
    """The item of each entry; None for one that is gone since its index entry was written."""
    if not plan.completes:
        return [plan.table.from_raw_data(entry.raw) for entry in entries]
    attributes = plan.table.get_attributes()
    own = [attributes[name] for name in (plan.table._hash_keyname, plan.table._range_keyname) if name]
    keys = [tuple(each.deserialize(each.get_value(entry.raw[each.attr_name])) for each in own) for entry in entries]
    return get_many(*((plan.table, _one(key)) for key in keys))


def _one(key: tuple[Any, ...]) -> Any:
    """As `get_many` takes it: the hash key alone, or both."""
    return key if len(key) > 1 else key[0]
