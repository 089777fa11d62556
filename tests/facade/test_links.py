"""Links between items: followed by a get, back by an index query, several at once by one batch."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from atlas.dynamo.meter import measure
from atlas.facade.plan import Refused
from tests.dynamo.samples import new_id
from tests.facade.brute import NOON
from tests.facade.samples import Leg, LegItem, Ride, RideItem


@pytest.fixture
def ride() -> Any:
    item = RideItem(id=new_id(), owner="ada", placed_at=NOON, day="2026-12-24")
    item.save()
    return Ride.from_item(item)


@pytest.fixture
def legs(ride: Any) -> list[LegItem]:
    other = RideItem(id=new_id(), owner="ben", placed_at=NOON, day="2026-12-24")
    other.save()
    made = [LegItem(ride_id=ride.pk, name=f"{number}", other_id=other.id) for number in range(3)]
    made.append(LegItem(ride_id=ride.pk, name="9", other_id="gone"))
    for leg in made:
        leg.save()
    return made


def test_a_link_is_a_field_of_the_attribute() -> None:
    field: Any = Leg._meta.get_field("ride")
    assert (field.attname, field.column, field.related_model) == ("ride_id", "rideId", Ride)
    assert (field.db_constraint, field.db_index) == (False, False)
    assert field.remote_field.on_delete is models.DO_NOTHING
    assert (field.null, Leg._meta.get_field("other").null) == (False, True)


def test_followed_by_one_get(ride: Any, legs: list[LegItem]) -> None:
    leg = Leg.objects.get(ride_id=ride.pk, name="0")
    with measure() as cost:
        assert leg.ride_id == ride.pk
        assert leg.ride.owner == "ada"
        assert leg.ride.owner == "ada"
    assert cost.operations == ["GetItem atlas-test-rides"]
    with pytest.raises(Ride.DoesNotExist):
        _ = Leg.objects.get(ride_id=ride.pk, name="9").other


def test_back_by_the_index(ride: Any, legs: list[LegItem]) -> None:
    with measure() as cost:
        found = list(ride.leg_set.all())
        assert all(leg.ride is ride for leg in found)
    assert [leg.name for leg in found] == ["0", "1", "2", "9"]
    assert cost.operations == ["Query atlas-test-legs"]
    assert ride.leg_set.filter(name__gte="2").count() == 2
    assert ride.leg_set.filter(name="1").exists()
    assert ride.leg_set.create(name="new").ride_id == ride.pk
    assert LegItem.find(ride.pk, "new")


def test_there_is_no_way_back_without_an_index(ride: Any) -> None:
    assert not hasattr(ride, "other_set")
    other: Any = Leg._meta.get_field("other")
    assert other.remote_field.related_name == "+"
    with pytest.raises(Refused, match="Look up by ride_id and name, or by driver"):
        list(Leg.objects.filter(other=ride))


@pytest.mark.parametrize("how", ["select_related", "prefetch_related"])
def test_many_links_are_one_batch(ride: Any, legs: list[LegItem], how: str) -> None:
    with measure() as cost:
        found = list(getattr(Leg.objects.filter(ride_id=ride.pk), how)("other"))
        assert [leg.other.owner for leg in found if leg.name != "9"] == ["ben"] * 3
    assert cost.operations == ["Query atlas-test-legs", "BatchGetItem atlas-test-rides"]
    if how == "prefetch_related":
        assert found[-1].other is None, "as Django has it"
    else:
        with pytest.raises(Ride.DoesNotExist):
            _ = found[-1].other


def test_one_link_is_one_batch_of_one(ride: Any, legs: list[LegItem]) -> None:
    with measure() as cost:
        leg = Leg.objects.select_related("ride", "other").get(ride=ride, name="0")
        assert (leg.ride.owner, leg.other.owner) == ("ada", "ben")
    assert cost.operations == ["GetItem atlas-test-legs", "BatchGetItem atlas-test-rides"]


def test_ways_back_can_be_prefetched(ride: Any, legs: list[LegItem]) -> None:
    with measure() as cost:
        rides = list(Ride.objects.filter(pk__in=[ride.pk, legs[0].other_id]).prefetch_related("leg_set"))
        counts = {each.pk: len(each.leg_set.all()) for each in rides}
    assert counts == {ride.pk: 4, legs[0].other_id: 0}
    assert cost.operations == ["BatchGetItem atlas-test-rides", *["Query atlas-test-legs"] * 2]


def test_a_link_can_be_given_as_an_item(ride: Any, legs: list[LegItem]) -> None:
    assert Leg.objects.filter(ride=ride).count() == Leg.objects.filter(ride__in=[ride]).count() == 4
    assert Leg.objects.filter(ride__pk=ride.pk, name__in=["0", "1"]).count() == 2
    assert Leg.objects.filter(ride=ride, other__isnull=True).count() == 0


def test_a_condition_on_the_other_item_is_refused(ride: Any) -> None:
    queries: list[Callable[[], Any]] = [
        lambda: Leg.objects.filter(ride=ride, other__owner="ada"),
        lambda: Leg.objects.filter(ride=ride).order_by("other__owner"),
        lambda: Leg.objects.filter(ride=ride).values("other__owner"),
    ]
    for query in queries:
        with measure() as cost, pytest.raises(Refused):
            list(query())
        assert cost.calls == 0
