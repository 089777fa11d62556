"""Whose doing something is, and what every change leaves behind.

`Work` is the context of a request, socket, job or command: who asked, from where, why. Middleware, the socket base
class and the job runner set it (`within`), so services need not pass a request on. A table whose `Meta` has a `Trail`
has its changes told: `Transaction.commit` hands them, with what was there before, to the keeper (the access log,
plugged in by `atlas.wiring`), which adds its entries to the same transaction.

    with trail.because("Ticket 4711"):
        services.suspend_user(actor=admin, user_id=...)
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atlas.origin import Origin

if TYPE_CHECKING:
    from atlas.dynamo.table import Table
    from atlas.dynamo.transaction import Transaction

SYSTEM, ANONYMOUS = "SYSTEM", "ANONYMOUS"
"""Roles of those who are no user: Atlas itself, and who has not signed in."""

NOWHERE = Origin()
Wire = Mapping[str, Mapping[str, Any]]
"""An item as DynamoDB has it: `{"name": {"S": "Ada"}}`."""


@dataclass(frozen=True, slots=True)
class Trail:
    """How the changes of a table are told. Names are those of DynamoDB; values are personal unless they are `plain`."""

    about: Callable[[Any], str | None]
    """The user whose data an item is."""
    plain: frozenset[str] = frozenset()
    """Attributes whose values say nothing of a person: they stay when the person is forgotten."""
    passing: frozenset[str] = frozenset()
    """Attributes that are not told: counters, index keys, where a car is this minute."""
    secret: frozenset[str] = frozenset()
    """Attributes whose values are never told, beside those whose name says so."""


@dataclass(frozen=True, slots=True)
class Doer:
    """Who did something; `id` is None for the platform and for strangers."""

    id: str | None
    role: str


@dataclass(frozen=True, slots=True)
class Change:
    """One item of a transaction: `before` is None for a new one, `after` for one that goes."""

    item: "Table"
    before: Wire | None
    after: Wire | None


def nobody() -> Any:
    """The user of work that nobody asked for."""
    return None


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work."""

    via: str
    """`PATCH /api/v1/me`, `job payments.tasks.settle_due`, `socket /ws/inbox/`, `manage.py seed_demo`."""
    origin: Origin = NOWHERE
    request_id: str = ""
    user: Callable[[], Any] = nobody
    """Asked late: a request knows its user only after authentication."""
    otherwise: str = SYSTEM
    """The role of the doer when there is no user."""
    reason: str = ""
    discreet: bool = False
    """Somebody is being forgotten: which attributes change is told, and not what they held."""

    @property
    def doer(self) -> Doer:
        user = self.user()
        if user is None or not getattr(user, "is_authenticated", True):
            return Doer(None, self.otherwise)
        return Doer(str(user.id), str(user.role))


Keeper = Callable[["Transaction", Sequence[Change]], None]

_work: ContextVar[Work | None] = ContextVar("work", default=None)
_keepers: list[Keeper] = []


def work() -> Work:
    """What is being done; outside of everything that says so it is this process's own command."""
    return _work.get() or Work(" ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])[:100])


def begin(work: Work) -> None:
    """From here on, for as long as this context lives (a socket)."""
    _work.set(work)


@contextmanager
def within(work: Work) -> Iterator[None]:
    token = _work.set(work)
    try:
        yield
    finally:
        _work.reset(token)


@contextmanager
def because(reason: str) -> Iterator[None]:
    """State why, where a reason is asked for."""
    with within(replace(work(), reason=reason)):
        yield


@contextmanager
def discreetly() -> Iterator[None]:
    """Tell of changes without the personal values of before and after: they are what is being forgotten."""
    with within(replace(work(), discreet=True)):
        yield


@contextmanager
def acting(user: Any) -> Iterator[None]:
    """As this user, where the context does not know them: a job that somebody started, a sign-in."""
    with within(replace(work(), user=lambda: user)):
        yield


def keep(keeper: Keeper | None) -> None:
    """Plug in who is told of changes. Called by `atlas.wiring` alone."""
    _keepers[:] = [keeper] if keeper else []


def leave(tx: "Transaction", changes: Sequence[Change]) -> None:
    """Tell the keeper what `tx` is about to change; it may add to `tx`."""
    for keeper in _keepers if changes else ():
        keeper(tx, changes)
