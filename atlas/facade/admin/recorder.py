"""Who writes down what staff look at and do, and gives it back as history: one small protocol.

    class AtlasAdminSite(FacadeAdminSite):
        recorder = AccessLog()

`FacadeAdmin` calls the site's recorder; a site without one keeps nothing (`NullRecorder`). What a recorder raises fails
the page: an access log that silently loses rows would be none. Secrets never reach it (`FacadeAdmin.secret_fields`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from django.db.models import Model
from django.http import HttpRequest

MASK = "\u2022\u2022\u2022\u2022"
"""What stands for a secret in a before and after."""


class Act(StrEnum):
    """What was done to an item."""

    READ = "READ"
    CREATED = "CREATED"
    CHANGED = "CHANGED"
    DELETED = "DELETED"
    ACTION = "ACTION"
    EXPORTED = "EXPORTED"


class Outcome(StrEnum):
    """How an action ended for one item."""

    DONE = "DONE"
    REFUSED = "REFUSED"
    GONE = "GONE"


@dataclass(frozen=True, slots=True)
class Change:
    """One field, before and after, as JSON can hold it (None: it had, or has, no value)."""

    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action came to for one item. `obj` is None where the item is gone; `key` is its primary key."""

    key: str
    obj: Model | None
    outcome: Outcome
    message: str = ""
    """The rule's words for a refusal, or the action's own remark."""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One row of an item's history or of *recent actions*, as the admin's templates show it."""

    at: datetime
    actor: str
    """A name or an e-mail, for people."""
    act: Act
    summary: str = ""
    """In words: what was done, its outcome, the reason given."""
    changes: Mapping[str, Change] = field(default_factory=dict)
    model: type[Model] | None = None
    key: str = ""
    object_repr: str = ""
    origin: str = ""
    """From where: an address."""


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Newest first; `next` is the cursor of what is older, None at the end."""

    entries: Sequence[HistoryEntry]
    next: str | None = None


class Recorder(Protocol):
    """All calls are made before the answer is sent; reads after the item was found, the rest after it is stored."""

    def record_read(self, request: HttpRequest, model: type[Model], objects: Sequence[Model], *, view: str) -> None:
        """`objects` of a table that holds personal data were shown. `view` is `change`, `list`, `history`, `inline`
        or `search`. One call per page, however many items it shows; not called for a page that shows none.
        """

    def record_created(self, request: HttpRequest, obj: Model, *, after: Mapping[str, Any]) -> None:
        """`after`: field -> value, of those that have one."""

    def record_changed(self, request: HttpRequest, obj: Model, *, changes: Mapping[str, Change]) -> None:
        """Not called when nothing changed."""

    def record_deleted(self, request: HttpRequest, obj: Model, *, before: Mapping[str, Any]) -> None:
        """`obj` is gone from the store."""

    def record_action(
        self, request: HttpRequest, model: type[Model], *, action: str, results: Sequence[ActionResult], reason: str
    ) -> None:
        """One run of an action over one or many items. `reason` is what its form's field `reason` says, or empty."""

    def record_export(
        self, request: HttpRequest, model: type[Model], *, format: str, query: Mapping[str, str], unmasked: bool
    ) -> None:
        """An export begins (whether or not it is fetched to its end). `format` is `csv` or `jsonl`, `query` the
        filters and the search it was asked for, `unmasked` says that personal fields are in it as they are.
        """

    def history_of(self, request: HttpRequest, obj: Model, *, limit: int, cursor: str | None) -> HistoryPage:
        """What was done to `obj`. Raises `InvalidCursor` for a cursor that is not of this history."""

    def recent(self, request: HttpRequest, *, limit: int) -> Sequence[HistoryEntry]:
        """The last things that the asking user did, for the overview."""


class NullRecorder:
    """Keeps nothing."""

    def record_read(self, request: HttpRequest, model: type[Model], objects: Sequence[Model], *, view: str) -> None:
        pass

    def record_created(self, request: HttpRequest, obj: Model, *, after: Mapping[str, Any]) -> None:
        pass

    def record_changed(self, request: HttpRequest, obj: Model, *, changes: Mapping[str, Change]) -> None:
        pass

    def record_deleted(self, request: HttpRequest, obj: Model, *, before: Mapping[str, Any]) -> None:
        pass

    def record_action(
        self, request: HttpRequest, model: type[Model], *, action: str, results: Sequence[ActionResult], reason: str
    ) -> None:
        pass

    def record_export(
        self, request: HttpRequest, model: type[Model], *, format: str, query: Mapping[str, str], unmasked: bool
    ) -> None:
        pass

    def history_of(self, request: HttpRequest, obj: Model, *, limit: int, cursor: str | None) -> HistoryPage:
        return HistoryPage([])

    def recent(self, request: HttpRequest, *, limit: int) -> Sequence[HistoryEntry]:
        return []
