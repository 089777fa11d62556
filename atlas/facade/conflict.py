"""Two editors of one item: what the second is told, field by field.

try:
    booking.save()
except EditConflict as conflict:
    conflict.changes["note"]      # Change(base="", theirs="Gate B", yours="Gate C")
    conflict.clashes              # those of them that you changed too, to something else
    booking.rebase()              # theirs where you changed nothing, yours where you did; then save() again
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django.db import IntegrityError

from atlas.dynamo.transaction import Lost


class Change(NamedTuple):
    """One field: as both editors found it, as it is now, as the second editor wants it."""

    base: Any
    theirs: Any
    yours: Any

    @property
    def clashes(self) -> bool:
        return bool(self.yours not in (self.base, self.theirs))


class EditConflict(Lost):
    """Somebody else saved this item between your reading and your saving it. Nothing of yours was written."""

    def __init__(self, what: str, reason: str, changes: Mapping[str, Change], theirs: Any) -> None:
        super().__init__(what, reason)
        self.changes = dict(changes)
        """Field -> what happened to it, for each that they changed."""
        self.theirs = theirs
        """The facade of the item as it is now; None when it was deleted."""
        self.details["changed"] = sorted(self.changes)
        if theirs is not None:
            self.details["version"] = theirs.version

    @property
    def clashes(self) -> dict[str, Change]:
        return {name: change for name, change in self.changes.items() if change.clashes}


class DeletedMeanwhile(EditConflict):
    """The item that was to be saved or deleted is no longer there."""

    message = "Somebody else deleted it meanwhile."


class AlreadyThere(Lost, IntegrityError):
    """A new item whose key is taken. Also an IntegrityError, so that `get_or_create` looks again."""

    message = "There is one with this key already."


def changes_between(base: Mapping[str, Any], theirs: Mapping[str, Any], yours: Mapping[str, Any]) -> dict[str, Change]:
    """What they changed, of three states of one item."""
    return {
        name: Change(base.get(name), theirs[name], yours.get(name)) for name in theirs if theirs[name] != base.get(name)
    }
