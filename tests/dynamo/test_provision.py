"""The live store follows the declared tables, change by change, and a finished one is left alone."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from atlas.dynamo.meter import measure
from atlas.dynamo.provision import apply as apply_module
from atlas.dynamo.provision.apply import Failure, apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.provision.text import render
from atlas.dynamo.registry import tables
from atlas.dynamo.table import Table
from tests.dynamo.declared import by_colour, by_shape, by_size, declare, index, new_name, text, ttl


@pytest.fixture
def engine() -> Store:
    return Store.of_settings()


def bring(engine: Store, *declared: type[Table], remove: bool = False) -> list[Failure]:
    return apply_plan(engine, make_plan(engine, declared), remove=remove)


def changes(engine: Store, table: type[Table]) -> list[str]:
    return [f"{change.sign} {change}" for each in make_plan(engine, [table]).tables for change in each.changes]


def live(engine: Store, table: type[Table]) -> Any:
    found = engine.read(table.Meta.table_name)
    assert found is not None
    return found


def test_a_table_is_created_with_all_it_declares(engine: Store, settings: Any) -> None:
    settings.DYNAMODB_DELETION_PROTECTION = True
    table = declare(new_name(), expires=ttl(), one=by_colour(), two=by_size(), three=by_shape())

    assert bring(engine, table) == []

    found = live(engine, table)
    assert [str(part) for part in found.keys] == ["id"]
    assert {name: str(index) for name, index in found.indexes.items()} == {
        "colour-index": "colour; ALL",
        "size-index": "size (N); KEYS_ONLY",
        "shape-index": "shape; INCLUDE colour, weight",
    }
    assert found.ttl == "expiresAt"
    assert found.protected
    assert found.throughput is None
    assert found.tags == {"app": "atlas", "env": "test", "table": table.Meta.name, "schemaVersion": "1.0.0"}
    assert changes(engine, table) == []


def test_the_store_of_these_tests_is_finished_and_applying_again_writes_nothing(engine: Store) -> None:
    with measure() as cost:
        assert bring(engine, *tables()) == []

    assert {each.partition(" ")[0] for each in cost.operations} <= {
        "DescribeTable",
        "DescribeTimeToLive",
        "ListTagsOfResource",
        "DescribeContinuousBackups",
    }


def test_indexes_are_added_one_at_a_time(engine: Store) -> None:
    name = new_name()
    bring(engine, declare(name))
    table = declare(name, one=by_colour(), two=by_size())

    assert changes(engine, table) == ["+ index colour-index: colour; ALL", "+ index size-index: size (N); KEYS_ONLY"]
    assert bring(engine, table) == []

    assert set(live(engine, table).indexes) == {"colour-index", "size-index"}
    assert changes(engine, table) == []


def test_an_index_that_is_no_longer_declared_is_shown_and_kept_unless_removal_is_asked_for(engine: Store) -> None:
    name = new_name()
    bring(engine, declare(name, one=by_colour(), two=by_size()))
    table = declare(name, two=by_size())

    assert changes(engine, table) == ["- index colour-index: colour; ALL"]
    plan = make_plan(engine, [table])
    assert "kept" in "\n".join(render(engine, plan))
    assert "kept" not in "\n".join(render(engine, plan, remove=True))
    assert bring(engine, table) == []
    assert "colour-index" in live(engine, table).indexes

    assert bring(engine, table, remove=True) == []
    assert set(live(engine, table).indexes) == {"size-index"}


@pytest.mark.parametrize(
    "attributes",
    [{"id": text(), "key": text(hash_key=True)}, {"position": text(range_key=True)}],
    ids=["other hash key", "new range key"],
)
def test_another_key_is_refused_with_a_way_out(engine: Store, attributes: dict[str, Any]) -> None:
    name = new_name()
    bring(engine, declare(name))
    before = live(engine, declare(name))
    table = declare(name, expires=ttl(), **attributes)

    (failure,) = bring(engine, table, remove=True)

    assert "cannot change a table's key" in failure.reason
    assert live(engine, table) == before
    assert changes(engine, table)[0].startswith("! key: id -> ")


def test_an_altered_index_is_refused_and_the_rest_is_done(engine: Store) -> None:
    name = new_name()
    bring(engine, declare(name, one=by_shape()))
    table = declare(name, one=index("shape-index", text("shape", hash_key=True)), two=by_size())

    (failure,) = bring(engine, table)

    assert "give the new one another name" in failure.reason
    assert live(engine, table).indexes["shape-index"].projection == "INCLUDE"
    assert "size-index" in live(engine, table).indexes


def test_ttl_is_switched_on_moved_and_off(engine: Store) -> None:
    name = new_name()
    bring(engine, declare(name))
    bring(engine, declare(name, expires=ttl()))
    assert live(engine, declare(name)).ttl == "expiresAt"

    moved = declare(name, expires=ttl("deleteAt"))
    assert changes(engine, moved) == ["~ TTL: expiresAt off", "~ TTL: deleteAt on"]
    bring(engine, moved)
    assert live(engine, moved).ttl == "deleteAt"

    without = declare(name)
    bring(engine, without)
    assert live(engine, without).ttl == "deleteAt"
    bring(engine, without, remove=True)
    assert live(engine, without).ttl is None


def test_tags_follow_the_schema_and_those_of_others_stay(engine: Store) -> None:
    name = new_name()
    bring(engine, declare(name))
    arn = live(engine, declare(name)).arn
    engine.client.tag_resource(ResourceArn=arn, Tags=[{"Key": "cost-centre", "Value": "7"}])
    table = declare(name, meta={"version": "1.1.0"})

    assert changes(engine, table) == ["~ tags: schemaVersion=1.1.0"]
    bring(engine, table)

    assert live(engine, table).tags["schemaVersion"] == "1.1.0"
    assert live(engine, table).tags["cost-centre"] == "7"
    assert changes(engine, table) == []


def test_protection_and_capacity_follow_the_settings_and_back(engine: Store, settings: Any) -> None:
    table = declare(new_name(), one=by_colour())
    bring(engine, table)
    settings.DYNAMODB_DELETION_PROTECTION = True
    settings.DYNAMODB_CAPACITY = "provisioned"

    assert changes(engine, table) == [
        "~ capacity: on-demand -> 40 read / 20 write units",
        "~ deletion protection: on",
    ]
    bring(engine, table)
    assert str(live(engine, table).throughput) == "40 read / 20 write units"
    assert changes(engine, table) == []
    assert "auto-scaling" in "\n".join(render(engine, make_plan(engine, [table])))
    with pytest.raises(ClientError, match=r"(?i)delet"):
        engine.client.delete_table(TableName=table.Meta.table_name)

    settings.DYNAMODB_DELETION_PROTECTION = False
    settings.DYNAMODB_CAPACITY = "on-demand"
    bring(engine, table)
    assert live(engine, table).throughput is None
    assert changes(engine, table) == []


def test_a_failure_ends_its_own_table_and_no_other(engine: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = declare(new_name(), expires=ttl()), declare(new_name(), expires=ttl())
    real = engine.client.update_time_to_live

    def refuse(*, TableName: str, **request: Any) -> Any:  # noqa: N803 (DynamoDB's name)
        if TableName == broken.Meta.table_name:
            error = {"Code": "ValidationException", "Message": "modified multiple times within a fixed interval"}
            raise ClientError({"Error": error}, "UpdateTimeToLive")
        return real(TableName=TableName, **request)

    monkeypatch.setattr(engine.client, "update_time_to_live", refuse)

    (failure,) = bring(engine, broken, fine)

    assert (failure.table, failure.change) == (broken.Meta.table_name, "TTL: expiresAt on")
    assert "multiple times" in failure.reason
    assert live(engine, fine).ttl == "expiresAt"


def test_too_much_at_once_is_tried_again(engine: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    table = declare(new_name())
    real, asked = engine.client.create_table, []

    def busy(**request: Any) -> Any:
        asked.append(request)
        if len(asked) < 3:
            raise ClientError({"Error": {"Code": "LimitExceededException", "Message": "too many"}}, "CreateTable")
        return real(**request)

    monkeypatch.setattr(engine.client, "create_table", busy)

    assert bring(engine, table) == []
    assert len(asked) == 3


def test_no_change_is_sent_while_dynamodb_still_works_on_the_table(
    engine: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On AWS a table takes seconds and an index hours; meanwhile every other change is refused."""
    name = new_name()
    bring(engine, declare(name))
    table = declare(name, one=by_colour(), two=by_size())
    order: list[str] = []
    describe, update = engine.client.describe_table, engine.client.update_table

    def slow_index(**request: Any) -> Any:
        answer = describe(**request)
        if order and order[-1] in ("update", "working"):
            order.append("working" if order[-1] == "update" else "ready")
            if order[-1] == "working":
                answer["Table"]["GlobalSecondaryIndexes"][0]["IndexStatus"] = "CREATING"
        return answer

    def recorded(**request: Any) -> Any:
        order.append("update")
        return update(**request)

    plan = make_plan(engine, [table])
    monkeypatch.setattr(engine.client, "describe_table", slow_index)
    monkeypatch.setattr(engine.client, "update_table", recorded)
    monkeypatch.setattr(apply_module, "PAUSES", (0.0, 1.0))
    monkeypatch.setattr("atlas.dynamo.provision.apply.time.sleep", lambda _: None)

    assert apply_plan(engine, plan) == []
    assert order == ["update", "working", "ready", "update", "working", "ready"]


def test_what_the_engine_does_not_offer_is_said_once(engine: Store) -> None:
    lines = list(render(engine, make_plan(engine, [declare(new_name()), declare(new_name())])))

    assert [line for line in lines if "recovery" in line] == ["  Not offered by this engine: point-in-time recovery."]
