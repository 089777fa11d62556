"""Both keys of an item as one text: every key has one, no two the same, and what is not one names nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from atlas.dynamo.attributes import InstantAttribute
from atlas.dynamo.meter import measure
from atlas.facade.keys import key_text, key_values
from tests.facade.brute import NOON
from tests.facade.samples import Leg, LegItem

TEXT, NUMBER, INSTANT = UnicodeAttribute(), NumberAttribute(), InstantAttribute()
texts = st.text(min_size=1, max_size=20).filter(lambda text: text.encode(errors="ignore").decode() == text)
STRANGE = ["a/b", "a|b", "a~1b", "~", "|", "||", "it's", '"', "é🚗", "a b", "_2F", "../..", "\x00", "%2F", "x" * 300]


@settings(max_examples=300)
@given(texts, texts | st.integers(-(10**15), 10**15), texts)
def test_there_and_back(first: str, second: Any, third: str) -> None:
    attributes = (TEXT, TEXT if isinstance(second, str) else NUMBER)
    text = key_text(attributes, (first, second))
    assert key_values(attributes, text) == (first, second)
    if third != first:
        assert key_text(attributes, (third, second)) != text


@given(st.text())
def test_a_text_is_one_key_or_none(text: str) -> None:
    for attributes in ((TEXT, TEXT), (TEXT, NUMBER), (TEXT, INSTANT)):
        values = key_values(attributes, text)
        assert values is None or key_text(attributes, values) == text


def test_an_instant_is_its_text() -> None:
    assert key_values((TEXT, INSTANT), key_text((TEXT, INSTANT), ("a", NOON))) == ("a", NOON)


@pytest.mark.parametrize(
    "text", ["", "a", "|", "a|", "|b", "a|b|c", "a~2|b", "a|1.0", "a|01", "a|nan", "\ud800|1", "x" * 3000 + "|1"]
)
def test_what_is_no_key(text: str) -> None:
    assert key_values((TEXT, NUMBER), text) is None


@pytest.fixture(scope="module")
def legs() -> list[LegItem]:
    made = [LegItem(ride_id=ride, name=name, driver="d", metres=1) for ride in STRANGE for name in STRANGE[:4]]
    with LegItem.batch_write() as batch:
        for leg in made:
            batch.save(leg)
    return made


def test_a_pk_is_one_get(legs: list[LegItem]) -> None:
    for item in legs:
        pk = Leg.key_of(item)
        with measure() as cost:
            leg = Leg.objects.get(pk=pk)
        assert cost.operations == ["GetItem atlas-test-legs"]
        assert (leg.pk, leg.ride_id, leg.name) == (pk, item.ride_id, item.name)
        assert Leg.objects.get(ride_id=item.ride_id, name=item.name).pk == pk


def test_several_pks_are_one_batch(legs: list[LegItem]) -> None:
    wanted = [Leg.key_of(item) for item in legs[:7]]
    with measure() as cost:
        found = Leg.objects.in_bulk([*wanted, "no|where", "nothing"])
    assert cost.operations == ["BatchGetItem atlas-test-legs"]
    assert found.keys() == set(wanted)


def test_one_key_is_a_query_two_are_gets(legs: list[LegItem]) -> None:
    with measure() as cost:
        names = [leg.name for leg in Leg.objects.filter(ride_id="a/b")]
        rest = [leg.name for leg in Leg.objects.filter(ride_id="a/b", name__gt="a/b").exclude(name="~")]
        both = {leg.name for leg in Leg.objects.filter(ride_id="a/b", name__in=["a|b", "a/b", "no"])}
    assert cost.operations == ["Query atlas-test-legs", "Query atlas-test-legs", "BatchGetItem atlas-test-legs"]
    assert names == sorted(STRANGE[:4])
    assert rest == [name for name in names if name > "a/b" and name != "~"]
    assert both == {"a|b", "a/b"}


def test_keys_of_an_index_are_completed_by_both(legs: list[LegItem]) -> None:
    with measure() as cost:
        found = list(Leg.objects.filter(driver="d", name__startswith="a").order_by("-name"))
    assert {operation.split()[0] for operation in cost.operations} == {"Query", "BatchGetItem"}
    assert len(found) == 3 * len(STRANGE)
    assert {leg.metres for leg in found} == {1}


@pytest.mark.parametrize("pk", ["", "x", "a|b|c", "\ud800|a", "|", "a" * 5000])
def test_an_impossible_pk_is_not_found_without_a_call(pk: str) -> None:
    with measure() as cost, pytest.raises(Leg.DoesNotExist):
        Leg.objects.get(pk=pk)
    assert cost.calls == 0


def test_save_and_delete_by_both(legs: list[LegItem]) -> None:
    leg = Leg.objects.create(ride_id="r|1", name="é~|", metres=3)
    assert Leg.objects.get(pk=leg.pk).metres == 3
    leg.metres = 2.5
    leg.save()
    assert LegItem.fetch("r|1", "é~|").metres == 2.5
    leg.delete()
    assert LegItem.find("r|1", "é~|") is None
