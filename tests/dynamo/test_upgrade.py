"""An item of an older schema is upgraded when read and written back at its next save; a newer one is not spoilt."""

from collections.abc import Callable

import pytest

from atlas.dynamo.many import get_many
from atlas.dynamo.table import NewerSchemaError, Table
from atlas.dynamo.transaction import transact
from tests.dynamo.samples import FirstLetter, Letter, SecondLetter, stored


def test_the_whole_chain_runs_on_read_and_only_in_memory() -> None:
    old = FirstLetter(price="19.99")
    old.save()

    letter = Letter.fetch(old.id)

    assert (letter.cents, letter.currency, letter.schema_version) == (1999, "USD", "2.0.0")
    assert stored(old)["schemaVersion"] == {"S": "1.0.0"}
    assert "cents" not in stored(old)


def test_an_item_enters_the_chain_at_its_own_version() -> None:
    old = SecondLetter(cents=250)
    old.save()

    letter = Letter.fetch(old.id)

    assert (letter.cents, letter.currency) == (250, "USD")


def test_the_next_save_writes_the_upgraded_item_back() -> None:
    old = FirstLetter(price="5")
    old.save()

    letter = Letter.fetch(old.id)
    letter.save()

    item = stored(old)
    assert item["schemaVersion"] == {"S": "2.0.0"}
    assert item["cents"] == {"N": "500"}
    assert item["version"] == {"N": "2"}
    assert "price" not in item
    assert item["createdAt"] == {"S": old.serialize()["createdAt"]["S"]}


def test_an_upgraded_item_still_loses_to_whoever_changed_it_meanwhile() -> None:
    old = FirstLetter(price="5")
    old.save()
    letter, rival = Letter.fetch(old.id), Letter.fetch(old.id)
    rival.save()

    with pytest.raises(Exception, match="conditional request failed"):
        letter.save()


def test_every_way_to_read_upgrades() -> None:
    old = FirstLetter(price="1.50")
    old.save()

    assert get_many((Letter, old.id))[0].cents == 150
    assert next(iter(Letter.query(old.id))).cents == 150
    found = Letter.find(old.id)
    assert found is not None
    assert found.cents == 150


def save_in_a_transaction(item: Table) -> None:
    with transact() as tx:
        tx.save(item)


@pytest.mark.parametrize("save", [Table.save, save_in_a_transaction])
def test_an_item_of_a_newer_atlas_can_be_read_but_not_saved(save: Callable[[Table], object]) -> None:
    new = Letter(cents=100, currency="EUR")
    new.save()
    before = stored(new)

    known = SecondLetter.fetch(new.id)
    assert known.cents == 100
    with pytest.raises(NewerSchemaError, match=r"2\.0\.0.*1\.1\.0"):
        save(known)

    assert stored(new) == before


def test_a_version_is_compared_by_its_numbers() -> None:
    letter = Letter(cents=1, currency="USD")
    letter.schema_version = "10.0.0"

    with pytest.raises(NewerSchemaError):
        letter.save()
