"""The same tables for Terraform, in its JSON syntax (`tables.tf.json`): what OpenTofu takes too."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from atlas.dynamo.provision import backups, rights, scaling
from atlas.dynamo.provision.desired import desired
from atlas.dynamo.provision.state import Index, KeyPart, Keys, TableState
from atlas.dynamo.table import Table

WORDS = {
    rights.REGION: "${data.aws_region.current.name}",
    rights.ACCOUNT: "${data.aws_caller_identity.current.account_id}",
    rights.PARTITION: "${data.aws_partition.current.partition}",
}


def configuration(tables: Iterable[type[Table]]) -> dict[str, Any]:
    """One configuration; the provider and its state are the deployer's."""
    known = sorted(tables, key=lambda table: table.Meta.name)
    resources: dict[str, dict[str, Any]] = {"aws_dynamodb_table": {}, "aws_cloudwatch_metric_alarm": {}}
    for table in known:
        state, name = desired(table), _name(table)
        resources["aws_dynamodb_table"][name] = _table(state)
        resources["aws_cloudwatch_metric_alarm"] |= _alarms(name, state)
        for kind, found in _scaling(name, state).items():
            resources.setdefault(kind, {}).update(found)
    resources |= _backups(known)
    resources["aws_iam_policy"] = _policies(known)
    return {
        "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": ">= 5.0"}}},
        "variable": {"alarm_topics": {"type": "list(string)", "default": []}},
        "data": {
            "aws_region": {"current": {}},
            "aws_caller_identity": {"current": {}},
            "aws_partition": {"current": {}},
        },
        "resource": resources,
    }


def _table(state: TableState) -> dict[str, Any]:
    indexes = list(state.indexes.values())
    parts = dict.fromkeys(part for keys in (state.keys, *(each.keys for each in indexes)) for part in keys)
    capacity = (
        {"read_capacity": state.throughput.read, "write_capacity": state.throughput.write} if state.throughput else {}
    )
    table: dict[str, Any] = {
        "name": state.name,
        "billing_mode": "PROVISIONED" if state.throughput else "PAY_PER_REQUEST",
        **_keys(state.keys),
        "attribute": [_attribute(part) for part in parts],
        "point_in_time_recovery": {"enabled": state.recovery},
        "deletion_protection_enabled": state.protected,
        "tags": dict(sorted(state.tags.items())),
        "lifecycle": {"prevent_destroy": True},
        **capacity,
    }
    if capacity:  # auto-scaling moves them
        table["lifecycle"]["ignore_changes"] = ["read_capacity", "write_capacity"]
    if everywhere := [{**_index(each), **capacity} for each in indexes if not each.local]:
        table["global_secondary_index"] = everywhere
    if local := [_index(each, hash_too=False) for each in indexes if each.local]:
        table["local_secondary_index"] = local
    if state.ttl:
        table["ttl"] = {"attribute_name": state.ttl, "enabled": True}
    if state.encryption_key:
        table["server_side_encryption"] = {"enabled": True, "kms_key_arn": state.encryption_key}
    return table


def _keys(keys: Keys) -> dict[str, str]:
    return {kind: part.name for kind, part in zip(("hash_key", "range_key"), keys, strict=False)}


def _attribute(part: KeyPart) -> dict[str, str]:
    return {"name": part.name, "type": part.type}


def _index(index: Index, *, hash_too: bool = True) -> dict[str, Any]:
    keys = _keys(index.keys)
    if not hash_too:
        keys.pop("hash_key")
    included = {"non_key_attributes": sorted(index.included)} if index.included else {}
    return {"name": index.name, **keys, "projection_type": index.projection, **included}


