"""What DynamoDB says of a table now, and what this engine can do at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import boto3
from botocore.exceptions import ClientError
from django.conf import settings

from atlas.dynamo.connection import connection
from atlas.dynamo.provision.state import ON_DEMAND, Index, KeyPart, Keys, LiveTable, Throughput

UNKNOWN = "UnknownOperationException"
UNSETTLED = ("CREATING", "UPDATING", "DELETING")


@dataclass
class Store:
    """The DynamoDB that is provisioned: on AWS, or an engine at an endpoint, which offers less."""

    client: Any
    """botocore's client for DynamoDB."""
    endpoint: str | None = None
    """None on AWS."""

    @classmethod
    def of_settings(cls) -> "Store":
        return cls(client=connection().client, endpoint=settings.DYNAMODB_ENDPOINT)

    @property
    def on_aws(self) -> bool:
        return self.endpoint is None

    @cached_property
    def scaling(self) -> Any:
        """botocore's client for Application Auto Scaling; asked for on AWS alone."""
        return boto3.client("application-autoscaling", region_name=settings.AWS_REGION)

    @cached_property
    def offers_recovery(self) -> bool:
        """Whether the engine knows point-in-time recovery: one that does says that there is no such table."""
        try:
            self.client.describe_continuous_backups(TableName="atlas-is-recovery-known-here")
        except ClientError as error:
            return code(error) != UNKNOWN
        return True

    def describe(self, name: str) -> dict[str, Any] | None:
        """DescribeTable's own words, None where there is no such table."""
        try:
            found: dict[str, Any] = self.client.describe_table(TableName=name)["Table"]
        except ClientError as error:
            if code(error) == "ResourceNotFoundException":
                return None
            raise
        return found

    def read(self, name: str) -> LiveTable | None:
        """The whole state of a table, None where there is none."""
        table = self.describe(name)
        if table is None or table["TableStatus"] == "DELETING":
            return None
        types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
        on_demand = table.get("BillingModeSummary", {}).get("BillingMode") == ON_DEMAND
        encryption = table.get("SSEDescription", {})
        return LiveTable(
            name=name,
            arn=table["TableArn"],
            keys=_keys(table["KeySchema"], types),
            indexes={index.name: index for index in _indexes(table, types)},
            ttl=self._ttl(name),
            recovery=self.offers_recovery and self._recovery(name),
            protected=table.get("DeletionProtectionEnabled", False),
            encryption_key=encryption.get("KMSMasterKeyArn") if encryption.get("Status") == "ENABLED" else None,
            tags=self._tags(table["TableArn"]),
            throughput=None if on_demand else _throughput(table),
            index_throughput={each["IndexName"]: _throughput(each) for each in _globals(table)},
        )

    def _ttl(self, name: str) -> str | None:
        found = self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
        return found.get("AttributeName") if found["TimeToLiveStatus"] in ("ENABLED", "ENABLING") else None

    def _recovery(self, name: str) -> bool:
        answer = self.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        status = answer.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        return bool(status == "ENABLED")

    def _tags(self, arn: str) -> dict[str, str]:
        tags: dict[str, str] = {}
        more: dict[str, str] = {}
        while True:
            answer = self.client.list_tags_of_resource(ResourceArn=arn, **more)
            tags |= {each["Key"]: each["Value"] for each in answer.get("Tags", ())}
            if not answer.get("NextToken"):
                return tags
            more = {"NextToken": answer["NextToken"]}


def code(error: ClientError) -> str:
    return str(error.response["Error"]["Code"])


def unsettled(table: Mapping[str, Any]) -> str | None:
    """What of a described table DynamoDB still works on; it takes no further change until then."""
    if table["TableStatus"] in UNSETTLED:
        return f"table {table['TableStatus']}"
    for index in table.get("GlobalSecondaryIndexes", ()):
        if index["IndexStatus"] in UNSETTLED:
            return f"{index['IndexName']} {index['IndexStatus']}"
    encryption = table.get("SSEDescription", {}).get("Status")
    return f"encryption {encryption}" if encryption in ("ENABLING", "DISABLING", "UPDATING") else None


def _globals(table: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each for each in table.get("GlobalSecondaryIndexes", ()) if each["IndexStatus"] != "DELETING"]


def _indexes(table: Mapping[str, Any], types: Mapping[str, str]) -> Iterator[Index]:
    for local, found in ((False, _globals(table)), (True, table.get("LocalSecondaryIndexes", ()))):
        for each in found:
            projection = each["Projection"]
            yield Index(
                name=each["IndexName"],
                keys=_keys(each["KeySchema"], types),
                projection=projection["ProjectionType"],
                included=frozenset(projection.get("NonKeyAttributes", ())),
                local=local,
            )


def _keys(key_schema: list[Mapping[str, str]], types: Mapping[str, str]) -> Keys:
    ordered = sorted(key_schema, key=lambda each: each["KeyType"])
    return tuple(KeyPart(each["AttributeName"], types[each["AttributeName"]]) for each in ordered)


def _throughput(described: Mapping[str, Any]) -> Throughput:
    figures = described.get("ProvisionedThroughput", {})
    return Throughput(read=figures.get("ReadCapacityUnits", 0), write=figures.get("WriteCapacityUnits", 0))
