"""Forgetting a person, row by row: one transaction each, so that a person with 10,000 bookings is no special case.

A pass goes through the registry in order and may be killed at any point: the next one finds forgotten rows as they
should be and goes on. After the first pass others look again: an index may have lagged, and a request that was under
way may have written something after the account was closed.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.privacy.registry import Holding, Subject, holdings, places
from atlas import trail
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import retried

ROW = "(row)"
"""Stands for the attribute where it is the row itself that must not be there."""
TELL_EVERY = 25
"""Rows between two words of progress."""

Tell = Callable[[int, str], None]


@dataclass(slots=True)
class Pass:
    """How far a pass is. `done` are the names of what is finished: what a resumed one leaves out."""

    done: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    looked_at: int = 0

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> "Pass":
        return cls(list(state.get("done", ())), Counter(state.get("counts", {})), int(state.get("waiting", 0)))

    @property
    def state(self) -> dict[str, Any]:
        return {"done": self.done, "counts": dict(self.counts), "waiting": self.waiting}


def steps() -> int:
    """Of which one pass consists."""
    return len(holdings()) + len(places())


def run_pass(
    subject: Subject,
    *,
    so_far: Pass | None = None,
    checkpoint: Callable[[Pass], None] = lambda _: None,
    tell: Tell = lambda _, __: None,
) -> Pass:
    """Go through everything once. `checkpoint` is called between two steps, `tell` with the rows so far and where."""
    progress = so_far or Pass()
    for holding in holdings():
        if holding.name not in progress.done and (holding.deletes or holding.forget):
            waiting_before = progress.waiting
            try:
                _forget_rows(subject, holding, progress, tell)
            except BaseException:
                progress.waiting = waiting_before  # this step is done again as a whole
                raise
        _finish(progress, holding.name, checkpoint)
    for place in places():
        if place.name not in progress.done:
            progress.counts[place.name] += place.erase(subject)
        _finish(progress, place.name, checkpoint)
    return progress


def left_in(subject: Subject, holding: Holding, item: Table) -> list[str]:
    """The attributes of a row that still hold something of the person: what forgetting it would change."""
    if holding.deletes:
        return [ROW]
    if holding.forget is None:
        return []
    before = item.serialize()
    changed = type(item).from_raw_data(item.serialize())
    holding.forget(subject, changed)
    after = changed.serialize()
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _forget_rows(subject: Subject, holding: Holding, progress: Pass, tell: Tell) -> None:
    for item in holding.find(subject):
        progress.looked_at += 1
        if progress.looked_at % TELL_EVERY == 0:
            tell(progress.looked_at, holding.name)
        if not left_in(subject, holding, item):
            continue
        progress.waiting += holding.needed(item) or not _forget(subject, holding, item.key, progress)


@retried
def _forget(subject: Subject, holding: Holding, key: tuple[Any, ...], progress: Pass) -> bool:
    """By the row as it is now, under its version. False when it has become needed meanwhile."""
    item = holding.table.find(*key, consistent=True)
    if item is None or not left_in(subject, holding, item):
        return True
    if holding.needed(item):
        return False
    if holding.deletes:
        item.delete(add_version_condition=False)
    elif holding.forget is not None:
        holding.forget(subject, item)
        with trail.discreetly():
            holding.write(subject, item)
    progress.counts[holding.name] += 1
    return True


def _finish(progress: Pass, name: str, checkpoint: Callable[[Pass], None]) -> None:
    if name not in progress.done:
        progress.done.append(name)
        checkpoint(progress)
