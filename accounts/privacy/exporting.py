"""Everything that is held about a person, as JSON: each table and place, and a manifest of why and for how long.

One object: `{"about": {...}, "data": {"bookings": [...], ...}, "manifest": [...]}`. It is written as it is read: none
is too large, and a run that was cut off goes on at the table it was at.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from django.conf import settings

from accounts.privacy.registry import WITHHELD, Holding, Place, Subject, holdings, places
from accounts.privacy.subjects import find_subject, subject_of
from accounts.rules.roles import UserStatus
from accounts.tables import User
from accounts.users import CurrentUser
from atlas import jobs
from atlas.api.renderers import dumps
from atlas.dynamo.attributes import utc_now
from atlas.errors import NotFound

FORM = "atlas-personal-data/1"
MOST_AT_ONCE = 100
"""Rows of one table in the direct answer; the file has all of them."""
TELL_EVERY = 50
SETTING = re.compile(r"\b[A-Z]+(?:_[A-Z]+)+\b")


def small_export(user: CurrentUser) -> dict[str, Any]:
    """The direct answer: the newest of everything, and in the manifest whether that is all (`complete`)."""
    subject = subject_of(User.fetch(user.id))
    data: dict[str, Any] = {}
    manifest = []
    for source in sources():
        if isinstance(source, Holding) and source.passing:
            continue
        rows = list(islice(rows_of(subject, source), MOST_AT_ONCE + 1))
        data[source.name] = rows[:MOST_AT_ONCE]
        entry = manifest_entry(source, len(data[source.name]))
        manifest.append({**entry, "complete": len(rows) <= MOST_AT_ONCE})
    return {"about": about(subject, utc_now()), "data": data, "manifest": manifest}


def write_export(run: jobs.Run, out: jobs.Output) -> None:
    """The file. Raises `NotFound` when the person is forgotten meanwhile: no file comes of it."""
    subject = _still_there(run.params["userId"])
    counts: dict[str, int] = dict(run.state.get("counts", {}))
    if not counts:
        now = datetime.fromisoformat(run.state["at"]) if "at" in run.state else utc_now()
        out.write(b'{"about":' + dumps(about(subject, now)) + b',"data":{')
    for number, source in enumerate(sources()):
        if source.name in counts:
            continue
        _still_there(subject.user_id)
        out.write((b"," if counts else b"") + dumps(source.name) + b":[")
        rows = 0
        for row in rows_of(subject, source):
            out.write((b"," if rows else b"") + dumps(row))
            rows += 1
            if rows % TELL_EVERY == 0:
                run.progress(number, len(sources()), f"{source.name}: {rows}")
        out.write(b"]")
        counts[source.name] = rows
        run.checkpoint({"counts": counts})
        run.progress(number + 1, len(sources()))
    manifest = [manifest_entry(source, counts[source.name]) for source in sources()]
    out.write(b'},"manifest":' + dumps(manifest) + b"}")
    _still_there(subject.user_id)


def whole_export(user_id: str) -> dict[str, Any]:
    """All of it at once, for the command line; of somebody who was forgotten, what is still kept."""
    subject = find_subject(user_id)
    data = {source.name: list(rows_of(subject, source)) for source in sources()}
    manifest = [manifest_entry(source, len(data[source.name])) for source in sources()]
    return {"about": about(subject, utc_now()), "data": data, "manifest": manifest}


def sources() -> tuple[Holding | Place, ...]:
    """What an export is made of, in its order."""
    return (*holdings(), *(place for place in places() if place.export))


def rows_of(subject: Subject, source: Holding | Place) -> Iterator[dict[str, Any]]:
    """What is theirs of it, as plain JSON values."""
    if isinstance(source, Place):
        yield from (_plain(row) for row in (source.export or _nothing)(subject))
        return
    for item in source.find(subject):
        shown = source.show(subject, item)
        if shown is not None:
            yield _plain({name: WITHHELD if name in source.secret else value for name, value in shown.items()})


def manifest_entry(source: Holding | Place, rows: int) -> dict[str, Any]:
    retention = retention_of(source)
    return {
        "name": source.name,
        "what": source.what,
        "why": source.why,
        "retention": in_words(retention),
        "whenForgotten": source.erased,
        "rows": rows,
    }


def retention_of(source: Holding | Place) -> str:
    """As it is declared: with the names of settings."""
    return str(source.table.Meta.retention if isinstance(source, Holding) else source.retention)


def in_words(retention: str) -> str:
    """The same for people: a setting as what it is set to."""
    return SETTING.sub(lambda match: _value_of(match[0]), retention).replace(" (TTL)", "")


def _value_of(name: str) -> str:
    stem = name.removesuffix("_DAYS")
    for each in (name, stem, f"{stem}_LIFE"):
        value = getattr(settings, each, None)
        if isinstance(value, int):
            value = timedelta(seconds=value)
        if isinstance(value, timedelta):
            return f"{value.total_seconds() / 86_400:g} days"
    return name


def about(subject: Subject, at: datetime) -> dict[str, Any]:
    return {"form": FORM, "userId": subject.user_id, "at": at}


def _still_there(user_id: str) -> Subject:
    user = User.find(user_id, consistent=True)
    if user is None or user.status is UserStatus.DELETED:
        raise NotFound("The account was deleted meanwhile.")
    return subject_of(user)


def _nothing(_: Subject) -> Iterable[Mapping[str, Any]]:
    return ()


def _plain(value: Any) -> Any:
    """DynamoDB's values as JSON has them."""
    match value:
        case Mapping():
            return {str(name): _plain(member) for name, member in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(member) for member in value]
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case bytes() | bytearray():
            return base64.b64encode(value).decode()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