def _alarms(name: str, state: TableState) -> dict[str, Any]:
    return {
        f"{name}_{kind.lower()}_throttled": {
            "alarm_name": f"{state.name} {kind.lower()}s throttled",
            "namespace": "AWS/DynamoDB",
            "metric_name": f"{kind}ThrottleEvents",
            "dimensions": {"TableName": state.name},
            "statistic": "Sum",
            "period": 60,
            "evaluation_periods": 5,
            "datapoints_to_alarm": 3,
            "threshold": 10,
            "comparison_operator": "GreaterThanThreshold",
            "treat_missing_data": "notBreaching",
            "alarm_actions": "${var.alarm_topics}",
        }
        for kind in ("Read", "Write")
    }


def _scaling(name: str, state: TableState) -> dict[str, dict[str, Any]]:
    targets: dict[str, Any] = {}
    policies: dict[str, Any] = {}
    for target in scaling.targets(state).values():
        index = target.resource.partition("/index/")[2].replace("-", "_")
        label = "_".join(filter(None, (name, index, target.unit.lower())))
        targets[label] = {
            "service_namespace": "dynamodb",
            "resource_id": target.resource,
            "scalable_dimension": target.key["ScalableDimension"],
            "min_capacity": target.least,
            "max_capacity": target.most,
            "depends_on": [f"aws_dynamodb_table.{name}"],
        }
        policies[label] = {
            "name": target.policy,
            "policy_type": "TargetTrackingScaling",
            **{
                each: f"${{aws_appautoscaling_target.{label}.{each}}}"
                for each in ("service_namespace", "resource_id", "scalable_dimension")
            },
            "target_tracking_scaling_policy_configuration": {
                "target_value": scaling.TARGET_PERCENT,
                "predefined_metric_specification": {
                    "predefined_metric_type": f"DynamoDB{target.unit}CapacityUtilization"
                },
            },
        }
    return {"aws_appautoscaling_target": targets, "aws_appautoscaling_policy": policies} if targets else {}


def _backups(tables: Iterable[type[Table]]) -> dict[str, dict[str, Any]]:
    plans: dict[str, Any] = {}
    selections: dict[str, Any] = {}
    for plan, members in backups.plans(tables).items():
        lifecycle = {"delete_after": plan.deleted_after}
        if plan.cold_after is not None:
            lifecycle["cold_storage_after"] = plan.cold_after
        plans[plan.name] = {
            "name": f"atlas-{plan.name}",
            "rule": {
                "rule_name": "daily",
                "target_vault_name": "${aws_backup_vault.atlas.name}",
                "schedule": backups.DAILY,
                "lifecycle": lifecycle,
            },
        }
        selections[plan.name] = {
            "name": plan.name,
            "plan_id": f"${{aws_backup_plan.{plan.name}.id}}",
            "iam_role_arn": "${aws_iam_role.backup.arn}",
            "resources": [f"${{aws_dynamodb_table.{_name(table)}.arn}}" for table in members],
        }
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    managed = "service-role/AWSBackupServiceRolePolicyForBackup"
    return {
        "aws_backup_vault": {"atlas": {"name": "atlas", "lifecycle": {"prevent_destroy": True}}},
        "aws_backup_plan": plans,
        "aws_backup_selection": selections,
        "aws_iam_role": {"backup": {"name": "atlas-backup", "assume_role_policy": _encoded([trust])}},
        "aws_iam_role_policy_attachment": {
            "backup": {
                "role": "${aws_iam_role.backup.name}",
                "policy_arn": f"arn:{WORDS[rights.PARTITION]}:iam::aws:policy/{managed}",
            }
        },
    }


def _policies(tables: Iterable[type[Table]]) -> dict[str, Any]:
    return {
        process: {"name": f"atlas-{process}", "policy": _encoded(statements)}
        for process, statements in rights.policies(tables).items()
    }


def _encoded(statements: Iterable[Mapping[str, Any]]) -> str:
    """As text with Terraform's own words for region and account."""
    text = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
    for ours, theirs in WORDS.items():
        text = text.replace(ours, theirs)
    return text


def _name(table: type[Table]) -> str:
    return str(table.Meta.name).replace("-", "_")
