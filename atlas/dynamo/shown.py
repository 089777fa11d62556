"""What of a table's items may be kept in the cache, to be shown (`atlas.cached`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Shown:
    """`attributes` by their names in DynamoDB: never a secret, and nothing that anybody decides on."""

    name: str
    """Of the cache, in `/metrics`."""
    life: timedelta
    attributes: frozenset[str]

    @property
    def seconds(self) -> int:
        return int(self.life.total_seconds())

    def part(self, wire: Mapping[str, Any]) -> dict[str, Any]:
        kept = self.attributes | {"schemaVersion", "createdAt", "updatedAt"}
        return {name: value for name, value in wire.items() if name in kept}
