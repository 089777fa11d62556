"""What Atlas holds about people: one declaration per table, one for each place that is not a table.

    HOLDINGS = (
        Holding(
            table=Driver,
            what="Name, phone, licence, last location", why="To carry out rides (contract)",
            found_by="GetItem `id` = the user's `profileId`",
            erased="name, phone and licence emptied; the profile stays for the rides it drove",
            find=driver_of, forget=forget_driver,
        ),
    )

An app declares its own in `<app>/privacy.py`; `atlas.wiring` registers them. Export, erasure, its proof and
`docs/privacy.md` all follow from the declaration. A table with `personal = True` and no declaration fails a test.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from accounts.privacy.marks import Kind, Marks
from accounts.rules.roles import Role
from atlas.dynamo.table import Table
from atlas.dynamo.transaction import Transaction, transact

WITHHELD = "(kept secret)"
"""Stands in an export for a password's hash, a token's fingerprint and the like: they are data of the safety."""
_deserializer = TypeDeserializer()


@dataclass(frozen=True, slots=True)
class Subject:
    """The person that it is about."""

    user_id: str
    role: Role
    profile_id: str | None
    marks: Marks

    @property
    def ids(self) -> frozenset[str]:
        """What stands for the person in the rows of others; it says nothing to who does not have the user."""
        return frozenset(id for id in (self.user_id, self.profile_id) if id)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that must be finished before the person can be forgotten; `details` are plain JSON values."""

    code: str
    message: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def named(self) -> list[str]:
        """What it is about, for people."""
        return list(self.details.get("bookings", ()))


@dataclass(frozen=True, slots=True)
class Finding:
    """A trace of a person. `attribute` is a path such as `details.notes`, `value` is masked."""

    place: str
    key: str
    attribute: str
    kind: str
    value: str = ""
    at: datetime | None = None
    """When it came to be there, as far as that is known."""
    elsewhere: bool = False
    """In something of somebody else's: a namesake, a shared number, or the person again since then."""


def everything(_: Subject, item: Table) -> dict[str, Any] | None:
    """The whole row, under its names in DynamoDB."""
    return {name: _deserializer.deserialize(value) for name, value in sorted(item.serialize().items())}


def save(_: Subject, item: Table) -> None:
    """Under the version it was read with."""
    with transact() as tx:
        tx.save(item)


def never(_: Any) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table's rows about a person. Texts are sentences of `docs/privacy.md`.

    Neither `forget` nor `deletes`: it is kept, and `erased` says by what law or for how long.
    """

    table: type[Table]
    what: str
    why: str
    found_by: str
    erased: str
    find: Callable[[Subject], Iterable[Any]]
    """The rows, by a key or an index. An index may lag: what it misses is found by the later looks of an erasure."""
    forget: Callable[[Subject, Any], object] | None = None
    """Empties the person out of a row, in memory; doing it again changes nothing, which is the proof of it."""
    deletes: bool = False
    write: Callable[[Subject, Any], object] = save
    needed: Callable[[Any], bool] = never
    """Whether a row must stay as it is for now (a ride lies ahead): the erasure comes back to it."""
    show: Callable[[Subject, Any], dict[str, Any] | None] = everything
    """What of the row is the person's, for their export; not what is another's. None: nothing."""
    secret: frozenset[str] = frozenset()
    """Attributes whose values an export withholds."""
    passing: bool = False
    """Rows that are gone in a moment: in the file, and not in the direct answer of an export."""
    last: bool = False
    """Forgotten when everything else is: it tells of the forgetting itself."""

    @property
    def name(self) -> str:
        return str(self.table.Meta.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somewhere that is not a table: Redis, mail files, the object store and the archives in it, a provider."""

    name: str
    what: str
    why: str
    retention: str
    found_by: str
    erased: str
    erase: Callable[[Subject], int]
    """Forget the person there; how many things were changed. Again: 0."""
    search: Callable[[Marks], Iterable[Finding]]
    """Look through all of it (the proof; not for requests)."""
    export: Callable[[Subject], Iterable[Mapping[str, Any]]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one app has to say."""

    holdings: tuple[Holding, ...] = ()
    places: tuple[Place, ...] = ()
    known_by: Callable[[Subject], Iterable[tuple[Kind, str]]] | None = None
    """More that the person is known by, beside the user's own e-mail, phone and name."""
    gate: Callable[[Transaction, Subject], Iterable[Obstacle]] | None = None
    """What stands against it now; may add to the transaction what keeps it from changing meanwhile."""


_parts: dict[str, Part] = {}


def declare(app: str, part: Part) -> None:
    """Called by `atlas.wiring` alone; again for the same app replaces."""
    _parts[app] = part


def parts() -> tuple[Part, ...]:
    """In the order of their apps' names."""
    return tuple(part for _, part in sorted(_parts.items()))


def holdings() -> tuple[Holding, ...]:
    """Of every app: in the order in which an erasure works, and resumes."""
    every = (each for part in parts() for each in part.holdings)
    return tuple(sorted(every, key=lambda each: (each.last, each.name)))


def places() -> tuple[Place, ...]:
    return tuple(sorted((each for part in parts() for each in part.places), key=lambda each: each.name))
