"""Parcels with their depot, their labels and the stops of their way."""

from enum import StrEnum
from typing import Any

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from atlas.dynamo.attributes import Document, InstantAttribute, IntegerAttribute, UnicodeEnumAttribute
from atlas.dynamo.table import Schema, Table
from atlas.facade.model import Facade
from atlas.facade.partitions import Values
from tests.dynamo.samples import new_id, unlisted


class ParcelStatus(StrEnum):
    PENDING = "PENDING"
    ON_THE_WAY = "ON_THE_WAY"
    DELIVERED = "DELIVERED"


class Address(Document):
    street = UnicodeAttribute(null=True)
    city = UnicodeAttribute(default="")


def index(name: str, projection: Any, /, **keys: Any) -> Any:
    """A class of index; its keys under their Python names."""
    meta = type("Meta", (), {"index_name": name, "projection": projection})
    return type(name.title().replace("-", ""), (GlobalSecondaryIndex,), {"Meta": meta, **keys})()


def sent() -> InstantAttribute:
    return InstantAttribute(range_key=True, attr_name="sentAt")


with unlisted():

    class DepotItem(Table):
        class Meta(Schema):
            name = "test-depots"

        id = UnicodeAttribute(hash_key=True)
        country = UnicodeAttribute(default="US")
        name = UnicodeAttribute()

        name_index = index(
            "name-index",
            AllProjection(),
            country=UnicodeAttribute(hash_key=True),
            name=UnicodeAttribute(range_key=True),
        )

    class ParcelItem(Table):
        class Meta(Schema):
            name = "test-parcels"
            personal = True

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        reference = UnicodeAttribute()
        status = UnicodeEnumAttribute(ParcelStatus, default=ParcelStatus.PENDING)
        sent_at = InstantAttribute(attr_name="sentAt")
        depot_id = UnicodeAttribute(attr_name="depotId", null=True)
        recipient = UnicodeAttribute(default="")
        email = UnicodeAttribute(default="nobody@example.com")
        price = IntegerAttribute(default=0)
        currency = UnicodeAttribute(default="USD")
        note = UnicodeAttribute(default="")
        insured = BooleanAttribute(default=False)
        address = Address(null=True)
        pin = UnicodeAttribute(default="")

        status_index = index(
            "status-index",
            AllProjection(),
            status=UnicodeEnumAttribute(ParcelStatus, hash_key=True),
            sent_at=sent(),
        )
        depot_index = index(
            "depot-index",
            KeysOnlyProjection(),
            depot_id=UnicodeAttribute(hash_key=True, attr_name="depotId"),
            sent_at=sent(),
        )
        reference_index = index("reference-index", AllProjection(), reference=UnicodeAttribute(hash_key=True))
        email_index = index("email-index", AllProjection(), email=UnicodeAttribute(hash_key=True))

    class LabelItem(Table):
        class Meta(Schema):
            name = "test-parcel-labels"
            personal = True

        id = UnicodeAttribute(hash_key=True, default_for_new=new_id)
        parcel_id = UnicodeAttribute(attr_name="parcelId")
        text = UnicodeAttribute()
        copies = IntegerAttribute(default=1)

        parcel_index = index(
            "parcel-index", AllProjection(), parcel_id=UnicodeAttribute(hash_key=True, attr_name="parcelId")
        )

    class StopItem(Table):
        class Meta(Schema):
            name = "test-stops"

        parcel_id = UnicodeAttribute(hash_key=True, attr_name="parcelId")
        place = UnicodeAttribute(range_key=True)
        note = UnicodeAttribute(default="")


class Depot(Facade, table=DepotItem):
    name: str

    def __str__(self) -> str:
        return self.name


class Parcel(
    Facade,
    table=ParcelItem,
    links={"depot_id": "parcels.Depot"},
    partitions={"status-index": Values(ParcelStatus)},
):
    reference: str
    status: ParcelStatus

    class Meta:
        ordering = ("-sent_at",)

    def __str__(self) -> str:
        return self.reference


class Label(Facade, table=LabelItem, links={"parcel_id": "parcels.Parcel"}):
    text: str

    def __str__(self) -> str:
        return self.text


class Stop(Facade, table=StopItem, links={"parcel_id": "parcels.Parcel"}):
    place: str

    def __str__(self) -> str:
        return self.place
