"""Random conditions, as Django's `Q` and as a plain Python function: a facade answers what Python finds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from hypothesis import strategies as st

from tests.facade.samples import SHARDS, Colour, RideItem

NOON = datetime.combine(datetime.now(UTC).date(), time(12), UTC)
OWNERS = ["ada", "a/d'a", "é🚗|~", "nobody"]
NOTES = ["", "Gate", "Gate B", "gate", 'ga"te', "é🚗"]
INSTANTS = [NOON - timedelta(days=days, minutes=minutes) for days in range(5) for minutes in (0, 1, 600)]
IDS = ["1", "2", "a/b", "ü|~'\"", "4", "5", "6", "7", "8", "9"]

POOLS: dict[str, list[Any]] = {
    "pk": [*IDS, "nowhere", "", "\ud800", "x" * 3000],
    "owner": OWNERS,
    "placed_at": INSTANTS,
    "day": sorted({instant.date().isoformat() for instant in INSTANTS}),
    "colour": [*Colour],
    "shard": list(SHARDS),
    "due": [-1, 0, 7, 10**30],
    "note": NOTES,
    "price": [-5, 0, 250, 99_999],
    "rating": [0.0, 0.1, 4.75, 1e20],
    "active": [True, False],
}
NULLABLE = {"shard", "due", "note", "price"}
TEXT = {"owner", "note", "day"}
ORDERED = set(POOLS) - {"pk", "active", "colour"}


@dataclass(frozen=True)
class Case:
    q: Q
    holds: Callable[[RideItem], bool]


def comparison(name: str, lookup: str, value: Any) -> Case:
    """One lookup, and what it means; a comparison with nothing is false."""

    def holds(item: RideItem) -> bool:
        found = getattr(item, "id" if name == "pk" else name)
        if lookup == "isnull":
            return (found is None) is value
        if found is None:
            return False
        meanings: dict[str, Callable[[], bool]] = {
            "exact": lambda: bool(found == value),
            "in": lambda: found in value,
            "gt": lambda: bool(found > value),
            "gte": lambda: bool(found >= value),
            "lt": lambda: bool(found < value),
            "lte": lambda: bool(found <= value),
            "range": lambda: bool(value[0] <= found <= value[1]),
            "startswith": lambda: bool(found.startswith(value)),
            "contains": lambda: value in found,
        }
        return meanings[lookup]()

    return Case(Q(**{f"{name}__{lookup}": value}), holds)


def leaves(names: list[str]) -> st.SearchStrategy[Case]:
    def of(name: str) -> st.SearchStrategy[Case]:
        pool = st.sampled_from(POOLS[name])
        lookups: list[st.SearchStrategy[tuple[str, Any]]] = [
            st.tuples(st.just("exact"), pool),
            st.tuples(st.just("in"), st.lists(pool, max_size=4)),
        ]
        if name in NULLABLE:
            lookups.append(st.tuples(st.just("isnull"), st.booleans()))
        if name in ORDERED:
            lookups.append(st.tuples(st.sampled_from(["gt", "gte", "lt", "lte"]), pool))
            lookups.append(st.tuples(st.just("range"), st.tuples(pool, pool)))
        if name in TEXT:
            prefixes = st.sampled_from(["", "G", "Gate", "é", "2", "a"])
            lookups.append(st.tuples(st.sampled_from(["startswith", "contains"]), prefixes))
        return st.one_of(lookups).map(lambda pair: comparison(name, *pair))

    return st.sampled_from(names).flatmap(of)


def negated(case: Case) -> Case:
    return Case(~case.q, lambda item: not case.holds(item))


def joined(cases: list[Case], any_: bool) -> Case:
    q = Q()
    for case in cases:
        q = q | case.q if any_ else q & case.q
    combine = any if any_ else all
    return Case(q, lambda item: combine(case.holds(item) for case in cases))


trees = st.recursive(
    leaves(list(POOLS)),
    lambda inner: st.one_of(
        inner.map(negated), st.builds(joined, st.lists(inner, min_size=1, max_size=3), st.booleans())
    ),
    max_leaves=4,
)
usual = st.sampled_from([comparison("owner", "exact", "ada"), comparison("colour", "exact", Colour.RED)])
keyed = st.builds(
    lambda key, more: joined([key, *more], False),
    st.one_of(leaves(["pk"]), usual, leaves(["owner", "colour", "day"]), leaves(["shard", "placed_at", "due"])),
    st.lists(trees, max_size=2),
)
conditions = st.one_of(keyed, keyed, trees, st.just(Case(Q(), lambda _: True)))
"""Mostly such that name a key: the rest is refused, or scanned."""

orders = st.sampled_from([(), (), ("placed_at",), ("-placed_at",), ("due",), ("-due", "-pk"), ("note",), ("pk",)])


@st.composite
def rides(draw: st.DrawFn) -> list[RideItem]:
    """Up to ten rides; an instant belongs to one day, and what is due to one shard."""
    found = []
    for id in draw(st.lists(st.sampled_from(IDS), unique=True, min_size=4, max_size=len(IDS))):
        placed = draw(st.sampled_from(INSTANTS))
        due = draw(st.none() | st.sampled_from(POOLS["due"]))
        values = {
            name: draw(st.sampled_from(POOLS[name][:1] * 3 + POOLS[name]))
            for name in ("owner", "colour", "rating", "active")
        }
        values |= {
            "note": draw(st.none() | st.sampled_from(NOTES[1:])),
            "price": draw(st.none() | st.sampled_from(POOLS["price"])),
        }
        shard = draw(st.sampled_from(SHARDS)) if due is not None else None
        found.append(RideItem(id=id, placed_at=placed, day=placed.date().isoformat(), due=due, shard=shard, **values))
    return found
