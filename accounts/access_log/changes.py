"""What a transaction changes, told in the same transaction (`atlas.trail.leave`). Before and after, secrets masked."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from accounts.access_log.deeds import Deed
from accounts.access_log.writing import add
from accounts.tables import TokenFamily, User
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Transaction
from atlas.trail import Change, Trail, Wire

MASK = "***"
SECRET = re.compile(
    r"password|passphrase|secret|token|hash|recovery|sourceId|credential(?!sEpoch)|^key$|Key$", re.IGNORECASE
)
"""Attributes of this name are masked wherever they stand, whatever their table says."""
STAMPS = frozenset({"schemaVersion", "createdAt", "updatedAt", "version"})
FREE_TEXT = frozenset({"reason", "note", "notes"})
"""What people type may name anybody, wherever it stands."""
LONGEST_VALUE = 400
"""Characters of one value that are kept."""
MOST_VALUES = 60
"""Changed values of one item that are told one by one."""

deserialize = TypeDeserializer().deserialize


def keep(tx: Transaction, changes: Sequence[Change]) -> None:
    """One entry per item that is made, changed or removed. An item whose passing attributes alone change has none.

    A new item needs no values: they are in the item, and every later change tells the one before.
    """
    for change in changes:
        subject_id = change.item.Meta.trail.about(change.item)
        if session := _session_deed(change):
            add(tx, session, object=f"users:{subject_id}", subject_id=subject_id, actor=_themselves(change, session))
        if isinstance(change.item, TokenFamily):
            continue
        told: dict[str, Any] = {"object": name_of(change.item), "subject_id": subject_id}
        if change.before is None:
            add(tx, Deed.CREATED, **told)
            continue
        plain, personal = differences(change.item.Meta.trail, change.before, change.after or {})
        if change.after is None:
            add(tx, Deed.DELETED, **told, change=plain, personal=personal)
        elif plain or personal:
            add(tx, Deed.CHANGED, **told, change=plain, personal=personal)


def _session_deed(change: Change) -> Deed | None:
    """Every way of signing in writes the user's `lastLogin`; a client's sign-out ends its family of tokens."""
    before, after = change.before or {}, change.after or {}
    if isinstance(change.item, User) and "lastLogin" in after and before.get("lastLogin") != after["lastLogin"]:
        return Deed.SIGN_IN if change.before is not None else None
    if isinstance(change.item, TokenFamily) and "revokedAt" in after and "revokedAt" not in before:
        return Deed.SIGN_OUT
    return None


def _themselves(change: Change, deed: Deed) -> User | None:
    """Who signs in is nobody yet to the request."""
    return change.item if deed is Deed.SIGN_IN and isinstance(change.item, User) else None


def name_of(item: Table) -> str:
    """`bookings:<id>`; the parts of a composite key with a slash between them."""
    return f"{item.Meta.name}:{'/'.join(map(str, item.key))}"


def differences(trail: Trail, before: Wire, after: Wire) -> tuple[dict[str, Any], dict[str, Any]]:
    """`{"details.passengerName": [before, after]}`, of plain values and of personal ones."""
    plain: dict[str, Any] = {}
    personal: dict[str, Any] = {}
    for name in sorted({*before, *after} - STAMPS - trail.passing):
        old, new = _value(before, name), _value(after, name)
        for path, pair in _pairs(name, old, new):
            if len(plain) + len(personal) == MOST_VALUES:
                return plain, personal
            if name in trail.secret or any(SECRET.search(step) for step in path.split(".")):
                plain[path] = [MASK if value is not None else None for value in pair]
            else:
                stays = name in trail.plain and path.rpartition(".")[2] not in FREE_TEXT
                (plain if stays else personal)[path] = [_short(value) for value in pair]
    return plain, personal


def _pairs(path: str, old: Any, new: Any) -> Iterator[tuple[str, tuple[Any, Any]]]:
    """Documents and lists member by member: what did not change is not told, and a nested secret is seen."""
    if old == new:
        return
    if isinstance(old, list) or isinstance(new, list):
        old, new = (dict(enumerate(value)) if isinstance(value, list) else value for value in (old, new))
    if isinstance(old, dict) or isinstance(new, dict):
        old, new = (value if isinstance(value, dict) else {} for value in (old, new))
        for member in sorted({*old, *new}, key=str):
            yield from _pairs(f"{path}.{member}", old.get(member), new.get(member))
        return
    yield path, (old, new)


def _value(wire: Wire, name: str) -> Any:
    return deserialize(dict(wire[name])) if name in wire else None


def _short(value: Any) -> Any:
    """As JSON has it: numbers as numbers where they are whole, sets and binaries as text."""
    if value is None or isinstance(value, bool):
        return value
    try:
        if value == int(value) and not isinstance(value, str):
            return int(value)
    except (TypeError, ValueError):
        pass
    return str(value)[:LONGEST_VALUE]
