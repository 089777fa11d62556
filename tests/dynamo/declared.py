"""Tables as a code that changes would declare them, one class per state of the code."""

from typing import Any
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, IncludeProjection, KeysOnlyProjection

from atlas.dynamo.table import Capacity, Schema, Table
from tests.dynamo.samples import unlisted


def new_name() -> str:
    return f"test-{uuid4().hex[:12]}"


def index(name: str, attribute: Any, projection: Any = None) -> Any:
    """An index on one key attribute, given under its DynamoDB name."""
    meta = type("Meta", (), {"index_name": name, "projection": projection or AllProjection()})
    return type("Index", (GlobalSecondaryIndex,), {"Meta": meta, attribute.attr_name: attribute})()


def declare(name: str, *, meta: dict[str, Any] | None = None, **attributes: Any) -> type[Table]:
    """A table `name` keyed by `id` (unless `attributes` say otherwise), with these attributes and indexes."""
    schema = type("Meta", (Schema,), {"name": name, "capacity": Capacity(write=20, read=40), **(meta or {})})
    with unlisted():
        table: type[Table] = type(
            "Declared", (Table,), {"__module__": __name__, "Meta": schema, "id": text(hash_key=True), **attributes}
        )
    return table


def text(name: str | None = None, **options: Any) -> UnicodeAttribute:
    return UnicodeAttribute(attr_name=name, **options)


def by_colour(projection: Any = None) -> Any:
    return index("colour-index", text("colour", hash_key=True), projection)


def by_size() -> Any:
    return index("size-index", NumberAttribute(hash_key=True, attr_name="size"), KeysOnlyProjection())


def by_shape() -> Any:
    return index("shape-index", text("shape", hash_key=True), IncludeProjection(["weight", "colour"]))


def ttl(name: str = "expiresAt") -> TTLAttribute:
    return TTLAttribute(attr_name=name)
