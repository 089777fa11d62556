"""Which function does which job. A name is kept in rows, so it outlives the function it was given."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from atlas.jobs.run import Run

Handler = Callable[["Run"], None]

_handlers: dict[str, Handler] = {}


class UnknownJob(LookupError):
    """No function does this job: a mistake, or the code of another version."""


def job(name: str) -> Callable[[Handler], Handler]:
    """Register a function as the job `name` (`privacy.export`). It may be run again from its last checkpoint."""

    def register(handler: Handler) -> Handler:
        known = _handlers.setdefault(name, handler)
        if (known.__module__, known.__qualname__) != (handler.__module__, handler.__qualname__):
            raise ValueError(f"Two functions want to be the job {name}.")
        return handler

    return register


def handler(name: str) -> Handler:
    """Raises `UnknownJob`."""
    try:
        return _handlers[name]
    except KeyError:
        raise UnknownJob(f"This Atlas knows no job called {name}.") from None


def names() -> list[str]:
    return sorted(_handlers)
