"""What the conditions of one AND say of each attribute: which values, between which bounds."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition

from atlas.facade.planning.conditions import Leaf, Test
from atlas.facade.planning.wire import fits_key, orderable


@dataclass(frozen=True, slots=True)
class Bounds:
    values: tuple[Any, ...] | None = None
    """The only ones it may have; None for any."""
    named: tuple[Leaf, ...] = ()
    """The leaves that say so."""
    low: Leaf | None = None
    high: Leaf | None = None
    prefix: Leaf | None = None
    present: bool = False
    """It must not be null."""

    def narrowed(self, leaf: Leaf) -> "Bounds":
        match leaf.kind:
            case "in":
                known = leaf.value if self.values is None else tuple(each for each in self.values if each in leaf.value)
                return replace(self, values=known, named=(*self.named, leaf), present=True)
            case "gt" | "gte":
                return replace(self, low=_tighter(self.low, leaf, 1), present=True)
            case "lt" | "lte":
                return replace(self, high=_tighter(self.high, leaf, -1), present=True)
            case "startswith":
                longer = self.prefix is None or len(leaf.value) > len(self.prefix.value)
                return replace(self, prefix=leaf if longer else self.prefix, present=True)
            case "isnull" if not leaf.value:
                return replace(self, present=True)
        return replace(self, present=self.present or leaf.kind == "contains")

    @property
    def nothing(self) -> bool:
        """No value can be within."""
        if self.values == ():
            return True
        return bool(self.low and self.high and orderable(self.low.value) > orderable(self.high.value))

    def key_condition(self, attribute: Attribute[Any]) -> tuple[Condition | None, tuple[Leaf, ...]]:
        """What of this DynamoDB can use as the condition on a sort key, and the leaves that it answers exactly."""
        if self.values is not None and len(self.values) == 1 and fits_key(attribute, self.values[0]):
            return attribute == self.values[0], self.named
        bounds = [each for each in (self.low, self.high) if each and fits_key(attribute, each.value)]
        if len(bounds) == 2:  # noqa: PLR2004
            low, high = bounds
            exact = tuple(each for each in bounds if each.kind in ("gte", "lte"))
            return attribute.between(low.value, high.value), exact
        if bounds:
            return bounds[0].pushed({bounds[0].attribute: attribute}), (bounds[0],)
        if self.prefix and fits_key(attribute, self.prefix.value):
            return attribute.startswith(self.prefix.value), (self.prefix,)
        return None, ()


NO_BOUNDS = Bounds()


def bounds_of(parts: Iterable[Test]) -> dict[str, Bounds]:
    """Attribute -> what the leaves among `parts` say of it together."""
    found: dict[str, Bounds] = {}
    for part in parts:
        if isinstance(part, Leaf):
            found[part.attribute] = found.get(part.attribute, NO_BOUNDS).narrowed(part)
    return found


def _tighter(known: Leaf | None, leaf: Leaf, sign: int) -> Leaf:
    if known is None:
        return leaf
    if orderable(known.value) == orderable(leaf.value):
        return leaf if leaf.kind in ("gt", "lt") else known
    wins = orderable(leaf.value) > orderable(known.value)
    return leaf if wins is (sign > 0) else known
