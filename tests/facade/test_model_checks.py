"""`manage.py check` names what a facade declares and DynamoDB cannot do."""

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from django.apps.registry import Apps
from django.contrib.contenttypes.models import ContentType
from django.db import models
from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from accounts.models import User
from atlas.dynamo.meter import measure
from atlas.dynamo.table import Schema, Table
from atlas.facade.model import Facade, FacadeBase
from atlas.facade.partitions import Days, Values
from tests.dynamo.samples import unlisted
from tests.facade.samples import BareRide, Leg, LegItem, Ride, RideItem


def declared(table: type[Table] = RideItem, meta: dict[str, Any] | None = None, **options: Any) -> list[str]:
    """The ids of what the checks say of a facade made so."""
    fields = options.pop("fields", {})
    options_of = type("Meta", (), {"apps": Apps(()), "app_label": "sample", **(meta or {})})
    model: Any = FacadeBase(
        "Made", (Facade,), {"__module__": __name__, "Meta": options_of, **fields}, table=table, **options
    )
    messages = [message for message in model.check() if str(message.id).startswith("facade.")]
    assert all(message.hint for message in messages)
    return [str(message.id) for message in messages]


class Photo(Table):
    __module__ = __name__
    id = UnicodeAttribute(hash_key=True)
    picture = BinaryAttribute(legacy_encoding=False, null=True)


with unlisted():

    class Album(Photo):
        class Meta(Schema):
            name = "test-albums"


def test_good_ones_pass() -> None:
    assert not [message for model in (Ride, BareRide, User) for message in model.check()]
    assert {message.id for message in Leg.check()} == {"fields.E300"}, "its registry has no apps"
    assert declared() == []


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        ({"table": Album}, ["facade.E001"]),
        ({"names": {"colour_": "x"}}, ["facade.E002"]),
        ({"links": {"owner_id": "sample.Ride"}}, ["facade.E002"]),
        ({"options": {"colours": {}}}, ["facade.E002"]),
        ({"unique": ("reference",)}, ["facade.E002"]),
        ({"unique": ("price",)}, ["facade.E004"]),
        ({"unique": ("owner",)}, []),
        ({"partitions": {"no-index": Values([1])}}, ["facade.E005"]),
        ({"partitions": {"due-index": Values(range(1000))}}, ["facade.E006"]),
        ({"partitions": {"due-index": Days(reach=timedelta(days=1))}}, ["facade.E007"]),
        ({"meta": {"ordering": ["price"]}}, ["facade.E008"]),
        ({"meta": {"ordering": ["-placed_at", "price"]}}, ["facade.E008"]),
        ({"meta": {"ordering": ["-placed_at", "-pk"]}}, []),
        ({"meta": {"ordering": ["pk"]}}, ["facade.E008"]),
        ({"table": LegItem, "meta": {"ordering": ["pk"]}}, []),
        ({"meta": {"unique_together": [("owner", "note")]}}, ["facade.E009"]),
        ({"meta": {"indexes": [models.Index(fields=["owner"], name="x")]}}, ["facade.E009"]),
        ({"fields": {"others": models.ManyToManyField("self")}}, ["facade.E010"]),
        ({"fields": {"nickname": models.CharField()}}, ["facade.W012"]),
    ],
)
def test_each_mistake_is_named(options: dict[str, Any], ids: list[str]) -> None:
    assert declared(**options) == ids


def test_a_link_to_what_is_no_facade() -> None:
    registry = Apps(())

    class Row(models.Model):
        class Meta:
            apps = registry
            app_label = "sample"

    assert Row._meta.apps is registry
    assert declared(meta={"apps": registry}, links={"owner": "sample.Row"}) == ["facade.E003"]


def test_a_facade_is_no_parent_of_a_table() -> None:
    class Child(Ride):  # type: ignore[django-manager-missing, unused-ignore]
        nothing: ClassVar[None] = None

        class Meta:
            apps = Apps(())
            app_label = "sample"

    assert [message.id for message in Child.check() if str(message.id).startswith("facade.")] == ["facade.E011"]


def test_content_types_are_known_from_the_start() -> None:
    with measure() as cost:
        mine = ContentType.objects.get_for_model(User)
        assert ContentType.objects.get_for_id(mine.pk) is mine
        assert ContentType.objects.get_by_natural_key("accounts", "user") is mine
        assert ContentType.objects.get_for_models(User, ContentType)[User] is mine
        assert (mine.model_class(), str(mine)) == (User, "Accounts | user")
        with pytest.raises(User.DoesNotExist):
            mine.get_object_for_this_type(pk="nobody")
    assert cost.operations == ["GetItem atlas-users"]
