"""The state of one table in terms that a wanted one and a live one can be compared in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ON_DEMAND = "PAY_PER_REQUEST"


@dataclass(frozen=True, slots=True)
class KeyPart:
    name: str
    type: str
    """S, N or B."""

    def __str__(self) -> str:
        return self.name if self.type == "S" else f"{self.name} ({self.type})"


Keys = tuple[KeyPart, ...]
"""The hash key, and the range key where there is one."""


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned units per second."""

    read: int
    write: int

    def wire(self) -> dict[str, int]:
        return {"ReadCapacityUnits": self.read, "WriteCapacityUnits": self.write}

    def __str__(self) -> str:
        return f"{self.read} read / {self.write} write units"


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index; a local one shares the table's hash key and cannot be changed after the table's creation."""

    name: str
    keys: Keys
    projection: str
    """ALL, KEYS_ONLY or INCLUDE."""
    included: frozenset[str] = frozenset()
    local: bool = False

    def wire(self) -> dict[str, Any]:
        projection: dict[str, Any] = {"ProjectionType": self.projection}
        if self.included:
            projection["NonKeyAttributes"] = sorted(self.included)
        return {"IndexName": self.name, "KeySchema": key_schema(self.keys), "Projection": projection}

    def __str__(self) -> str:
        included = f" {', '.join(sorted(self.included))}" if self.included else ""
        return f"{', '.join(map(str, self.keys))}; {self.projection}{included}{'; local' if self.local else ''}"


@dataclass(frozen=True, slots=True)
class TableState:
    """`throughput` is None on demand, `ttl` without one, `encryption_key` with the key that AWS owns."""

    name: str
    keys: Keys
    indexes: Mapping[str, Index] = field(default_factory=dict)
    ttl: str | None = None
    recovery: bool = False
    protected: bool = False
    encryption_key: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    throughput: Throughput | None = None


@dataclass(frozen=True, slots=True)
class LiveTable(TableState):
    """What DynamoDB says; of tags, all that it bears."""

    arn: str = ""
    index_throughput: Mapping[str, Throughput] = field(default_factory=dict)


def key_schema(keys: Keys) -> list[dict[str, str]]:
    return [{"AttributeName": part.name, "KeyType": kind} for part, kind in zip(keys, ("HASH", "RANGE"), strict=False)]


def attribute_definitions(*keys: Keys) -> list[dict[str, str]]:
    """Each key attribute once."""
    parts = dict.fromkeys(part for each in keys for part in each)
    return [{"AttributeName": part.name, "AttributeType": part.type} for part in parts]
