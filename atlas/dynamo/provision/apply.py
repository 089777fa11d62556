"""Carry a plan out: every table at its own pace, one change of a table at a time."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, repeat

from botocore.exceptions import ClientError

from atlas.dynamo.provision.changes import Change, Refused
from atlas.dynamo.provision.live import Store, code, unsettled
from atlas.dynamo.provision.plan import Plan

PAUSES = (0.0, 0.01, 0.05, 0.2, 0.5, 1.0, 2.0)
"""Seconds between two looks at a table that DynamoDB works on; the last one again and again: an index of a large table
takes hours to fill."""

LATER = ("LimitExceededException", "ResourceInUseException", "ContinuousBackupsUnavailableException")
"""Too much at once, or not yet: the same request succeeds later."""
PATIENCE_SECONDS = 600
TELL_AFTER_SECONDS = 0.5


@dataclass(frozen=True)
class Failure:
    table: str
    change: str
    reason: str


def apply_plan(
    store: Store, plan: Plan, *, remove: bool = False, tell: Callable[[str], object] = lambda _: None
) -> list[Failure]:
    """Do what the plan says and wait until every table is ACTIVE.

    Goes in rounds, the next change of each table in each, so that tables and indexes are built beside each other.
    Removals are left out unless `remove`. A change that DynamoDB refuses ends its own table's plan and is returned;
    the other tables go on. Interrupted, it can simply be started again.
    """
    failures: list[Failure] = []
    pending = {
        each.table.name: [change for change in each.changes if remove or not change.removes] for each in plan.changed
    }
    touched = list(pending)
    while pending:
        for name, changes in list(pending.items()):
            if not changes:
                del pending[name]
                continue
            change = changes.pop(0)
            if isinstance(change, Refused):
                failures.append(Failure(name, "not done", str(change)))
                continue
            try:
                _do(store, name, change, tell)
            except ClientError as error:
                failures.append(Failure(name, str(change), error.response["Error"].get("Message") or code(error)))
                del pending[name]
    for name in touched:
        _settle(store, name, tell)
    return failures


def _do(store: Store, name: str, change: Change, tell: Callable[[str], object]) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    for pause in _pauses():
        _settle(store, name, tell)
        try:
            change.do(store)
        except ClientError as error:
            if code(error) not in LATER or time.monotonic() > give_up:
                raise
            if pause >= TELL_AFTER_SECONDS:
                tell(f"{name}: waiting, {code(error)}")
        else:
            return
        time.sleep(pause)


def _settle(store: Store, name: str, tell: Callable[[str], object]) -> None:
    """Wait until DynamoDB has finished what it does to the table (or there is none, yet)."""
    told = None
    for pause in _pauses():
        table = store.describe(name)
        working = unsettled(table) if table else None
        if working is None:
            return
        if pause >= TELL_AFTER_SECONDS and working != told:
            tell(f"{name}: waiting, {working}")
            told = working
        time.sleep(pause)


def _pauses() -> Iterator[float]:
    return chain(PAUSES, repeat(PAUSES[-1]))
