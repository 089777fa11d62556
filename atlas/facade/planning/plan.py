"""What will be read, decided before anything is: one explicit plan per query."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from pynamodb.expressions.condition import Condition

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.table import Table
from atlas.facade.planning.conditions import EVERYTHING, Leaf, Test
from atlas.facade.planning.ways import Way


class Kind(StrEnum):
    EMPTY = "nothing"
    """No call: no item can match."""
    GET = "get"
    """One GetItem."""
    BATCH_GET = "batch get"
    """One BatchGetItem per hundred keys."""
    QUERY = "query"
    """One partition of the table or an index."""
    FAN_OUT = "fan-out"
    """Several partitions, merged or one after the other, in order."""
    SCAN = "scan"
    """The whole table, a bounded page at a time."""


@dataclass(frozen=True, slots=True)
class Plan:
    kind: Kind
    table: type[Table]
    test: Test = EVERYTHING
    """All conditions: checked again on what is read, so that an index that lags behind shows nothing wrong."""
    way: Way | None = None
    keys: tuple[tuple[Any, ...], ...] = ()
    """For gets: (hash,) or (hash, range) of each item."""
    partitions: tuple[Any, ...] = ()
    """Hash key values, for a query one, for a merge several."""
    days: tuple[date, date] | None = None
    """First and last UTC day, for a walk through days."""
    key_leaves: tuple[Leaf, ...] = ()
    """What the sort key's condition answers."""
    range_condition: Condition | None = None
    filters: tuple[Test, ...] = ()
    """What DynamoDB filters after reading: paid for, not sent."""
    rest: tuple[Test, ...] = ()
    """What is left for Python."""
    descending: bool = False
    order: tuple[tuple[str, bool], ...] = ()
    """For gets: (attribute, descending) to sort by in memory."""
    consistent: bool = False
    unlimited: bool = False
    """`.allow_scan()` was said: reading goes on however long it takes."""
    expiry: str | None = field(default=None)
    """The TTL attribute: what it says is over is not shown, though DynamoDB deletes late."""

    @property
    def identity(self) -> tuple[object, ...]:
        """Tells this list from every other: a cursor is good for one of them."""
        way = self.way.name if self.way else self.table.Meta.name
        return (self.kind, way, self.test, self.descending, *self.order, *self.partitions)

    @property
    def completes(self) -> bool:
        """The index has no whole items: a BatchGetItem follows."""
        return self.kind is Kind.BATCH_GET or (self.way is not None and not self.way.whole)

    @property
    def selective(self) -> bool:
        """Of what DynamoDB sends a part is left out here."""
        return bool(self.rest)

    @property
    def filter_condition(self) -> Condition | None:
        condition: Condition | None = None
        for test in self.filters:
            pushed = test.pushed(self.table.get_attributes())
            condition = pushed if condition is None else condition & pushed
        return condition

    def holds(self, item: Table) -> bool:
        if self.expiry is not None:
            over = getattr(item, self.expiry)
            if over is not None and over <= utc_now():
                return False
        return self.test.holds(item)

    def sorted(self, items: Sequence[Table]) -> list[Table]:
        """In memory, None first, as DynamoDB has no say here."""
        found = list(items)
        for name, descending in reversed(self.order):
            found.sort(key=lambda item: _sort_key(item, name), reverse=descending)
        return found


def _sort_key(item: Table, name: str) -> tuple[bool, Any]:
    value = item.key if name == "pk" else getattr(item, name)
    value = getattr(value, "value", value)
    return (value is not None, value)
