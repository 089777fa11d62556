"""Writing a facade: what changed and no more, two editors of one item, one that is gone, keys that are taken."""

import threading
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError

from atlas.dynamo.meter import measure
from atlas.dynamo.transaction import Lost
from atlas.errors import Conflict
from atlas.facade.conflict import AlreadyThere, Change, DeletedMeanwhile, EditConflict
from atlas.facade.plan import Refused
from tests.dynamo.samples import new_id
from tests.facade.brute import NOON
from tests.facade.samples import Colour, Leg, LegItem, Ride, RideItem


@pytest.fixture
def ride() -> Any:
    return make()


def make(**values: Any) -> Any:
    given = {"owner": "ada", "placed_at": NOON, "day": "2026-12-24", "note": "Gate A", "price": 100, **values}
    return Ride.objects.create(id=new_id(), **given)


def test_a_new_one_is_one_put(ride: Any) -> None:
    with measure() as cost:
        other = make(place={"label": "Gate", "floor": 2}, tags=["vip"])
    assert cost.operations == ["PutItem atlas-test-rides"]
    assert (other.version, other.schema_version) == (1, "1.0.0")
    stored = RideItem.fetch(other.pk)
    assert (stored.place.floor, stored.tags, stored.colour) == (2, ["vip"], Colour.RED)


def test_a_save_is_one_update_of_what_changed(ride: Any) -> None:
    with measure() as cost:
        ride.save()
    assert cost.calls == 0
    RideItem(id=ride.pk).update([RideItem.price.set(1)], add_version_condition=False)
    mine = Ride.objects.get(pk=ride.pk)
    mine.note = None
    with measure() as cost:
        mine.save()
    assert cost.operations == ["UpdateItem atlas-test-rides"]
    assert noted(ride) == (None, 1)
    mine.note, mine.price = "x", 2
    mine.save(update_fields=["price"])
    assert noted(ride) == (None, 2)


def noted(ride: Any) -> tuple[str | None, int | None]:
    stored = RideItem.fetch(ride.pk)
    return stored.note, stored.price


def test_the_second_editor_is_told_field_by_field(ride: Any) -> None:
    first, second = Ride.objects.get(pk=ride.pk), Ride.objects.get(pk=ride.pk)
    first.note, first.price, first.colour = "Gate B", 200, Colour.GREEN
    first.save()
    second.note, second.price, second.rating = "Gate C", 200, 4.5
    with pytest.raises(EditConflict) as caught:
        second.save()
    told = caught.value
    assert isinstance(told, Lost | Conflict)
    assert told.changes == {
        "note": Change("Gate A", "Gate B", "Gate C"),
        "price": Change(100, 200, 200),
        "colour": Change(Colour.RED, Colour.GREEN, Colour.RED),
    }
    assert list(told.clashes) == ["note"]
    assert (told.theirs.note, told.theirs.version) == ("Gate B", 2)
    assert (told.details["changed"], told.details["version"]) == (["colour", "note", "price"], 2)
    assert (second.note, second.rating) == ("Gate C", 4.5), "nothing of theirs is lost"
    assert RideItem.fetch(ride.pk).note == "Gate B"

    second.rebase()
    assert (second.note, second.rating, second.colour, second.version) == ("Gate C", 4.5, Colour.GREEN, 2)
    second.save()
    stored = RideItem.fetch(ride.pk)
    assert (stored.note, stored.rating, stored.colour, stored.price, stored.version) == ("Gate C", 4.5, "GREEN", 200, 3)


def test_of_many_editors_one_wins_each_time(ride: Any) -> None:
    """All others are told, and after a rebase nobody's own field is lost."""
    names = ["note", "price", "rating", "colour", "type"]
    values = ["Gate Z", 7, 3.25, Colour.DARK_BLUE, "van"]
    editors = [Ride.objects.get(pk=ride.pk) for _ in names]
    start, told = threading.Barrier(len(names)), []

    def edit(editor: Any, name: str, value: Any) -> None:
        setattr(editor, name, value)
        start.wait()
        while True:
            try:
                editor.save()
                return
            except EditConflict as conflict:
                told.append(conflict)
                editor.rebase()

    threads = [threading.Thread(target=edit, args=each) for each in zip(editors, names, values, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = Ride.objects.get(pk=ride.pk)
    assert [getattr(stored, name) for name in names] == values
    assert stored.version == 1 + len(names)
    assert told
    assert not any(conflict.clashes for conflict in told)


def test_deleted_meanwhile(ride: Any) -> None:
    mine = Ride.objects.get(pk=ride.pk)
    ride.delete()
    mine.note = "late"
    for late in (mine.save, mine.delete):
        with pytest.raises(DeletedMeanwhile) as caught:
            late()
        assert (caught.value.theirs, caught.value.changes) == (None, {})
    for look in (mine.refresh_from_db, mine.rebase):
        with pytest.raises(Ride.DoesNotExist):
            look()
    assert RideItem.find(ride.pk) is None, "a late save brings nothing back"


def test_a_delete_of_what_was_changed_is_told(ride: Any) -> None:
    mine = Ride.objects.get(pk=ride.pk)
    ride.note = "Gate B"
    ride.save()
    with pytest.raises(EditConflict) as caught:
        mine.delete()
    assert caught.value.changes == {"note": Change("Gate A", "Gate B", "Gate A")}
    mine.refresh_from_db()
    assert mine.delete() == (1, {"sample.Ride": 1})


def test_a_key_that_is_taken(ride: Any) -> None:
    again = Ride(id=ride.pk, owner="ben", placed_at=NOON, day="2026-12-24")
    for save in (again.save, lambda: again.save(force_insert=True), lambda: ride.save(force_insert=True)):
        with pytest.raises(AlreadyThere) as caught:
            save()
        assert isinstance(caught.value, IntegrityError)
    assert RideItem.fetch(ride.pk).owner == "ada"
    with pytest.raises(DatabaseError, match="not read"):
        again.save(force_update=True)


def test_get_or_create_and_update_or_create(ride: Any) -> None:
    fresh = new_id()
    values = {"owner": "ben", "placed_at": NOON, "day": "2026-12-24"}
    assert Ride.objects.get_or_create(pk=ride.pk, defaults=values)[1] is False
    made, created = Ride.objects.get_or_create(id=fresh, defaults=values)
    assert (made.owner, created) == ("ben", True)
    changed, created = Ride.objects.update_or_create(id=fresh, defaults={"note": "Gate Z"})
    assert (changed.note, created, RideItem.fetch(fresh).note) == ("Gate Z", False, "Gate Z")


def test_a_key_never_changes(ride: Any) -> None:
    leg = Leg.objects.create(ride_id=ride.pk, name="first")
    leg.name = "second"
    with pytest.raises(Refused, match="name is part of the key"):
        leg.save()
    assert [leg.name for leg in LegItem.query(ride.pk)] == ["first"]


def test_refresh_reads_what_is_there_this_instant(ride: Any) -> None:
    RideItem.fetch(ride.pk).update([RideItem.note.set("Gate B")])
    ride.price = 5
    ride.refresh_from_db(fields=["note"])
    assert (ride.note, ride.price) == ("Gate B", 5)
    with measure() as cost:
        ride.refresh_from_db()
    assert (ride.price, ride.version, cost.operations) == (100, 2, ["GetItem atlas-test-rides"])
    assert cost.rcu == 1.0
    ride.price = 6
    ride.save()
    assert RideItem.fetch(ride.pk).price == 6
