"""All or nothing: state, history and outbox rows in one DynamoDB transaction, with conflicts that can be read.

    with transact() as tx:
        tx.save(booking, otherwise=...)      # put under the version it was read with
        tx.create(history)                   # must not exist yet
        tx.check(Quote, quote_id, Quote.status == PENDING, otherwise=Conflict(...))

A service that takes part in a caller's transaction takes `tx` as an argument; the outermost `with` commits.
`@retried` runs a use case again when somebody else changed an item between its read and its write: the second run sees
the new state and answers by its rules. What still fails after that is a `Lost` (409).
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition

from atlas import trail
from atlas.dynamo.connection import connection
from atlas.dynamo.table import Table
from atlas.errors import AtlasError, Conflict, Unavailable

P = ParamSpec("P")
R = TypeVar("R")

LIMIT = 100
"""Items in one transaction (DynamoDB's own limit)."""
KINDS = ("check", "delete", "put", "update")
TRIES = 9
"""Of a use case that loses its race again and again: three seconds or so."""


class Lost(Conflict):
    """Somebody else changed `item` first. Retried by `@retried`; a 409 when it happens again and again."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(details={"item": what})
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: its wire form, what it touches, and the error to raise when its condition does not hold."""

    kind: str
    operation: dict[str, Any]
    what: str
    otherwise: AtlasError | None
    item: Table | None = None


class Transaction:
    """Collects the steps of one atomic write. An item may appear once (DynamoDB's rule)."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.after_commit: list[Callable[[], object]] = []

    def create(self, item: Table, *, otherwise: AtlasError | None = None) -> None:
        """Put an item that must not exist yet."""
        item.attribute_values.pop("version", None)
        self._put(item, None, otherwise)

    def save(self, item: Table, condition: Condition | None = None, *, otherwise: AtlasError | None = None) -> None:
        """Put an item under the version it was read with, and `condition`."""
        self._put(item, condition, otherwise)

    def delete(self, item: Table, *, otherwise: AtlasError | None = None) -> None:
        self._add("delete", item.get_delete_kwargs_from_instance(), item, otherwise)

    def check(self, table: type[Table], *key: Any, condition: Condition, otherwise: AtlasError | None = None) -> None:
        """Hold only while another item, not written here, fulfils `condition`."""
        hash_key, range_key = (*key, None)[:2]
        operation = table.get_operation_kwargs_from_class(hash_key, range_key, condition=condition)
        self.steps.append(Step("check", operation, f"{table.Meta.name} {'/'.join(map(str, key))}", otherwise))

    def update(self, what: str, operation: dict[str, Any], *, otherwise: AtlasError | None = None) -> None:
        """Change part of an item that was not read, by an update in its wire form (`atlas.counters`)."""
        self.steps.append(Step("update", operation, what, otherwise))

    def on_commit(self, do: Callable[[], object]) -> None:
        """Call `do` once the transaction holds; what must not be lost belongs in the outbox instead."""
        self.after_commit.append(do)

    def commit(self) -> None:
        if not self.steps:
            return
        trail.leave(self, self._changes())
        if len(self.steps) > LIMIT:
            raise Conflict(
                f"This would change {len(self.steps)} items at once; {LIMIT} is the limit.",
                code="too_much_at_once",
            )
        # PynamoDB sends them in the order of KINDS; the reasons come back in the same.
        ordered = [step for kind in KINDS for step in self.steps if step.kind == kind]
        checks, deletes, puts, updates = ([step.operation for step in ordered if step.kind == kind] for kind in KINDS)
        try:
            connection().transact_write_items(checks, deletes, puts, updates)
        except TransactWriteError as error:
            raise self._reason(ordered, error) from error
        for step in ordered:
            if step.kind == "put" and step.item is not None:
                step.item.update_local_version_attribute()  # type: ignore[no-untyped-call]
                step.item.stored = step.operation["Item"]
        _tell_cache(ordered)
        for do in self.after_commit:
            do()

    def _changes(self) -> list[trail.Change]:
        """What is written here of tables whose changes are told."""
        return [
            trail.Change(step.item, step.item.stored, step.operation.get("Item"))
            for step in self.steps
            if step.item is not None and step.item.Meta.trail is not None
        ]

    def _put(self, item: Table, condition: Condition | None, otherwise: AtlasError | None) -> None:
        item.accompany(self)
        self._add("put", item.get_save_kwargs_from_instance(condition), item, otherwise)

    def _add(self, kind: str, operation: dict[str, Any], item: Table, otherwise: AtlasError | None) -> None:
        what = f"{item.Meta.name} {'/'.join(map(str, item.key))}"
        self.steps.append(Step(kind, operation, what, otherwise, item))

    @staticmethod
    def _reason(steps: list[Step], error: TransactWriteError) -> Exception:
        """The readable form of a cancelled transaction; any other failure is returned as it is."""
        failed = [
            (step, reason.code)
            for step, reason in zip(steps, error.cancellation_reasons or [], strict=False)
            if reason is not None
        ]
        for step, code in failed:
            if code == "ConditionalCheckFailed":
                return step.otherwise or Lost(step.what, code)
        for step, code in failed:
            if code == "TransactionConflict":
                return Lost(step.what, code)
        if any(code in ("ThrottlingError", "ProvisionedThroughputExceeded") for _, code in failed):
            return Unavailable()
        if error.cause_response_code in ("TransactionConflictException", "TransactionInProgressException"):
            return Lost(steps[0].what, str(error.cause_response_code))
        return error


def _tell_cache(steps: list[Step]) -> None:
    """What may be in the cache is there as it is stored now."""
    for step in steps:
        if step.item is not None and step.kind in ("put", "delete"):
            step.item._tell_cache(step.operation.get("Item"))


@contextmanager
def transact() -> Iterator[Transaction]:
    """A transaction that commits when the block ends well."""
    tx = Transaction()
    yield tx
    tx.commit()


def retried(use_case: Callable[P, R]) -> Callable[P, R]:
    """Run the whole use case again (load, decide, write) after a lost race, `TRIES` times in all.

    The pauses grow to a second, so that a few dozen who change one item at the same instant all have their turn.
    """

    @wraps(use_case)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES - 1):
            try:
                return use_case(*args, **kwargs)
            except Lost:
                time.sleep(random.uniform(0, min(0.02 * 2**attempt, 1)))  # noqa: S311 (jitter, not a secret)
        return use_case(*args, **kwargs)

    return run
