"""What each lookup becomes, what `explain` says of it, and how the rest is refused."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import models
from django.db.models.functions import Lower

from atlas.dynamo.attributes import utc_now
from atlas.dynamo.meter import measure
from atlas.facade.plan import Kind, Refused
from atlas.facade.reading import opening
from tests.dynamo.samples import new_id
from tests.facade.brute import NOON
from tests.facade.samples import BareRide, Colour, Leg, Ride, RideItem, kinds

Q = models.Q
rides = Ride.objects

PLANS: list[tuple[Any, Kind, str | None]] = [
    (rides.none, Kind.EMPTY, None),
    (lambda: rides.filter(pk__in=[]), Kind.EMPTY, None),
    (lambda: rides.filter(owner="a", price__gt=5, price__lt=3), Kind.EMPTY, None),
    (lambda: rides.filter(pk="a").exclude(pk="a"), Kind.GET, None),
    (lambda: rides.filter(Q(pk="a") | Q(pk="b") | Q(pk__in=["c"])), Kind.BATCH_GET, None),
    (lambda: rides.filter(pk="a", owner="x"), Kind.GET, None),
    (lambda: rides.filter(owner="x"), Kind.QUERY, "owner-index"),
    (lambda: rides.filter(owner="x", note="y"), Kind.QUERY, "note-index"),
    (lambda: rides.filter(owner="x", note__startswith="y"), Kind.QUERY, "note-index"),
    (lambda: rides.filter(owner="x").order_by("placed_at"), Kind.QUERY, "owner-index"),
    (lambda: rides.filter(owner="x", note__isnull=False).order_by("-note"), Kind.QUERY, "note-index"),
    (lambda: rides.filter(owner="x", colour="RED"), Kind.QUERY, "owner-index"),
    (lambda: rides.filter(colour="RED"), Kind.QUERY, "colour-index"),
    (lambda: rides.filter(colour__in=["RED", "GREEN"]), Kind.FAN_OUT, "colour-index"),
    (lambda: rides.filter(due__lte=5), Kind.FAN_OUT, "due-index"),
    (lambda: rides.filter(shard=1, due__lte=5), Kind.QUERY, "due-index"),
    (rides.all, Kind.FAN_OUT, "day-index"),
    (lambda: rides.filter(price=5).order_by("-placed_at", "-pk"), Kind.FAN_OUT, "day-index"),
    (lambda: rides.filter(day="2026-12-24"), Kind.QUERY, "day-index"),
    (BareRide.objects.allow_scan, Kind.SCAN, None),
    (lambda: BareRide.objects.filter(colour="PINK"), Kind.EMPTY, None),
]


@pytest.mark.parametrize(("query", "kind", "index"), PLANS)
def test_plans(query: Any, kind: Kind, index: str | None) -> None:
    with measure() as cost:
        plan = query().plan()
        text = query().explain()
    assert cost.calls == 0
    assert (plan.kind, plan.way.index if plan.way else None) == (kind, index)
    assert "cost" in text
    assert (index or plan.table.Meta.name) in text


def test_explain_reads_well() -> None:
    query = rides.filter(owner="ada", placed_at__gte=NOON, price__gt=5).exclude(note="x")[:20]
    assert query.explain() == "\n".join(
        [
            "Query test-rides/owner-index",
            f"  key     owner = 'ada' and placed_at >= '{NOON}'",
            "  order   placed_at, descending",
            "  filter  price > '5' and (not (note = 'x' AND note is not null))"
            " (by DynamoDB: read and paid for, not sent)",
            "  slice   0 to 20",
            "  cost    1 call per page, at most 5 where the filter leaves few; half a unit per 4 KB read",
        ]
    )
    assert "1 call, one unit per 4 KB of the item" in rides.filter(pk="a").consistent().explain()
    assert "a query per day" in rides.all().explain()
    assert "3 partitions" in rides.filter(due__gt=1).explain()
    assert "as many calls as the table has megabytes" in BareRide.objects.allow_scan().explain()


REFUSED: list[tuple[Any, str]] = [
    (BareRide.objects.all, r"no key serves this lookup. Look up by id, or by colour \(colour-index\)"),
    (lambda: BareRide.objects.filter(price=1), r"owner \(note-index\) with note__isnull=False"),
    (lambda: BareRide.objects.filter(shard=1), r"shard \(due-index\) with due__isnull=False"),
    (lambda: rides.filter(owner="x").order_by("price"), r"no index of this lookup sorts by price.* placed_at"),
    (lambda: rides.filter(owner="x").order_by("placed_at", "note"), "sorts by placed_at, note"),
    (lambda: rides.filter(owner="x").order_by("?"), r"order_by\('\?'\)"),
    (lambda: rides.filter(owner="x").order_by(Lower("note")), "needs SQL"),
    (lambda: rides.filter(owner__iexact="x"), "'iexact' needs SQL. Instead: exact"),
    (lambda: rides.filter(note__icontains="x"), "'icontains' needs SQL. Instead: startswith"),
    (lambda: rides.filter(note__regex="x"), "'regex'"),
    (lambda: rides.filter(placed_at__date=NOON.date()), "'date' needs SQL. Instead: __gte and __lt"),
    (lambda: rides.filter(placed_at__year=2026), "'year'"),
    (lambda: rides.filter(place__label="x"), "'label' needs SQL"),
    (lambda: rides.filter(place={"label": "x"}), "'exact' needs SQL"),
    (lambda: rides.filter(placed_at__startswith="2026"), "placed_at is not text"),
    (lambda: Leg.objects.filter(pk__gt="x"), "`pk` is looked up"),
    (lambda: rides.filter(price=models.F("due")), "plain values"),
    (lambda: rides.filter(pk__in=rides.filter(pk="x")), "plain values"),
    (lambda: rides.filter(Q(pk="x") ^ Q(pk="y")), "XOR"),
    (lambda: rides.filter(pk="x").distinct(), r"distinct\(\)"),
    (lambda: rides.filter(pk="x").annotate(n=models.Count("pk")), "annotate"),
    (lambda: rides.filter(pk="x").union(rides.filter(pk="y")), "union"),
    (lambda: rides.filter(pk="x").extra(where=["1=1"]), "ExtraWhere"),
    (lambda: rides.filter(pk="x").dates("placed_at", "day"), "needs SQL"),
    (lambda: [rides.aggregate(models.Max("price"))], "keep a counter"),
    (lambda: [rides.filter(pk="x").update(note="y")], "one by one"),
    (lambda: [rides.filter(pk="x").delete()], "one by one"),
    (lambda: [rides.bulk_create([Ride()])], "one by one"),
    (lambda: [rides.all()[:5].read_page(5)], "a slice has no pages"),
    (lambda: BareRide.objects.allow_scan().reverse(), "a scan has no order"),
]


@pytest.mark.parametrize(("query", "words"), REFUSED)
def test_refusals_say_what_works(query: Any, words: str) -> None:
    with measure() as cost, pytest.raises(Refused, match=words):
        list(query())
    assert cost.calls == 0


def test_what_needs_too_many_requests_is_refused_not_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "MOST_REQUESTS", 3)
    with measure() as cost, pytest.raises(Refused, match=r"more than 3 requests.*read_page\(\)"):
        list(rides.all())
    assert cost.calls == 3
    assert list(rides.all().allow_scan()) is not None


def test_sortable_tells_what_an_order_would_be_granted() -> None:
    assert rides.filter(owner="x").sortable() == ("placed_at",)
    assert set(rides.filter(owner="x", note__isnull=False).sortable()) == {"placed_at", "note"}
    assert set(rides.all().sortable()) == {"placed_at"}
    assert set(rides.filter(due__gt=0).sortable()) == {"placed_at", "due"}
    assert BareRide.objects.allow_scan().sortable() == ()


def test_harmless_habits(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = new_id()
    for number in range(3):
        RideItem(owner=owner, placed_at=NOON - timedelta(hours=number), day="x", price=number, note=f"{number}").save()
    mine = rides.filter(owner=owner)
    assert [ride.price for ride in mine] == [0, 1, 2], "newest first, by Meta.ordering"
    assert [ride.price for ride in mine.only("price").defer("note").select_for_update()] == [0, 1, 2]
    assert (mine.first().price, mine.last().price, mine.latest("placed_at").price) == (0, 2, 0)
    assert mine.earliest("placed_at").price == 2
    assert list(mine.values("price", "note"))[1] == {"price": 1, "note": "1"}
    assert list(mine.values_list("price", named=True))[2].price == 2
    assert next(iter(mine.values()))["owner"] == owner
    assert [ride.price for ride in mine.iterator(chunk_size=2)] == [0, 1, 2]
    assert (mine.count(), mine.exists(), mine.contains(mine[1]), mine.ordered) == (3, True, True, True)
    assert mine.get(price=1).note == "1"
    with pytest.raises(Ride.MultipleObjectsReturned):
        mine.get()


def test_a_first_reads_one(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = new_id()
    for number in range(12):
        RideItem(owner=owner, placed_at=NOON - timedelta(hours=number), day="x", note="x" * 4000).save()
    reads: list[Callable[[], Any]] = [rides.filter(owner=owner).first, rides.filter(owner=owner).exists]
    for read in reads:
        with measure() as cost:
            read()
        assert (cost.calls, cost.rcu) == (1, 1.0)


def test_what_is_over_is_not_shown_until_dynamodb_deletes_it() -> None:
    owner, now = new_id(), utc_now().replace(microsecond=0)
    times = {"past": now - timedelta(minutes=1), "future": now + timedelta(days=1), "never": None}
    for note, time in times.items():
        RideItem(id=f"{owner}-{note}", owner=owner, placed_at=NOON, day="x", note=note, delete_at=time).save()
    assert {ride.note for ride in rides.filter(owner=owner)} == {"future", "never"}
    assert not rides.filter(pk=f"{owner}-past").exists()
    page = rides.filter(owner=owner).read_page(3)
    assert (len(page.items), page.next) == (2, None)


def test_fields_of_every_kind() -> None:
    assert {name: kind.__name__ for name, kind in kinds(Ride).items()} == {
        "id": "CharField",
        "owner": "CharField",
        "placed_at": "DateTimeField",
        "day": "CharField",
        "colour": "EnumField",
        "shard": "NumberField",
        "due": "IntegerField",
        "note": "CharField",
        "price": "IntegerField",
        "rating": "FloatField",
        "active": "BooleanField",
        "type": "CharField",
        "place": "JSONField",
        "tags": "JSONField",
        "delete_at": "DateTimeField",
        "schema_version": "CharField",
        "created_at": "DateTimeField",
        "updated_at": "DateTimeField",
        "version": "IntegerField",
    }
    note: Any = Ride._meta.get_field("note")
    assert (note.help_text, note.verbose_name) == ("For the driver.", "word to the driver")
    colour: Any = Ride._meta.get_field("colour")
    assert colour.choices == [("RED", "Red"), ("GREEN", "Green"), ("DARK_BLUE", "Dark blue")]
    assert Ride(type="van").type == "van"
    assert Colour.RED in (Ride().colour, Colour.RED)
