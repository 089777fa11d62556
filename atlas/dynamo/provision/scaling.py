"""Application Auto Scaling of provisioned tables and their indexes.

Capacity starts at the figure of `Meta.capacity`, which is also the most that scaling may give; the least is a tenth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from atlas.dynamo.provision.changes import Change
from atlas.dynamo.provision.live import Store
from atlas.dynamo.provision.state import LiveTable, TableState, Throughput

TARGET_PERCENT = 70.0
"""Consumed share of the capacity that scaling keeps to."""


def least(most: int) -> int:
    return max(1, most // 10)


def within(live: Throughput, wanted: Throughput) -> bool:
    """Whether scaling alone can have come from the wanted figures to the live ones."""
    return least(wanted.read) <= live.read <= wanted.read and least(wanted.write) <= live.write <= wanted.write


@dataclass(frozen=True, slots=True)
class Target:
    """One scalable figure: `resource` is `table/<name>` or `table/<name>/index/<name>`, `unit` Read or Write."""

    resource: str
    unit: str
    least: int
    most: int
    percent: float | None = TARGET_PERCENT
    """None where a live one has no policy."""

    @property
    def key(self) -> dict[str, str]:
        kind = "index" if "/index/" in self.resource else "table"
        return {
            "ServiceNamespace": "dynamodb",
            "ResourceId": self.resource,
            "ScalableDimension": f"dynamodb:{kind}:{self.unit}CapacityUnits",
        }

    @property
    def policy(self) -> str:
        return f"atlas-{self.resource.replace('/', '-')}-{self.unit.lower()}"


@dataclass(frozen=True)
class Scale(Change):
    target: Target

    def __str__(self) -> str:
        target = self.target
        where = target.resource.removeprefix("table/").partition("/index/")[2] or "table"
        return f"auto-scaling of {where}: {target.least} to {target.most} {target.unit.lower()} units at 70 %"

    def do(self, store: Store) -> None:
        target = self.target
        store.scaling.register_scalable_target(**target.key, MinCapacity=target.least, MaxCapacity=target.most)
        store.scaling.put_scaling_policy(
            **target.key,
            PolicyName=target.policy,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": TARGET_PERCENT,
                "PredefinedMetricSpecification": {"PredefinedMetricType": f"DynamoDB{target.unit}CapacityUtilization"},
            },
        )


@dataclass(frozen=True)
class Unscale(Change):
    """Takes a figure out of scaling; its policy and alarms go with it."""

    target: Target

    def __str__(self) -> str:
        return f"auto-scaling of {self.target.resource}, {self.target.unit.lower()} units: off"

    def do(self, store: Store) -> None:
        store.scaling.deregister_scalable_target(**self.target.key)


def changes(store: Store, wanted: TableState, live: LiveTable | None) -> Iterator[Scale | Unscale]:
    """What auto-scaling lacks, or has too much of. Asks AWS only where capacity is or was provisioned."""
    if not store.on_aws or (wanted.throughput is None and (live is None or live.throughput is None)):
        return
    goal = targets(wanted)
    found = _found(store, wanted, live) if live else {}
    yield from (Unscale(target) for key, target in found.items() if key not in goal)
    yield from (Scale(target) for key, target in goal.items() if found.get(key) != target)


def targets(table: TableState) -> dict[tuple[str, str], Target]:
    """What of a table is scaled: itself and its global indexes, reads and writes; nothing on demand."""
    if table.throughput is None:
        return {}
    resources = [_resource(table), *(_resource(table, each.name) for each in table.indexes.values() if not each.local)]
    figures = {"Read": table.throughput.read, "Write": table.throughput.write}
    return {
        (resource, unit): Target(resource, unit, least(most), most)
        for resource in resources
        for unit, most in figures.items()
    }


def _found(store: Store, wanted: TableState, live: LiveTable) -> dict[tuple[str, str], Target]:
    indexes = dict.fromkeys([*wanted.indexes, *live.indexes])
    resources = [_resource(live), *(_resource(live, name) for name in indexes)]
    percents: dict[tuple[str, str], float] = {}
    for resource in resources:  # this request takes one resource at a time
        for each in _pages(store, "describe_scaling_policies", "ScalingPolicies", ResourceId=resource):
            tracking = each.get("TargetTrackingScalingPolicyConfiguration", {})
            percents[resource, _unit(each)] = tracking.get("TargetValue")
    return {
        (each["ResourceId"], _unit(each)): Target(
            each["ResourceId"],
            _unit(each),
            each["MinCapacity"],
            each["MaxCapacity"],
            percents.get((each["ResourceId"], _unit(each))),
        )
        for each in _pages(store, "describe_scalable_targets", "ScalableTargets", ResourceIds=resources)
    }


def _pages(store: Store, operation: str, member: str, **request: Any) -> Iterator[dict[str, Any]]:
    for page in store.scaling.get_paginator(operation).paginate(ServiceNamespace="dynamodb", **request):
        yield from page[member]


def _resource(table: TableState, index: str | None = None) -> str:
    return f"table/{table.name}/index/{index}" if index else f"table/{table.name}"


def _unit(described: dict[str, Any]) -> str:
    return "Read" if "Read" in described["ScalableDimension"] else "Write"
