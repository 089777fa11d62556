"""The differences between the tables of the code and the live store, in the order in which they can be removed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings

from atlas.dynamo.provision import scaling
from atlas.dynamo.provision.changes import (
    Change,
    CreateIndex,
    CreateTable,
    DeleteIndex,
    EnableRecovery,
    Refused,
    SetEncryption,
    SetProtection,
    SetTags,
    SetThroughput,
    SetTtl,
)
from atlas.dynamo.provision.desired import desired
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.state import Index, LiveTable, TableState
from atlas.dynamo.table import Table


@dataclass(frozen=True)
class TablePlan:
    """What one table needs; `new`: it is not there at all."""

    table: TableState
    new: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Plan:
    tables: tuple[TablePlan, ...]
    not_offered: tuple[str, ...]
    """What Atlas wants and this engine does not know."""

    @property
    def changed(self) -> list[TablePlan]:
        return [each for each in self.tables if each.changes]

    @property
    def refused(self) -> list[TablePlan]:
        return [each for each in self.tables if any(isinstance(change, Refused) for change in each.changes)]


def make_plan(store: Store, tables: Iterable[type[Table]]) -> Plan:
    """Compare every table with the live store. Reads only."""
    plans = tuple(_table_plan(store, desired(table)) for table in tables)
    return Plan(plans, tuple(_not_offered(store)))


def _table_plan(store: Store, wanted: TableState) -> TablePlan:
    live = store.read(wanted.name)
    changes = _creation(store, wanted) if live is None else _differences(store, wanted, live)
    return TablePlan(wanted, live is None, tuple(changes))


def _creation(store: Store, wanted: TableState) -> Iterator[Change]:
    yield CreateTable(wanted)
    if wanted.ttl:
        yield SetTtl(wanted, wanted.ttl, enabled=True)
    if wanted.recovery and store.offers_recovery:
        yield EnableRecovery(wanted)
    yield from scaling.changes(store, wanted, None)


def _differences(store: Store, wanted: TableState, live: LiveTable) -> Iterator[Change]:
    if wanted.keys != live.keys:
        yield Refused(
            f"key: {', '.join(map(str, live.keys))} -> {', '.join(map(str, wanted.keys))}. "
            "DynamoDB cannot change a table's key: declare a table of another name and copy the items over."
        )
        return
    yield from _throughput(store, wanted, live)
    yield from _indexes(wanted, live)
    yield from _ttl(wanted, live)
    if wanted.recovery and not live.recovery and store.offers_recovery:
        yield EnableRecovery(wanted)
    if wanted.protected != live.protected:
        yield SetProtection(wanted)
    if store.on_aws and not _same_key(wanted.encryption_key, live.encryption_key):
        yield SetEncryption(wanted, removes=wanted.encryption_key is None)
    tags = {name: value for name, value in wanted.tags.items() if live.tags.get(name) != value}
    if tags:
        yield SetTags(live, tags)
    yield from scaling.changes(store, wanted, live)


def _throughput(store: Store, wanted: TableState, live: LiveTable) -> Iterator[Change]:
    if wanted.throughput is None or live.throughput is None:
        if wanted.throughput is not live.throughput:
            indexes = tuple(live.index_throughput) if store.on_aws else ()
            yield SetThroughput(live, wanted.throughput, of_table=True, of_indexes=indexes)
        return
    table = not scaling.within(live.throughput, wanted.throughput)
    indexes = tuple(
        name
        for name, figures in live.index_throughput.items()
        if store.on_aws and name in wanted.indexes and not scaling.within(figures, wanted.throughput)
    )
    if table or indexes:
        yield SetThroughput(live, wanted.throughput, of_table=table, of_indexes=indexes)


def _indexes(wanted: TableState, live: LiveTable) -> Iterator[Change]:
    altered = [name for name, index in wanted.indexes.items() if name in live.indexes and live.indexes[name] != index]
    for name in altered:
        yield Refused(
            f"index {name}: {live.indexes[name]} -> {wanted.indexes[name]}. DynamoDB cannot change an index: "
            "give the new one another name, deploy, then remove the old one."
        )
    keys = [live.keys, *(each.keys for each in live.indexes.values())]
    for name, index in wanted.indexes.items():
        if name in live.indexes:
            continue
        if index.local:
            yield Refused(f"index {name}: a local index can only be made together with its table.")
            continue
        keys.append(index.keys)
        yield CreateIndex(wanted, index, tuple(keys))
    for name, index in live.indexes.items():
        if name not in wanted.indexes:
            yield _deletion(wanted, index)


def _deletion(wanted: TableState, index: Index) -> Change:
    if index.local:
        return Refused(f"index {index.name}: a local index can only be removed together with its table.")
    return DeleteIndex(wanted, index)


def _ttl(wanted: TableState, live: LiveTable) -> Iterator[Change]:
    if wanted.ttl == live.ttl:
        return
    if live.ttl:
        yield SetTtl(wanted, live.ttl, enabled=False, removes=wanted.ttl is None)
    if wanted.ttl:
        yield SetTtl(wanted, wanted.ttl, enabled=True)


def _same_key(wanted: str | None, live: str | None) -> bool:
    """The setting may be the key's id or its ARN; DynamoDB answers with the ARN."""
    return wanted == live or bool(wanted and live and live.endswith(f":key/{wanted}"))


def _not_offered(store: Store) -> Iterator[str]:
    if not store.offers_recovery:
        yield "point-in-time recovery"
    if not store.on_aws and settings.DYNAMODB_KMS_KEY:
        yield "encryption with a key of one's own"
    if not store.on_aws and settings.DYNAMODB_CAPACITY == "provisioned":
        yield "auto-scaling and the capacity of indexes"
