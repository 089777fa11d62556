"""How a fact travels upward: an app publishes what happened, `atlas.wiring` says who hears it.

Two ways, by what is at stake:
- `publish(event)`: now, in this process, to those who can bear to miss it (live views);
- `atlas.outbox.add(tx, event)`: written with the state it tells of and redelivered until every handler has confirmed.

Events are frozen dataclasses of plain values. Handlers are idempotent: they may hear a fact twice.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import structlog

E = TypeVar("E")
Handler = Callable[[Any], None]

log = structlog.get_logger(__name__)
_handlers: dict[type, list[Handler]] = defaultdict(list)
_by_name: dict[str, type] = {}


def subscribe(event: type[E], *handlers: Callable[[E], None]) -> None:
    """Called by `atlas.wiring` alone, once per process and event."""
    _handlers[event].extend(handlers)
    _by_name[event.__name__] = event


def handlers(event: type) -> tuple[Handler, ...]:
    return tuple(_handlers[event])


def event_class(name: str) -> type:
    """The event class of a stored name. Raises `KeyError` for one that nobody subscribes to any more."""
    return _by_name[name]


def publish(event: object) -> None:
    """Tell every handler; one that fails is logged and keeps nobody else from hearing."""
    for handler in handlers(type(event)):
        try:
            handler(event)
        except Exception:
            log.exception("handler_failed", event_name=type(event).__name__, handler=handler.__qualname__)
