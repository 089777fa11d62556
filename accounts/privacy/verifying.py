"""The proof that nothing of an erased person is left (`manage.py privacy verify`). Offline: it reads everything.

1. Every declared row of theirs is asked whether forgetting it would still change anything.
2. Every row of every table, as it is stored, is searched for what the person was known by: exactly, and in any text.
3. Every place that is not a table (Redis, mail files, the object store with its archives) likewise.

What is found in a row of somebody else's is no trace of the person: a namesake, an office's shared number, or the
person, who came back. It is listed, and does not fail. An e-mail address in a row from before the erasure always does.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from accounts.privacy.erasing import left_in
from accounts.privacy.marks import UNMISTAKABLE, Kind, masked
from accounts.privacy.registry import Finding, Subject, holdings, places
from accounts.privacy.tables import Erasure
from atlas.dynamo.connection import connection
from atlas.dynamo.registry import tables
from atlas.dynamo.table import Table

DECLARED = "declared"
"""The kind of a finding of step 1."""
PAGE = 200

Wire = dict[str, Any]


def verify(
    subject: Subject,
    *,
    rcu: float = 0,
    tell: Callable[[str, int], None] = lambda _, __: None,
    only: Iterable[type[Table]] | None = None,
) -> Iterator[Finding]:
    """Everything that is found, as it is found. `rcu`: capacity units a second to read with, 0 for no limit.

    `tell` hears of each table with the rows read of it; `only` restricts step 2.
    """
    erasure = Erasure.find(subject.user_id, consistent=True)
    since = erasure.created_at if erasure else None
    yield from left_by_declaration(subject)
    kin = set(subject.ids)
    for table in sorted(only or tables(), key=_bookings_first):
        yield from _walk(table, subject, kin, since, rcu, tell)
    for place in places():
        tell(place.name, 0)
        for finding in place.search(subject.marks):
            yield _judged(finding, related=False, since=since)


def left_by_declaration(subject: Subject) -> Iterator[Finding]:
    """Step 1 alone: by keys and indexes."""
    for holding in holdings():
        for item in holding.find(subject):
            key = "/".join(map(str, item.key))
            for name in left_in(subject, holding, item):
                yield Finding(holding.name, subject.marks.redact(key), name, DECLARED)


def texts_of(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a wire value, names of members included, with where it stands. A number names nobody."""
    for kind, content in value.items():
        match kind:
            case "S":
                yield path, content
            case "SS":
                yield from ((path, each) for each in content)
            case "M":
                for name, member in content.items():
                    yield f"{path}.(name)", name
                    yield from texts_of(member, f"{path}.{name}")
            case "L":
                for index, member in enumerate(content):
                    yield from texts_of(member, f"{path}.{index}")


def _walk(
    table: type[Table],
    subject: Subject,
    kin: set[str],
    since: datetime | None,
    rcu: float,
    tell: Callable[[str, int], None],
) -> Iterator[Finding]:
    name = table.Meta.name
    keys = [key for key in (table._hash_keyname, table._range_keyname) if key]
    attributes = [table.get_attributes()[key].attr_name for key in keys]
    rows = 0
    for page in _pages(table, rcu):
        for row in page:
            texts = [found for attribute, value in row.items() for found in texts_of(value, attribute)]
            related = any(id in text for _, text in texts for id in kin)
            if related and name == "bookings":
                kin.add(row[attributes[0]]["S"])
            for path, text in texts:
                for span in subject.marks.find(text):
                    key = "/".join(subject.marks.redact(str(next(iter(row[each].values())))) for each in attributes)
                    value = masked(text[span.start : span.end])
                    finding = Finding(name, key, path, span.kind, value, _created(row))
                    yield _judged(finding, related=related, since=since)
        rows += len(page)
        tell(name, rows)


def _pages(table: type[Table], rcu: float) -> Iterator[list[Wire]]:
    """All of a table, not faster than asked for."""
    request: Wire = {"TableName": table.Meta.table_name, "Limit": PAGE, "ReturnConsumedCapacity": "TOTAL"}
    client = connection().client
    while True:
        answer = client.scan(**request)
        yield answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
        if rcu:
            time.sleep(float(answer.get("ConsumedCapacity", {}).get("CapacityUnits", 0)) / rcu)


def _judged(finding: Finding, *, related: bool, since: datetime | None) -> Finding:
    """Whether it is a trace of this person, or somebody else's matter."""
    came_later = bool(since and finding.at and finding.at > since)
    mistakable = Kind(finding.kind) not in UNMISTAKABLE
    elsewhere = not related and (came_later or mistakable)
    return Finding(finding.place, finding.key, finding.attribute, finding.kind, finding.value, finding.at, elsewhere)


def _created(row: Wire) -> datetime | None:
    stored = row.get("createdAt", {}).get("S")
    return datetime.fromisoformat(stored) if stored else None


def _bookings_first(table: type[Table]) -> tuple[bool, str]:
    """By them the rows are known that belong to the person's rides."""
    return table.Meta.name != "bookings", table.Meta.name
