"""What only AWS offers: point-in-time recovery, keys of one's own, auto-scaling."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from atlas.dynamo.provision.apply import apply_plan
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.plan import make_plan
from atlas.dynamo.provision.text import render
from atlas.dynamo.table import Capacity
from tests.dynamo.aws import aws, validate
from tests.dynamo.declared import by_colour, by_size, declare, new_name

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("atlas.dynamo.provision.apply.time.sleep", lambda _: None)
    return aws()


def changes(cloud: Store, *tables: Any) -> list[str]:
    return [f"{change.sign} {change}" for each in make_plan(cloud, tables).tables for change in each.changes]


def test_recovery_is_switched_on_as_soon_as_a_new_table_allows_it(cloud: Store) -> None:
    table = declare(new_name())
    plan = make_plan(cloud, [table])
    assert plan.not_offered == ()
    assert "AWS us-east-1" in next(render(cloud, plan))

    assert apply_plan(cloud, plan) == []

    assert cloud.client.recovered == {table.Meta.table_name}
    assert changes(cloud, table) == []
    cloud.client.recovered.clear()
    assert changes(cloud, table) == ["~ point-in-time recovery: on"]


def test_a_personal_table_is_created_with_the_key_of_the_setting(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_KMS_KEY = KEY
    personal, other = declare(new_name(), meta={"personal": True}), declare(new_name())

    assert apply_plan(cloud, make_plan(cloud, [personal, other])) == []

    keys = [live.encryption_key for table in (personal, other) if (live := cloud.read(table.Meta.table_name))]
    assert len(keys) == 2
    assert str(keys[0]).endswith(f"key/{KEY}")
    assert keys[1] is None
    assert changes(cloud, personal, other) == []


def test_a_key_is_given_to_an_existing_table_and_not_taken_back_unasked(cloud: Store, settings: Any) -> None:
    table = declare(new_name(), meta={"personal": True})
    apply_plan(cloud, make_plan(cloud, [table]))
    settings.DYNAMODB_KMS_KEY = KEY
    assert changes(cloud, table) == [f"~ encryption: {KEY}"]

    sent: list[dict[str, Any]] = []
    cloud.client.update_table = lambda **request: sent.append(request)
    assert apply_plan(cloud, make_plan(cloud, [table])) == []
    name = table.Meta.table_name
    given = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY}
    assert sent == [{"TableName": name, "SSESpecification": given}]

    encrypted = declare(new_name(), meta={"personal": True})
    apply_plan(cloud, make_plan(cloud, [encrypted]))
    settings.DYNAMODB_KMS_KEY = ""
    sent.clear()
    assert apply_plan(cloud, make_plan(cloud, [encrypted])) == []
    assert sent == []
    assert apply_plan(cloud, make_plan(cloud, [encrypted]), remove=True) == []
    assert sent == [{"TableName": encrypted.Meta.table_name, "SSESpecification": {"Enabled": False}}]


def test_an_alias_is_no_key(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_KMS_KEY = "alias/atlas"
    with pytest.raises(ImproperlyConfigured, match="alias"):
        make_plan(cloud, [declare(new_name(), meta={"personal": True})])


def test_provisioned_capacity_scales_the_table_and_its_indexes(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "provisioned"
    table = declare(new_name(), one=by_colour())

    assert apply_plan(cloud, make_plan(cloud, [table])) == []

    name = f"table/{table.Meta.table_name}"
    bounds = {key: (t["MinCapacity"], t["MaxCapacity"]) for key, t in cloud.scaling.targets.items()}
    assert bounds == {
        (name, "dynamodb:table:ReadCapacityUnits"): (4, 40),
        (name, "dynamodb:table:WriteCapacityUnits"): (2, 20),
        (f"{name}/index/colour-index", "dynamodb:index:ReadCapacityUnits"): (4, 40),
        (f"{name}/index/colour-index", "dynamodb:index:WriteCapacityUnits"): (2, 20),
    }
    tracked = [each["TargetTrackingScalingPolicyConfiguration"] for each in cloud.scaling.policies.values()]
    assert [each["TargetValue"] for each in tracked] == [70.0] * 4
    metrics = {each["PredefinedMetricSpecification"]["PredefinedMetricType"] for each in tracked}
    assert metrics == {"DynamoDBReadCapacityUtilization", "DynamoDBWriteCapacityUtilization"}
    assert changes(cloud, table) == []


def test_what_somebody_changed_in_scaling_is_put_right(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "provisioned"
    table = declare(new_name())
    apply_plan(cloud, make_plan(cloud, [table]))
    read, write = cloud.scaling.targets
    cloud.scaling.targets[read]["MaxCapacity"] = 4000
    del cloud.scaling.policies[write]

    assert changes(cloud, table) == [
        "~ auto-scaling of table: 4 to 40 read units at 70 %",
        "~ auto-scaling of table: 2 to 20 write units at 70 %",
    ]
    apply_plan(cloud, make_plan(cloud, [table]))
    assert changes(cloud, table) == []


def test_figures_that_scaling_moved_are_no_difference_but_others_are(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "provisioned"
    table = declare(new_name())
    apply_plan(cloud, make_plan(cloud, [table]))
    name = table.Meta.table_name

    cloud.client.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 5, "WriteCapacityUnits": 3})
    assert changes(cloud, table) == []
    cloud.client.update_table(TableName=name, ProvisionedThroughput={"ReadCapacityUnits": 90, "WriteCapacityUnits": 3})
    assert changes(cloud, table) == ["~ capacity: 90 read / 3 write units -> 40 read / 20 write units"]


def test_back_on_demand_nothing_scales_any_more(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "provisioned"
    table = declare(new_name())
    apply_plan(cloud, make_plan(cloud, [table]))
    settings.DYNAMODB_CAPACITY = "on-demand"

    assert apply_plan(cloud, make_plan(cloud, [table])) == []

    assert cloud.scaling.targets == cloud.scaling.policies == {}
    assert changes(cloud, table) == []


def test_the_switch_to_provisioned_sets_every_index_in_the_same_request(cloud: Store, settings: Any) -> None:
    table = declare(new_name(), one=by_colour(), two=by_size())
    apply_plan(cloud, make_plan(cloud, [table]))
    settings.DYNAMODB_CAPACITY = "provisioned"
    sent: list[dict[str, Any]] = []
    cloud.client.update_table = lambda **request: sent.append(request)

    assert apply_plan(cloud, make_plan(cloud, [table])) == []

    (request,) = sent
    figures = {"ReadCapacityUnits": 40, "WriteCapacityUnits": 20}
    validate(cloud.client, "UpdateTable", request)
    assert request["BillingMode"] == "PROVISIONED"
    assert request["ProvisionedThroughput"] == figures
    updates = [each["Update"] for each in request["GlobalSecondaryIndexUpdates"]]
    assert {each["IndexName"] for each in updates} == {"colour-index", "size-index"}
    assert all(each["ProvisionedThroughput"] == figures for each in updates)


def test_an_index_whose_figures_are_off_is_put_right_alone(cloud: Store, settings: Any) -> None:
    settings.DYNAMODB_CAPACITY = "provisioned"
    name = new_name()
    apply_plan(cloud, make_plan(cloud, [declare(name, meta={"capacity": Capacity(write=1, read=1)}, one=by_colour())]))
    figures = {"ReadCapacityUnits": 40, "WriteCapacityUnits": 20}
    cloud.client.update_table(TableName=name_of(name), ProvisionedThroughput=figures)
    table = declare(name, one=by_colour())

    plan = [change for change in changes(cloud, table) if "capacity" in change]

    assert plan == ["~ capacity of colour-index: 40 read / 20 write units"]


def name_of(name: str) -> str:
    return str(declare(name).Meta.table_name)
