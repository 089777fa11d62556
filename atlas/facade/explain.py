"""A plan in words: what is asked of DynamoDB, in which order rows come, and what it costs.

Query bookings/concierge-index
  key     concierge_id = 'u-1' and created_at >= '2026-11-01 00:00:00+00:00'
  order   created_at, descending
  filter  status = 'PAID' (by DynamoDB: read and paid for, not sent)
  cost    1 call per page, at most 5 where the filter leaves few; half a unit per 4 KB read
"""

from typing import Any

from django.db.models import sql

from atlas.dynamo.cursor import READ_AHEAD_PAGES
from atlas.dynamo.days import MOST_DAYS
from atlas.dynamo.many import LIMIT
from atlas.facade.planning.conditions import Leaf, Test
from atlas.facade.planning.plan import Kind, Plan

TITLES = {
    Kind.EMPTY: "Nothing",
    Kind.GET: "GetItem",
    Kind.BATCH_GET: "BatchGetItem",
    Kind.QUERY: "Query",
    Kind.FAN_OUT: "Queries",
    Kind.SCAN: "Scan",
}


def explanation(plan: Plan, query: sql.Query) -> str:
    name = plan.way.name if plan.way else plan.table.Meta.name
    lines = {
        "key": _key(plan),
        "order": _order(plan),
        "filter": _and(plan.filters, " (by DynamoDB: read and paid for, not sent)"),
        "then": _and(plan.rest if plan.way else (), " (in Python, on what was read)"),
        "fetch": "the items of the index's keys, by BatchGetItem" if plan.way and plan.completes else "",
        "slice": f"{query.low_mark} to {query.high_mark}" if query.is_sliced else "",
        "cost": _cost(plan),
    }
    return "\n".join(
        [f"{TITLES[plan.kind]} {name}", *(f"  {label:<7} {text}" for label, text in lines.items() if text)]
    )


def _key(plan: Plan) -> str:
    if plan.kind in (Kind.EMPTY, Kind.SCAN):
        return ""
    if plan.way is None:
        shown = [" / ".join(map(str, key)) for key in plan.keys[:3]]
        return ", ".join(shown) + (f" and {len(plan.keys) - 3} more" if len(plan.keys) > 3 else "")  # noqa: PLR2004
    values: tuple[Any, ...] = plan.partitions
    if plan.days:
        hash_part = f"{plan.way.hash} from {plan.days[0]} to {plan.days[1]}, a query per day"
    else:
        hash_part = str(Leaf(plan.way.hash, "in", values)) + (f", {len(values)} partitions" if len(values) > 1 else "")
    ranges = [str(leaf) for leaf in plan.key_leaves if leaf.kind != "isnull"]
    return " and ".join([hash_part, *ranges])


def _order(plan: Plan) -> str:
    if plan.order:
        return ", ".join(f"{name}{', descending' if down else ''}" for name, down in plan.order) + " (in memory)"
    if plan.kind is Kind.SCAN:
        return "DynamoDB's own: none that means anything"
    if plan.way is None or plan.way.range is None:
        return ""
    merged = " (merged)" if len(plan.partitions) > 1 else ""
    return f"{plan.way.range}, {'descending' if plan.descending else 'ascending'}{merged}"


def _and(tests: tuple[Test, ...], note: str) -> str:
    return (
        " and ".join(f"({test})" if not isinstance(test, Leaf) else str(test) for test in tests) + note if tests else ""
    )


def _cost(plan: Plan) -> str:  # noqa: PLR0911 (one per kind)
    unit = "one unit" if plan.consistent else "half a unit"
    per_read = f"{unit} per 4 KB read"
    more = f", at most {READ_AHEAD_PAGES} where the filter leaves few" if plan.filters or plan.rest else ""
    fetch = f", and 1 for their items ({unit} per 4 KB of each)" if plan.completes else ""
    match plan.kind:
        case Kind.EMPTY:
            return "no call"
        case Kind.GET:
            return f"1 call, {unit} per 4 KB of the item"
        case Kind.BATCH_GET:
            calls = -(-len(plan.keys) // LIMIT)
            return f"{calls} call{'s' if calls > 1 else ''}, {unit} per 4 KB of each item"
        case Kind.SCAN:
            bound = "as many calls as the table has megabytes" if plan.unlimited else "1 call per page"
            return f"{bound}{more}; {per_read}; the same on any page"
        case Kind.FAN_OUT if plan.days:
            return f"1 call per day until the page is full, at most {MOST_DAYS}{fetch}; {per_read}"
        case Kind.FAN_OUT:
            return f"{len(plan.partitions)} calls per page{more and ' and partition' + more}{fetch}; {per_read}"
    return f"1 call per page{more}{fetch}; {per_read}"
