"""The back office's recorder: what staff look at and do there, and the history that the admin shows.

A change of a table with a `Meta.trail` is told in its own transaction already; of any other table it is told here.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.access_log import selectors
from accounts.access_log.changes import name_of
from accounts.access_log.deeds import Deed
from accounts.access_log.reading import read
from accounts.access_log.sealing import moment_at
from accounts.access_log.tables import AccessEntry
from accounts.access_log.writing import entry, record, store
from accounts.tables import User
from accounts.users import current_user
from atlas import cached, trail
from atlas.facade.admin.recorder import Act, ActionResult, Change, HistoryEntry, HistoryPage

ACTS = {
    Deed.READ: Act.READ,
    Deed.CREATED: Act.CREATED,
    Deed.CHANGED: Act.CHANGED,
    Deed.DELETED: Act.DELETED,
    Deed.EXPORT: Act.EXPORTED,
}
"""Every other deed is an ACTION."""
LISTS = frozenset({"list", "search", "inline"})
"""Views that show many: told by person, not by item; what is nobody's, as the one list it is."""


class AccessLogRecorder:
    """`atlas.facade.admin.recorder.Recorder` on the access log."""

    def record_read(self, request: HttpRequest, model: type[Model], objects: Sequence[Model], *, view: str) -> None:
        shown = [(obj, subject_of(obj)) for obj in objects]
        of = [
            (object_of(obj) if view not in LISTS else f"users:{who}" if who else _table(model), who)
            for obj, who in shown
        ]
        read(actor=current_user(request), resource=f"{_table(model)} {view}", of=of)

    def record_created(self, request: HttpRequest, obj: Model, *, after: Mapping[str, Any]) -> None:
        if not _told(obj):
            record(Deed.CREATED, object=object_of(obj), subject_id=subject_of(obj))

    def record_changed(self, request: HttpRequest, obj: Model, *, changes: Mapping[str, Change]) -> None:
        if not _told(obj):
            personal = {name: [change.before, change.after] for name, change in changes.items()}
            record(Deed.CHANGED, object=object_of(obj), subject_id=subject_of(obj), personal=personal)

    def record_deleted(self, request: HttpRequest, obj: Model, *, before: Mapping[str, Any]) -> None:
        if not _told(obj):
            personal = {name: [value, None] for name, value in before.items()}
            record(Deed.DELETED, object=object_of(obj), subject_id=subject_of(obj), personal=personal)

    def record_action(
        self, request: HttpRequest, model: type[Model], *, action: str, results: Sequence[ActionResult], reason: str
    ) -> None:
        """One entry per item, whatever became of it."""
        entries = [
            entry(
                Deed.ACTION,
                object=object_of(each.obj) if each.obj is not None else f"{_table(model)}:{each.key}",
                subject_id=subject_of(each.obj) if each.obj is not None else None,
                resource=action,
                change={"outcome": [None, each.outcome.value]},
                personal={"message": [None, each.message]} if each.message else None,
                reason=reason,
            )
            for each in results
        ]
        store(entries)

    def record_export(
        self, request: HttpRequest, model: type[Model], *, format: str, query: Mapping[str, str], unmasked: bool
    ) -> None:
        """What was searched for may name a person: it goes where personal values go."""
        record(
            Deed.EXPORT,
            object=_table(model),
            resource=format,
            change={"unmasked": [None, unmasked]},
            personal={"query": [None, dict(query)]} if query else None,
        )

    def history_of(self, request: HttpRequest, obj: Model, *, limit: int, cursor: str | None) -> HistoryPage:
        page = selectors.history(object=object_of(obj), cursor=cursor, limit=limit)
        return HistoryPage(shown(page.items), page.next)

    def recent(self, request: HttpRequest, *, limit: int) -> Sequence[HistoryEntry]:
        return shown(selectors.recent(actor_id=current_user(request).id, limit=limit))


def object_of(obj: Any) -> str:
    """The name of an item in the log, by its table; of one that was never stored, by its key."""
    return name_of(obj.item) if obj.item is not None else f"{_table(type(obj))}:{obj.pk}"


def subject_of(obj: Any) -> str | None:
    """The user whose data an item is, as its table says; else whom its `userId` names."""
    item = obj.item
    if item is None:
        return None
    told: trail.Trail | None = item.Meta.trail
    return told.about(item) if told else getattr(item, "user_id", None)


def shown(entries: Iterable[AccessEntry]) -> list[HistoryEntry]:
    """Entries as the admin's templates show them: with the names of who acted, in one more call."""
    all_ = list(entries)
    ids = list(dict.fromkeys(each.actor_id for each in all_ if each.actor_id))
    names = {user.id: user.name for user in cached.shown(User, ids).values()}
    models = {model.table.Meta.name: model for model in apps.get_models() if hasattr(model, "table")}
    return [_shown(each, names, models) for each in all_]


def _shown(each: AccessEntry, names: Mapping[str, str], models: Mapping[str, Any]) -> HistoryEntry:
    table, _colon, key = each.object_.partition(":")
    model = models.get(table)
    personal = json.loads(each.personal or "{}")
    values = {**json.loads(each.change or "{}"), **personal}
    values.pop("salt", None)
    reason = str(values.pop("reason", ""))
    changes = {
        _field(model, name): Change(*pair)
        for name, pair in values.items()
        if isinstance(pair, list) and len(pair) == 2  # noqa: PLR2004
    }
    gone = _("(personal values erased)") if each.personal is None and each.personal_digest else ""
    said = [str(each.deed).replace("_", " ").capitalize(), each.resource or "", reason, gone]
    return HistoryEntry(
        at=moment_at(each.moment),
        actor=names.get(each.actor_id or "", each.actor_id or each.actor_role),
        act=ACTS.get(each.deed, Act.ACTION),
        summary=" · ".join(text for text in said if text),
        changes=changes,
        model=model,
        key=_pk(model, key),
        object_repr=key,
        origin=str(json.loads(each.whence or "{}").get("ip", "")),
    )


def _field(model: Any, path: str) -> str:
    """The facade's name of an attribute (`passwordHash` -> `password`); of a member of a document, its path."""
    if model is None:
        return path
    for name, attribute in model.table.get_attributes().items():
        if attribute.attr_name == path:
            return str(model.field_names.get(name, name))
    return path


def _pk(model: Any, key: str) -> str:
    """The facade's primary key; empty where a composite one cannot be told from its parts."""
    return "" if model is None or model.table.range_key_attribute() is not None else key


def _table(model: Any) -> str:
    return str(model.table.Meta.name)


def _told(obj: Any) -> bool:
    return type(obj).table.Meta.trail is not None
