"""Two tables with everything that a facade knows: indexes of all kinds, two keys, TTL, documents; and their facades."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar
from uuid import uuid4

from django.apps.registry import Apps
from django.db import models
from pynamodb.attributes import BooleanAttribute, ListAttribute, NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from atlas.dynamo.attributes import Document, FloatAttribute, InstantAttribute, IntegerAttribute, UnicodeEnumAttribute
from atlas.dynamo.table import Schema, Table
from atlas.facade.model import Facade
from atlas.facade.partitions import Days, Values
from tests.dynamo.samples import unlisted

SHARDS = range(3)
REACH = timedelta(days=12)


class Colour(StrEnum):
    RED = "RED"
    GREEN = "GREEN"
    DARK_BLUE = "DARK_BLUE"


class Place(Document):
    label = UnicodeAttribute(null=True)
    floor = IntegerAttribute(default=0)


with unlisted():

    class RidesByOwner(GlobalSecondaryIndex["RideItem"]):
        class Meta:
            index_name = "owner-index"
            projection = AllProjection()

        owner = UnicodeAttribute(hash_key=True)
        placed_at = InstantAttribute(range_key=True, attr_name="placedAt")

    class RidesByNote(GlobalSecondaryIndex["RideItem"]):
        class Meta:
            index_name = "note-index"
            projection = AllProjection()

        owner = UnicodeAttribute(hash_key=True)
        note = UnicodeAttribute(range_key=True)

    class RidesByColour(GlobalSecondaryIndex["RideItem"]):
        class Meta:
            index_name = "colour-index"
            projection = KeysOnlyProjection()

        colour = UnicodeEnumAttribute(Colour, hash_key=True)
        placed_at = InstantAttribute(range_key=True, attr_name="placedAt")

    class RidesByDay(GlobalSecondaryIndex["RideItem"]):
        class Meta:
            index_name = "day-index"
            projection = KeysOnlyProjection()

        day = UnicodeAttribute(hash_key=True)
        placed_at = InstantAttribute(range_key=True, attr_name="placedAt")

    class DueRides(GlobalSecondaryIndex["RideItem"]):
        class Meta:
            index_name = "due-index"
            projection = AllProjection()

        shard = NumberAttribute(hash_key=True)
        due = IntegerAttribute(range_key=True, attr_name="dueIn")

    class RideItem(Table):
        class Meta(Schema):
            name = "test-rides"

        id = UnicodeAttribute(hash_key=True, default_for_new=lambda: str(uuid4()))
        owner = UnicodeAttribute()
        placed_at = InstantAttribute(attr_name="placedAt")
        day = UnicodeAttribute()
        colour = UnicodeEnumAttribute(Colour, default=Colour.RED)
        shard = NumberAttribute(null=True)
        due = IntegerAttribute(attr_name="dueIn", null=True)
        note = UnicodeAttribute(null=True)
        price = IntegerAttribute(null=True)
        rating = FloatAttribute(default=0.0)
        active = BooleanAttribute(default=True)
        type_ = UnicodeAttribute(attr_name="type", default="")
        place = Place(null=True)
        tags: ListAttribute[str] = ListAttribute(of=UnicodeAttribute, default=list)  # type: ignore[arg-type]
        delete_at = TTLAttribute(attr_name="deleteAt", null=True)

        owner_index = RidesByOwner()
        note_index = RidesByNote()
        colour_index = RidesByColour()
        day_index = RidesByDay()
        due_index = DueRides()

    class LegsByDriver(GlobalSecondaryIndex["LegItem"]):
        class Meta:
            index_name = "driver-index"
            projection = KeysOnlyProjection()

        driver = UnicodeAttribute(hash_key=True)
        name = UnicodeAttribute(range_key=True)

    class LegItem(Table):
        class Meta(Schema):
            name = "test-legs"

        ride_id = UnicodeAttribute(hash_key=True, attr_name="rideId")
        name = UnicodeAttribute(range_key=True)
        driver = UnicodeAttribute(null=True)
        other_id = UnicodeAttribute(attr_name="otherId", null=True)
        metres = NumberAttribute(default=0)

        driver_index = LegsByDriver()


sandbox = Apps(())
"""A registry of models beside Django's own: no check, page or content type of Atlas sees these."""


class Ride(
    Facade,
    table=RideItem,
    partitions={"day-index": Days(reach=REACH), "due-index": Values(SHARDS)},
    options={"note": {"help_text": "For the driver.", "verbose_name": "word to the driver"}},
):
    objects: ClassVar[Any]
    id: Any
    note: Any
    price: Any
    owner: Any
    version: Any
    colour: Any
    type: Any

    class Meta:
        apps = sandbox
        app_label = "sample"
        ordering: ClassVar[list[str]] = ["-placed_at"]


class BareRide(Facade, table=RideItem):
    """The same rides without declared partitions: what names no key is a scan or refused."""

    objects: ClassVar[Any]

    class Meta:
        apps = sandbox
        app_label = "sample"


class Leg(Facade, table=LegItem, links={"ride_id": "sample.Ride", "other_id": "sample.Ride"}):
    objects: ClassVar[Any]
    ride: Any
    ride_id: Any
    other: Any
    other_id: Any
    name: Any
    metres: Any

    class Meta:
        apps = sandbox
        app_label = "sample"


def kinds(model: type[models.Model]) -> dict[str, type]:
    return {field.name: type(field) for field in model._meta.concrete_fields}
