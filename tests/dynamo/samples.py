"""Small tables of the tests' own, and how to declare more without adding to the tables of Atlas."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb_attributes import FloatAttribute, IntegerAttribute

from atlas.dynamo.attributes import Document, InstantAttribute
from atlas.dynamo.connection import connection
from atlas.dynamo.table import Schema, Table, Upgrade, registry


@contextmanager
def unlisted() -> Iterator[None]:
    """Tables declared in this block are not among `atlas.dynamo.registry.tables()`."""
    known = dict(registry)
    try:
        yield
    finally:
        registry.clear()
        registry.update(known)


def new_id() -> str:
    return str(uuid4())


class Place(Document):
    lat = FloatAttribute()
    lng = FloatAttribute()
    label = UnicodeAttribute(null=True)


with unlisted():

    class NotesByOwner(GlobalSecondaryIndex["Note"]):
        class Meta:
            index_name = "owner-index"
            projection = AllProjection()

        owner = UnicodeAttribute(hash_key=True)
        position = NumberAttribute(range_key=True)

    class Note(Table):
        class Meta(Schema):
            name = "test-notes"

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        owner = UnicodeAttribute(default="nobody")
        position = NumberAttribute(default=0)
        text = UnicodeAttribute(default="")
        place = Place(null=True)
        seen_at = InstantAttribute(attr_name="seenAt", null=True)

        owner_index = NotesByOwner()

    class Label(Table):
        class Meta(Schema):
            name = "test-labels"

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        colour = UnicodeAttribute(default="red")

    class FirstLetter(Table):
        """`test-letters` as the first Atlas wrote them."""

        class Meta(Schema):
            name = "test-letters"

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        price = UnicodeAttribute()

    class SecondLetter(Table):
        """The same a while later: the price in cents."""

        class Meta(Schema):
            name = "test-letters"
            version = "1.1.0"

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        cents = IntegerAttribute()

    def to_cents(item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "cents": round(float(item.pop("price")) * 100)}

    def with_currency(item: dict[str, Any]) -> dict[str, Any]:
        return {**item, "currency": "USD"}

    class Letter(Table):
        """The same today."""

        class Meta(Schema):
            name = "test-letters"
            version = "2.0.0"
            upgrades = {"1.0.0": Upgrade("1.1.0", to_cents), "1.1.0": Upgrade("2.0.0", with_currency)}

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        cents = IntegerAttribute()
        currency = UnicodeAttribute()


def stored(item: Table) -> dict[str, Any]:
    """An item as DynamoDB holds it, in its wire form."""
    key = {"id": {"S": item.key[0]}}
    answer = connection().client.get_item(TableName=item.Meta.table_name, Key=key, ConsistentRead=True)
    found: dict[str, Any] = answer.get("Item", {})
    return found
