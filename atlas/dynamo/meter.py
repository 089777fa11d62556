"""How many DynamoDB calls, and how much capacity, a piece of work costs.

    with measure() as cost:
        ...
    cost.calls, cost.scans, cost.rcu, cost.wcu

Counts requests sent (retries included) and the capacity units that DynamoDB itself reports. Measures nest, and follow
the context into threads started by `asgiref` or `contextvars.copy_context`.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass(slots=True)
class Cost:
    """What was spent; `rcu` and `wcu` are capacity units, indexes included."""

    calls: int = 0
    scans: int = 0
    rcu: float = 0.0
    wcu: float = 0.0
    operations: list[str] = field(default_factory=list)
    """`Operation table` of each call in order, for budgets and for reading."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, operation: str, tables: str, calls: int, units: float) -> None:
        with self._lock:
            self.calls += calls
            self.operations.append(f"{operation} {tables}")
            if operation == "Scan":
                self.scans += calls
            if operation in READS:
                self.rcu += units
            else:
                self.wcu += units


_measuring: ContextVar[tuple[Cost, ...]] = ContextVar("dynamo_meter", default=())


@contextmanager
def measure() -> Iterator[Cost]:
    """Count everything that this block does."""
    cost = Cost()
    token = _measuring.set((*_measuring.get(), cost))
    try:
        yield cost
    finally:
        _measuring.reset(token)


def record(*, parsed: Mapping[str, Any], model: Any, **_: Any) -> None:
    """botocore's `after-call`: one answered operation, successful or refused."""
    costs = _measuring.get()
    if not costs:
        return
    consumed = parsed.get("ConsumedCapacity") or []
    if isinstance(consumed, Mapping):
        consumed = [consumed]
    units = sum(float(each.get("CapacityUnits", 0)) for each in consumed)
    tables = ",".join(str(each.get("TableName", "?")) for each in consumed)
    calls = 1 + int(parsed.get("ResponseMetadata", {}).get("RetryAttempts", 0))
    for cost in costs:
        cost.add(model.name, tables, calls, units)
