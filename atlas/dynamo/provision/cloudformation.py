"""The tables as a CloudFormation template: the declarations that `tables apply` follows, for who deploys by stacks.

A stack per app (`--app`) where all of them at once would be more than the 500 resources that one may have.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from atlas.dynamo.provision import backups, rights, scaling
from atlas.dynamo.provision.desired import desired
from atlas.dynamo.provision.state import TableState, attribute_definitions, key_schema
from atlas.dynamo.table import Table

LIMIT = 500
Resource = dict[str, Any]


class TooLarge(ValueError):
    """More resources than one stack may have."""


def template(tables: Iterable[type[Table]], *, rights_of: Iterable[type[Table]] = ()) -> dict[str, Any]:
    """As JSON, which CloudFormation takes as it takes YAML; with the rights on `rights_of`. Raises `TooLarge`."""
    known = sorted(tables, key=lambda table: table.Meta.name)
    resources: dict[str, Resource] = {}
    for table in known:
        state = desired(table)
        resources[_id(table, "Table")] = _table(state)
        resources |= _alarms(table, state)
        resources |= _scaling(table, state)
    resources |= _backups(known)
    if rights_of:
        resources |= _policies(rights_of)
    if len(resources) > LIMIT:
        raise TooLarge(f"{len(resources)} resources are more than the {LIMIT} of one stack: make one per app (--app).")
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Tables of Atlas, written by `manage.py tables cloudformation`.",
        "Parameters": {
            "AlarmTopic": {
                "Type": "String",
                "Default": "",
                "Description": "ARN of the SNS topic that hears of alarms; none without.",
            }
        },
        "Conditions": {"HasAlarmTopic": {"Fn::Not": [{"Fn::Equals": [{"Ref": "AlarmTopic"}, ""]}]}},
        "Resources": resources,
        "Outputs": {_id(table, "Arn"): {"Value": {"Fn::GetAtt": [_id(table, "Table"), "Arn"]}} for table in known},
    }


def _table(state: TableState) -> Resource:
    indexes = state.indexes.values()
    properties: dict[str, Any] = {
        "TableName": state.name,
        "KeySchema": key_schema(state.keys),
        "AttributeDefinitions": attribute_definitions(state.keys, *(index.keys for index in indexes)),
        "BillingMode": "PAY_PER_REQUEST" if state.throughput is None else "PROVISIONED",
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": state.recovery},
        "DeletionProtectionEnabled": state.protected,
        "Tags": [{"Key": name, "Value": value} for name, value in sorted(state.tags.items())],
    }
    throughput = {"ProvisionedThroughput": state.throughput.wire()} if state.throughput else {}
    properties |= throughput
    if everywhere := [{**each.wire(), **throughput} for each in indexes if not each.local]:
        properties["GlobalSecondaryIndexes"] = everywhere
    if local := [each.wire() for each in indexes if each.local]:
        properties["LocalSecondaryIndexes"] = local
    if state.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": state.ttl, "Enabled": True}
    if state.encryption_key:
        properties["SSESpecification"] = {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": state.encryption_key,
        }
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def _alarms(table: type[Table], state: TableState) -> dict[str, Resource]:
    """Requests that DynamoDB turned away: capacity, or a hot key."""
    return {
        _id(table, f"{kind}Throttled"): {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "AlarmName": f"{state.name} {kind.lower()}s throttled",
                "Namespace": "AWS/DynamoDB",
                "MetricName": f"{kind}ThrottleEvents",
                "Dimensions": [{"Name": "TableName", "Value": state.name}],
                "Statistic": "Sum",
                "Period": 60,
                "EvaluationPeriods": 5,
                "DatapointsToAlarm": 3,
                "Threshold": 10,
                "ComparisonOperator": "GreaterThanThreshold",
                "TreatMissingData": "notBreaching",
                "AlarmActions": {"Fn::If": ["HasAlarmTopic", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]},
            },
        }
        for kind in ("Read", "Write")
    }


def _scaling(table: type[Table], state: TableState) -> dict[str, Resource]:
    found: dict[str, Resource] = {}
    for target in scaling.targets(state).values():
        index = target.resource.partition("/index/")[2]
        name = _camel(index) + target.unit
        found[_id(table, name + "Target")] = {
            "Type": "AWS::ApplicationAutoScaling::ScalableTarget",
            "DependsOn": _id(table, "Table"),
            "Properties": {**target.key, "MinCapacity": target.least, "MaxCapacity": target.most},
        }
        found[_id(table, name + "Scaling")] = {
            "Type": "AWS::ApplicationAutoScaling::ScalingPolicy",
            "Properties": {
                "PolicyName": target.policy,
                "PolicyType": "TargetTrackingScaling",
                "ScalingTargetId": {"Ref": _id(table, name + "Target")},
                "TargetTrackingScalingPolicyConfiguration": {
                    "TargetValue": scaling.TARGET_PERCENT,
                    "PredefinedMetricSpecification": {
                        "PredefinedMetricType": f"DynamoDB{target.unit}CapacityUtilization"
                    },
                },
            },
        }
    return found


def _backups(tables: Iterable[type[Table]]) -> dict[str, Resource]:
    found: dict[str, Resource] = {
        "BackupVault": {
            "Type": "AWS::Backup::BackupVault",
            "DeletionPolicy": "Retain",
            "UpdateReplacePolicy": "Retain",
            "Properties": {"BackupVaultName": {"Fn::Sub": "${AWS::StackName}"}},
        },
        "BackupRole": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": _document(
                    [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}]
                ),
                "ManagedPolicyArns": [
                    {
                        "Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/service-role/"
                        "AWSBackupServiceRolePolicyForBackup"
                    }
                ],
            },
        },
    }
    for plan, members in backups.plans(tables).items():
        lifecycle = {"DeleteAfterDays": plan.deleted_after}
        if plan.cold_after is not None:
            lifecycle["MoveToColdStorageAfterDays"] = plan.cold_after
        rule: dict[str, Any] = {
            "RuleName": "daily",
            "TargetBackupVault": {"Ref": "BackupVault"},
            "ScheduleExpression": backups.DAILY,
            "Lifecycle": lifecycle,
        }
        name = _camel(plan.name)
        found[f"Backup{name}Plan"] = {
            "Type": "AWS::Backup::BackupPlan",
            "Properties": {
                "BackupPlan": {
                    "BackupPlanName": {"Fn::Sub": "${AWS::StackName}-" + plan.name},
                    "BackupPlanRule": [rule],
                }
            },
        }
        found[f"Backup{name}Selection"] = {
            "Type": "AWS::Backup::BackupSelection",
            "Properties": {
                "BackupPlanId": {"Ref": f"Backup{name}Plan"},
                "BackupSelection": {
                    "SelectionName": plan.name,
                    "IamRoleArn": {"Fn::GetAtt": ["BackupRole", "Arn"]},
                    "Resources": [{"Fn::GetAtt": [_id(table, "Table"), "Arn"]} for table in members],
                },
            },
        }
    return found


def _policies(tables: Iterable[type[Table]]) -> dict[str, Resource]:
    return {
        f"{_camel(process)}Policy": {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {
                "Description": f"What the {process} processes of Atlas may do.",
                "PolicyDocument": _document([_filled(each) for each in statements]),
            },
        }
        for process, statements in rights.policies(tables).items()
    }


def _filled(statement: Mapping[str, Any]) -> dict[str, Any]:
    resources = [{"Fn::Sub": each} if "${" in each else each for each in statement["Resource"]]
    return {**statement, "Resource": resources}


def _document(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _id(table: type[Table], what: str) -> str:
    """A logical ID: letters and digits, stable for a table."""
    return _camel(str(table.Meta.name)) + what


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("-"))
