"""The tables for CloudFormation and Terraform: whole, in step with the declarations, within AWS's own limits."""

import json
import re
from functools import cache
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import override_settings

from atlas.dynamo.provision import backups, cloudformation, rights, terraform
from atlas.dynamo.provision.desired import desired
from atlas.dynamo.registry import tables

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"
LONGEST_POLICY = 6144
"""Characters without white space (IAM's quota of a managed policy)."""


@cache
def stack() -> dict[str, Any]:
    with override_settings(DYNAMODB_KMS_KEY=KEY):
        return cloudformation.template(tables(), rights_of=tables())


@cache
def plan() -> dict[str, Any]:
    with override_settings(DYNAMODB_KMS_KEY=KEY, DYNAMODB_CAPACITY="provisioned"):
        return terraform.configuration(tables())


def of_type(kind: str) -> dict[str, Any]:
    return {id: each for id, each in stack()["Resources"].items() if each["Type"] == kind}


def test_every_table_is_in_both_with_its_keys_indexes_and_ttl() -> None:
    formed = {each["Properties"]["TableName"]: each["Properties"] for each in of_type("AWS::DynamoDB::Table").values()}
    planned = {each["name"]: each for each in plan()["resource"]["aws_dynamodb_table"].values()}
    wanted = {state.name: state for state in map(desired, tables())}
    assert formed.keys() == planned.keys() == wanted.keys()
    for name, state in wanted.items():
        one, other = formed[name], planned[name]
        assert [each["AttributeName"] for each in one["KeySchema"]] == [part.name for part in state.keys]
        assert [other.get("hash_key"), other.get("range_key")][: len(state.keys)] == [part.name for part in state.keys]
        indexes = {each["IndexName"] for each in one.get("GlobalSecondaryIndexes", [])}
        assert indexes == {each["name"] for each in other.get("global_secondary_index", [])}
        assert indexes == {each.name for each in state.indexes.values() if not each.local}
        assert one.get("TimeToLiveSpecification", {}).get("AttributeName") == state.ttl
        assert other.get("ttl", {}).get("attribute_name") == state.ttl
        assert one["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert other["point_in_time_recovery"]["enabled"]


def test_each_key_attribute_is_defined_once_and_no_other() -> None:
    """CloudFormation refuses one that no key uses."""
    for each in of_type("AWS::DynamoDB::Table").values():
        properties = each["Properties"]
        defined = [part["AttributeName"] for part in properties["AttributeDefinitions"]]
        schemas = [
            properties["KeySchema"],
            *(index["KeySchema"] for index in properties.get("GlobalSecondaryIndexes", [])),
        ]
        schemas += [index["KeySchema"] for index in properties.get("LocalSecondaryIndexes", [])]
        assert sorted(defined) == sorted({part["AttributeName"] for schema in schemas for part in schema})


def test_a_stack_that_goes_leaves_the_tables() -> None:
    for each in of_type("AWS::DynamoDB::Table").values():
        assert (each["DeletionPolicy"], each["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert all(each["lifecycle"]["prevent_destroy"] for each in plan()["resource"]["aws_dynamodb_table"].values())


def test_data_about_people_is_encrypted_with_the_key_of_the_settings() -> None:
    encrypted = {
        each["Properties"]["TableName"]
        for each in of_type("AWS::DynamoDB::Table").values()
        if each["Properties"].get("SSESpecification", {}).get("KMSMasterKeyId") == KEY
    }
    assert encrypted == {table.Meta.table_name for table in tables() if table.Meta.personal}


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(stack())
    known = {*stack()["Resources"], *stack()["Parameters"]}
    found = {*re.findall(r'"Ref": "([^"]+)"', text), *re.findall(r'"Fn::GetAtt": \["([^"]+)"', text)}
    assert found - known <= {"AWS::NoValue"}
    assert all(re.fullmatch(r"[A-Za-z0-9]+", id) for id in known)
    named = re.findall(r"\$\{(aws_[a-z_]+)\.([a-z_]+)\.", json.dumps(plan()))
    assert not [(kind, name) for kind, name in named if name not in plan()["resource"][kind]]


def test_each_table_is_in_one_daily_backup_that_aws_takes() -> None:
    """What goes cold stays so for 90 days; what is about people is gone after 30."""
    found: list[Any] = [
        each["Fn::GetAtt"][0]
        for selection in of_type("AWS::Backup::BackupSelection").values()
        for each in selection["Properties"]["BackupSelection"]["Resources"]
    ]
    assert sorted(found) == sorted(of_type("AWS::DynamoDB::Table"))
    for each in (backups.PERSONAL, backups.OTHER):
        assert each.cold_after is None or each.deleted_after - each.cold_after >= 90
    assert backups.PERSONAL.deleted_after == 30
    assert {backups.PERSONAL, backups.OTHER} == {*backups.plans(tables())}
    assert all(table.Meta.personal for table in backups.plans(tables())[backups.PERSONAL])


def test_every_table_has_its_alarms() -> None:
    alarmed = {
        (each["Properties"]["Dimensions"][0]["Value"], each["Properties"]["MetricName"])
        for each in of_type("AWS::CloudWatch::Alarm").values()
    }
    assert len(alarmed) == 2 * len(tables())


def test_provisioned_capacity_scales_tables_and_indexes() -> None:
    targets = plan()["resource"]["aws_appautoscaling_target"]
    indexes = sum(not index.local for table in tables() for index in desired(table).indexes.values())
    assert len(targets) == 2 * (len(tables()) + indexes)
    bookings = targets["bookings_read"]
    assert (bookings["min_capacity"], bookings["max_capacity"]) == (50, 500)
    with override_settings(DYNAMODB_CAPACITY="provisioned"), pytest.raises(cloudformation.TooLarge, match="--app"):
        cloudformation.template(tables())


# Rights


@cache
def granted() -> Any:
    return rights.policies(tables())


def may(process: str, action: str, table: str) -> bool:
    """As IAM decides: a Deny wins."""
    arn = f"arn:{rights.PARTITION}:dynamodb:{rights.REGION}:{rights.ACCOUNT}:table/{settings.TABLE_PREFIX}{table}"
    said = [
        each["Effect"]
        for each in granted()[process]
        if action in each["Action"]
        and any(re.fullmatch(re.escape(one).replace(r"\*", ".*"), arn) for one in each["Resource"])
    ]
    return "Allow" in said and "Deny" not in said


@pytest.mark.parametrize("process", ["web", "worker"])
def test_no_process_may_delete_what_the_law_keeps(process: str) -> None:
    for table in tables():
        kept = getattr(table.Meta, "kept_for", None) is not None
        assert may(process, "dynamodb:DeleteItem", table.Meta.name) != kept, table.Meta.name
    assert not may(process, "dynamodb:DeleteItem", "transactions")


def test_scans_are_for_what_the_back_office_lists_without_an_index() -> None:
    listed = [table.Meta.name for table in tables() if may("web", "dynamodb:Scan", table.Meta.name)]
    assert 0 < len(listed) < len(tables())
    assert not {"bookings", "transactions", "quotes", "access-log"} & {*listed}
    assert not any(may("worker", "dynamodb:Scan", table.Meta.name) for table in tables())


def test_nobody_who_serves_may_change_the_shape_of_a_table() -> None:
    for process in ("web", "worker"):
        actions = {action for each in granted()[process] for action in each["Action"]}
        assert not {action for action in actions if re.search("Table$|Delete(Table|Backup)|^[*]$", action)} - {
            "dynamodb:DescribeTable"
        }
        assert all(each["Resource"] != ["*"] for each in granted()[process])


def test_a_policy_is_within_what_iam_takes() -> None:
    for process, statements in granted().items():
        text = json.dumps(statements, separators=(",", ":"))
        assert len(text) < LONGEST_POLICY, (process, len(text))


# The command


@pytest.mark.parametrize("tool", ["cloudformation", "terraform"])
def test_the_command_prints_json(tool: str) -> None:
    out = StringIO()
    call_command("tables", tool, "--app", "payments", stdout=out)
    made = json.loads(out.getvalue())
    assert "atlas-transactions" in json.dumps(made).replace(settings.TABLE_PREFIX, "atlas-")
    assert settings.TABLE_PREFIX + "bookings" not in json.dumps(made.get("Resources", {}))


def test_what_is_too_large_for_a_stack_is_said() -> None:
    with override_settings(DYNAMODB_CAPACITY="provisioned"), pytest.raises(CommandError, match="--app"):
        call_command("tables", "cloudformation", stdout=StringIO())
