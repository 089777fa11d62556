"""The ways into a table: itself and its indexes, each by a hash key and perhaps a sort key."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition

from atlas.dynamo.table import Table


@dataclass(frozen=True, slots=True)
class Way:
    """`hash` and `range` are Python names in the table; `index` is None for the table itself."""

    table: type[Table]
    index: str | None
    hash: str
    range: str | None
    whole: bool
    """The whole item is there; False where an index holds keys or some attributes, and the rest is a BatchGetItem."""
    wire_names: tuple[str, ...]
    """Under which names DynamoDB has the keys that make a position: the index's and the table's."""

    @property
    def name(self) -> str:
        return f"{self.table.Meta.name}/{self.index}" if self.index else str(self.table.Meta.name)

    @property
    def sparse(self) -> bool:
        """An item without the sort key is not in the index."""
        return self.range is not None and self.attribute(self.range).null

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.hash, self.range) if self.range else (self.hash,)

    def attribute(self, name: str) -> Attribute[Any]:
        found: Attribute[Any] = self.table.get_attributes()[name]
        return found

    def query(self, value: Any, range_condition: Condition | None, **options: Any) -> dict[str, Any]:
        """One Query request: DynamoDB's own answer."""
        sent = self.attribute(self.hash).serialize(value)
        answer: dict[str, Any] = self.table._get_connection().query(
            sent, range_key_condition=range_condition, index_name=self.index, **options
        )
        return answer

    def scan(self, **options: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.table._get_connection().scan(**options)
        return answer

    def position(self, raw: dict[str, Any]) -> dict[str, Any]:
        """Where a wire item stands: what DynamoDB takes as ExclusiveStartKey."""
        return {name: raw[name] for name in self.wire_names}


@cache
def ways(table: type[Table]) -> tuple[Way, ...]:
    """The table first, then its indexes by name."""
    own = tuple(name for name in (table._hash_keyname, table._range_keyname) if name)
    wire = tuple(table.get_attributes()[name].attr_name for name in own)
    found = [Way(table, None, own[0], own[1] if len(own) > 1 else None, True, wire)]
    for index_name, index in sorted(table._indexes.items()):
        keys = {each.is_hash_key: each.attr_name for each in index.Meta.attributes.values() if _is_key(each)}
        whole = index.Meta.projection.projection_type == "ALL"
        found.append(
            Way(
                table,
                index_name,
                attribute_name(table, keys[True]),
                attribute_name(table, keys[False]) if False in keys else None,
                whole,
                tuple(dict.fromkeys((*keys.values(), *wire))),
            )
        )
    return tuple(found)


def _is_key(attribute: Attribute[Any]) -> bool:
    return attribute.is_hash_key or attribute.is_range_key


def attribute_name(table: type[Table], on_disk: str) -> str:
    """The Python name of an attribute by its name in DynamoDB."""
    return next(name for name, each in table.get_attributes().items() if each.attr_name == on_disk)


def served_by_index(table: type[Table], attribute: str) -> bool:
    """True when "everything with this value" is one query of the table or of an index."""
    return any(way.hash == attribute and (way.index or way.range) for way in ways(table))
