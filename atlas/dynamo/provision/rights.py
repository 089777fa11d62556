"""What each process may do at AWS, and nothing more: statements for IAM, whichever tool writes them.

Tables are named by their prefix, as a policy may have 6,144 characters; what must never happen is said by name. Where a
statement holds `${AWS::...}`, CloudFormation fills it in; `atlas.dynamo.provision.terraform` has words of its own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import admin

from atlas.dynamo.table import Table

REGION, ACCOUNT, PARTITION = "${AWS::Region}", "${AWS::AccountId}", "${AWS::Partition}"
READS = ("GetItem", "BatchGetItem", "Query", "ConditionCheckItem", "DescribeTable")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
CHANGES = (
    "CreateTable",
    "UpdateTable",
    "DescribeTable",
    "DescribeTimeToLive",
    "UpdateTimeToLive",
    "DescribeContinuousBackups",
    "UpdateContinuousBackups",
    "ListTagsOfResource",
    "TagResource",
)
Statement = dict[str, Any]


def policies(tables: Iterable[type[Table]]) -> Mapping[str, list[Statement]]:
    """Statements by process. Beat has none: it talks to the broker alone."""
    known = sorted(tables, key=lambda table: table.Meta.name)
    kept = [table for table in known if getattr(table.Meta, "kept_for", None)]
    data = _dynamodb("Data", (*READS, *WRITES), _every())
    never = {**_dynamodb("KeptByLaw", ("DeleteItem",), [_arn(table) for table in kept]), "Effect": "Deny"}
    return {
        "web": [data, _dynamodb("ListedInTheBackOffice", ("Scan",), scanned(known)), never, *_objects(), *_keys()],
        "worker": [data, never, *_objects("s3:DeleteObject", "s3:RestoreObject"), _listing(), *_keys()],
        "operations": [
            _dynamodb("Shape", CHANGES, _every()),
            _dynamodb("Verify", ("Scan", *READS), _every()),
            {
                "Sid": "Bucket",
                "Effect": "Allow",
                "Action": [
                    "s3:CreateBucket",
                    "s3:GetBucketPublicAccessBlock",
                    "s3:GetEncryptionConfiguration",
                    "s3:GetLifecycleConfiguration",
                    "s3:ListBucket",
                    "s3:PutBucketPublicAccessBlock",
                    "s3:PutEncryptionConfiguration",
                    "s3:PutLifecycleConfiguration",
                ],
                "Resource": [_bucket()],
            },
            {
                "Sid": "Scaling",
                "Effect": "Allow",
                "Action": [
                    f"application-autoscaling:{verb}"
                    for verb in (
                        "DeregisterScalableTarget",
                        "DescribeScalableTargets",
                        "DescribeScalingPolicies",
                        "PutScalingPolicy",
                        "RegisterScalableTarget",
                    )
                ],
                "Resource": ["*"],  # these actions know no narrower one
            },
        ],
    }


def scanned(tables: Iterable[type[Table]]) -> list[str]:
    """The tables of which the back office shows pages without an index, as their admins say (`list_scan`)."""
    listed = {model.table for model, each in admin.site._registry.items() if getattr(each, "list_scan", False)}  # type: ignore[attr-defined]
    return [_arn(table) for table in tables if table in listed]


def _dynamodb(sid: str, verbs: Iterable[str], resources: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": [f"dynamodb:{verb}" for verb in verbs], "Resource": resources}


def _objects(*more: str) -> list[Statement]:
    actions = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", *more]
    return [{"Sid": "Objects", "Effect": "Allow", "Action": actions, "Resource": [f"{_bucket()}/*"]}]


def _listing() -> Statement:
    return {"Sid": "Listing", "Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": [_bucket()]}


def _keys() -> list[Statement]:
    """Of the customer-managed keys that the settings name."""
    named = {settings.DYNAMODB_KMS_KEY, settings.OBJECTS_KMS_KEY, settings.VAULT_KMS_KEY} - {""}
    if not named:
        return []
    arns = [
        key if key.startswith("arn:") else f"arn:{PARTITION}:kms:{REGION}:{ACCOUNT}:key/{key}" for key in sorted(named)
    ]
    return [{"Sid": "Keys", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": arns}]


def _every() -> list[str]:
    """Every table of this prefix, and their indexes."""
    base = f"arn:{PARTITION}:dynamodb:{REGION}:{ACCOUNT}:table/{settings.TABLE_PREFIX}*"
    return [base, f"{base}/index/*"]


def _arn(table: type[Table]) -> str:
    return f"arn:{PARTITION}:dynamodb:{REGION}:{ACCOUNT}:table/{table.Meta.table_name}"


def _bucket() -> str:
    return f"arn:{PARTITION}:s3:::{settings.OBJECTS_BUCKET}"
