"""The lookups that a facade can answer, for its refusals and for the documentation."""

from typing import Any

from atlas.facade.errors import Refused
from atlas.facade.planning.ways import Way, ways


def advice(model: Any) -> str:
    found = [_named(model, way) for way in ways(model.table)]
    lists = [name for name in model.partitions if name]
    everything = f" Everything is listed by {' or '.join(sorted(lists))}." if lists else ""
    return (
        f"Look up by {', or by '.join(found)}.{everything} "
        "A whole table is read a page at a time by read_page(scan=True), or by allow_scan()."
    )


def _named(model: Any, way: Way) -> str:
    names = (
        " and ".join(model.field_names[name] for name in way.keys) if way.index is None else model.field_names[way.hash]
    )
    if way.index is None:
        return names
    more = f" with {model.field_names[way.range]}__isnull=False" if way.sparse and way.range else ""
    return f"{names} ({way.index}){more}"


def sortable(model: Any, query: Any, *, scan: bool) -> tuple[str, ...]:
    """The fields that `order_by` would be granted for these filters."""
    from atlas.facade.planning.planner import make_plan  # noqa: PLC0415 (the planner gives advice itself)

    found = []
    for name in dict.fromkeys(way.range for way in ways(model.table) if way.range):
        ordered = query.chain()
        ordered.clear_ordering(force=True)
        ordered.add_ordering(model.field_names[name])
        try:
            make_plan(model, ordered, scan=scan)
        except Refused:
            continue
        found.append(model.field_names[name])
    return tuple(found)
