"""The kinds of change: each says itself in one line and does itself with one request."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from botocore.exceptions import ClientError

from atlas.dynamo.provision.live import Store, code
from atlas.dynamo.provision.state import (
    ON_DEMAND,
    Index,
    Keys,
    LiveTable,
    TableState,
    Throughput,
    attribute_definitions,
    key_schema,
)


class Change(ABC):
    """One step of a table's plan; `str()` of it is its line."""

    sign: ClassVar[str] = "~"
    """`+` adds, `~` alters, `-` removes, `!` cannot be done."""
    removes: bool = False
    """Takes away what the code no longer declares: done only when removal was asked for."""

    @abstractmethod
    def do(self, store: Store) -> None:
        """Ask DynamoDB for it. The table is settled before, and need not be after."""


@dataclass(frozen=True)
class CreateTable(Change):
    table: TableState
    sign: ClassVar[str] = "+"

    def __str__(self) -> str:
        return f"table {', '.join(map(str, self.table.keys))}"

    def do(self, store: Store) -> None:
        table = self.table
        request: dict[str, Any] = {
            "TableName": table.name,
            "KeySchema": key_schema(table.keys),
            "AttributeDefinitions": attribute_definitions(table.keys, *(each.keys for each in table.indexes.values())),
            "DeletionProtectionEnabled": table.protected,
            "Tags": wire_tags(table.tags),
            **billing(table.throughput),
        }
        if table.encryption_key and store.on_aws:
            request["SSESpecification"] = encryption(table.encryption_key)
        for local, kind in ((False, "GlobalSecondaryIndexes"), (True, "LocalSecondaryIndexes")):
            indexes = [each for each in table.indexes.values() if each.local is local]
            if indexes:
                provisioned = {} if local else provision(table.throughput)
                request[kind] = [each.wire() | provisioned for each in indexes]
        try:
            store.client.create_table(**request)
        except ClientError as error:
            if code(error) != "ResourceInUseException":  # somebody creates it at this moment, too
                raise


@dataclass(frozen=True)
class CreateIndex(Change):
    table: TableState
    index: Index
    key_attributes: tuple[Keys, ...]
    """Of the table and all of its indexes, this one included."""
    sign: ClassVar[str] = "+"

    def __str__(self) -> str:
        return f"index {self.index.name}: {self.index}"

    def do(self, store: Store) -> None:
        create = self.index.wire() | provision(self.table.throughput)
        store.client.update_table(
            TableName=self.table.name,
            AttributeDefinitions=attribute_definitions(*self.key_attributes),
            GlobalSecondaryIndexUpdates=[{"Create": create}],
        )


@dataclass(frozen=True)
class DeleteIndex(Change):
    table: TableState
    index: Index
    sign: ClassVar[str] = "-"
    removes: bool = True

    def __str__(self) -> str:
        return f"index {self.index.name}: {self.index}"

    def do(self, store: Store) -> None:
        store.client.update_table(
            TableName=self.table.name, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": self.index.name}}]
        )


@dataclass(frozen=True)
class SetThroughput(Change):
    """Switches between on-demand and provisioned, or sets other figures; the figures hold for every index, too."""

    live: LiveTable
    throughput: Throughput | None
    of_table: bool
    of_indexes: tuple[str, ...]

    def __str__(self) -> str:
        before = "on-demand" if self.live.throughput is None else str(self.live.throughput)
        if self.throughput is not None and not self.of_table:
            return f"capacity of {', '.join(self.of_indexes)}: {self.throughput}"
        return f"capacity: {before} -> {self.throughput or 'on-demand'}"

    def do(self, store: Store) -> None:
        request: dict[str, Any] = billing(self.throughput) if self.of_table else {}
        if self.throughput is not None and self.of_indexes:
            request["GlobalSecondaryIndexUpdates"] = [
                {"Update": {"IndexName": name} | provision(self.throughput)} for name in self.of_indexes
            ]
        store.client.update_table(TableName=self.live.name, **request)


@dataclass(frozen=True)
class SetTtl(Change):
    """One attribute on or off. DynamoDB takes one such change of a table an hour."""

    table: TableState
    attribute: str
    enabled: bool
    removes: bool = False

    def __str__(self) -> str:
        return f"TTL: {self.attribute} {'on' if self.enabled else 'off'}"

    def do(self, store: Store) -> None:
        specification = {"Enabled": self.enabled, "AttributeName": self.attribute}
        store.client.update_time_to_live(TableName=self.table.name, TimeToLiveSpecification=specification)


@dataclass(frozen=True)
class EnableRecovery(Change):
    table: TableState

    def __str__(self) -> str:
        return "point-in-time recovery: on"

    def do(self, store: Store) -> None:
        store.client.update_continuous_backups(
            TableName=self.table.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )


@dataclass(frozen=True)
class SetProtection(Change):
    table: TableState

    def __str__(self) -> str:
        return f"deletion protection: {'on' if self.table.protected else 'off'}"

    def do(self, store: Store) -> None:
        store.client.update_table(TableName=self.table.name, DeletionProtectionEnabled=self.table.protected)


@dataclass(frozen=True)
class SetEncryption(Change):
    table: TableState
    removes: bool = False

    def __str__(self) -> str:
        return f"encryption: {self.table.encryption_key or 'the key that AWS owns'}"

    def do(self, store: Store) -> None:
        store.client.update_table(TableName=self.table.name, SSESpecification=encryption(self.table.encryption_key))


@dataclass(frozen=True)
class SetTags(Change):
    live: LiveTable
    tags: Mapping[str, str]

    def __str__(self) -> str:
        return f"tags: {', '.join(f'{name}={value}' for name, value in self.tags.items())}"

    def do(self, store: Store) -> None:
        store.client.tag_resource(ResourceArn=self.live.arn, Tags=wire_tags(self.tags))


@dataclass(frozen=True)
class Refused(Change):
    """What DynamoDB cannot change; `text` says what to do instead."""

    text: str
    sign: ClassVar[str] = "!"

    def __str__(self) -> str:
        return self.text

    def do(self, store: Store) -> None:
        raise NotImplementedError(self.text)


def billing(throughput: Throughput | None) -> dict[str, Any]:
    return {"BillingMode": "PROVISIONED" if throughput else ON_DEMAND} | provision(throughput)


def provision(throughput: Throughput | None) -> dict[str, Any]:
    return {"ProvisionedThroughput": throughput.wire()} if throughput else {}


def encryption(key: str | None) -> dict[str, Any]:
    return {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key} if key else {"Enabled": False}


def wire_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": name, "Value": value} for name, value in tags.items()]
