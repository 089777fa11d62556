"""Conditions on an item as a small tree of our own: evaluated in Python, or sent to DynamoDB as a filter.

Two-valued, as DynamoDB's are: a comparison with an absent attribute is false, and its negation true. Django guards the
negations of nullable columns with `isnull` itself, so rows come out as SQL would give them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, ge, gt, le, lt, or_
from typing import Any

from pynamodb.attributes import Attribute, BooleanAttribute
from pynamodb.expressions.condition import Condition

from atlas.facade.planning.wire import fits, orderable

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
KEY = "pk"
"""Stands for both keys of a table with two: a condition on it has `(hash, range)` tuples as values."""
MOST_OPERANDS = 100
"""Operands of one IN (DynamoDB's limit)."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """`attribute` (its Python name) against `value`.

    `kind` is in (value: a tuple), gt, gte, lt, lte, startswith, contains or isnull (value: a bool).
    """

    attribute: str
    kind: str
    value: Any

    def holds(self, item: Any) -> bool:
        found = item.key if self.attribute == KEY else getattr(item, self.attribute)
        if self.kind == "in":
            return found is not None and found in self.value
        if self.kind == "isnull":
            return (found is None) is self.value
        if found is None:
            return False
        if self.kind in COMPARISONS:
            return bool(COMPARISONS[self.kind](orderable(found), orderable(self.value)))
        text = str(orderable(found))
        return text.startswith(self.value) if self.kind == "startswith" else self.value in text

    def leaves(self) -> Iterator["Leaf"]:
        yield self

    def pushed(self, attributes: Mapping[str, Attribute[Any]]) -> Condition:
        attribute = attributes[self.attribute]
        match self.kind:
            case "in":
                values = list(self.value)
                parts = [values[at : at + MOST_OPERANDS] for at in range(0, len(values), MOST_OPERANDS)]
                return reduce(
                    or_, [attribute.is_in(*part) if len(part) > 1 else attribute == part[0] for part in parts]
                )
            case "isnull":
                return attribute.does_not_exist() if self.value else attribute.exists()
            case "startswith":
                return attribute.startswith(self.value)
            case "contains":
                return attribute.contains(self.value)
        condition: Condition = COMPARISONS[self.kind](attribute, self.value)
        return condition

    def pushable(self, attributes: Mapping[str, Attribute[Any]]) -> bool:
        """False where DynamoDB would see another value than Python does, or none at all."""
        if self.attribute == KEY:
            return False
        attribute = attributes[self.attribute]
        if self.kind == "isnull":
            return True
        if self.kind == "in":
            return bool(self.value) and all(fits(attribute, value) for value in self.value)
        if self.kind in COMPARISONS and isinstance(attribute, BooleanAttribute):
            return False
        if self.kind in ("startswith", "contains") and not self.value:
            return False
        return fits(attribute, self.value)

    def __str__(self) -> str:
        words = {"in": "in", "gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "isnull": "is"}.get(self.kind, self.kind)
        if self.kind == "isnull":
            return f"{self.attribute} is {'' if self.value else 'not '}null"
        if self.kind == "in" and len(self.value) == 1:
            return f"{self.attribute} = {_shown(self.value[0])}"
        value = f"({', '.join(_shown(each) for each in self.value)})" if self.kind == "in" else _shown(self.value)
        return f"{self.attribute} {words} {value}"


@dataclass(frozen=True, slots=True)
class Group:
    """All (`AND`) or any (`OR`) of `parts`; all of none is true, any of none is false."""

    connector: str
    parts: tuple["Test", ...]

    def holds(self, item: Any) -> bool:
        return (all if self.connector == "AND" else any)(part.holds(item) for part in self.parts)

    def leaves(self) -> Iterator[Leaf]:
        for part in self.parts:
            yield from part.leaves()

    def pushed(self, attributes: Mapping[str, Attribute[Any]]) -> Condition:
        join = and_ if self.connector == "AND" else or_
        condition: Condition = reduce(join, [part.pushed(attributes) for part in self.parts])
        return condition

    def pushable(self, attributes: Mapping[str, Attribute[Any]]) -> bool:
        return bool(self.parts) and all(part.pushable(attributes) for part in self.parts)

    def __str__(self) -> str:
        if not self.parts:
            return "everything" if self.connector == "AND" else "nothing"
        return f" {self.connector} ".join(f"({part})" if isinstance(part, Group) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: "Test"

    def holds(self, item: Any) -> bool:
        return not self.part.holds(item)

    def leaves(self) -> Iterator[Leaf]:
        yield from self.part.leaves()

    def pushed(self, attributes: Mapping[str, Attribute[Any]]) -> Condition:
        condition: Condition = ~self.part.pushed(attributes)
        return condition

    def pushable(self, attributes: Mapping[str, Attribute[Any]]) -> bool:
        return self.part.pushable(attributes)

    def __str__(self) -> str:
        return f"not ({self.part})"


Test = Leaf | Group | Not
NOTHING = Group("OR", ())
EVERYTHING = Group("AND", ())


def every(parts: list[Test]) -> Test:
    """All of `parts`, nested ANDs unfolded."""
    flat = [inner for part in parts for inner in (conjuncts(part))]
    if NOTHING in flat:
        return NOTHING
    return flat[0] if len(flat) == 1 else Group("AND", tuple(flat))


def some(parts: list[Test]) -> Test:
    """Any of `parts`; equalities of one attribute become one `in`, so that `Q(pk=1) | Q(pk=2)` is a batch of keys."""
    wanted = [part for part in parts if part != NOTHING]
    names = {(part.attribute, part.kind) if isinstance(part, Leaf) else None for part in wanted}
    if len(names) == 1 and (name := names.pop()) and name[1] == "in":
        values = dict.fromkeys(value for part in wanted if isinstance(part, Leaf) for value in part.value)
        return Leaf(name[0], "in", tuple(values))
    return wanted[0] if len(wanted) == 1 else Group("OR", tuple(wanted))


def opposite(part: Test) -> Test:
    if isinstance(part, Leaf) and part.kind == "isnull":
        return Leaf(part.attribute, "isnull", not part.value)
    return part.part if isinstance(part, Not) else Not(part)


def conjuncts(test: Test) -> tuple[Test, ...]:
    return test.parts if isinstance(test, Group) and test.connector == "AND" else (test,)


def _shown(value: Any) -> str:
    return repr(str(orderable(value)))
