"""What may happen in a run: how often each deed, and what befalls it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.payments.faults.points import Fate, How

FAULTS = (
    "timeout_before",
    "timeout_after",
    "drop_before",
    "drop_after",
    "drop_late",
    "error_before",
    "error_after",
    "slow",
)
STATUSES = (500, 503, 429, 401)
PASSING = {
    "a moment": 1,
    "minutes": 3,
    "half an hour": 31,
    "hours": 7 * 60,
    "a day": 25 * 60,
    "a week": 7 * 24 * 60 + 5,
}


class Plot(StrEnum):
    """What a run is about: the deeds of the other plots do not happen in it, so that its own come far."""

    RIDES = "rides"
    """Held at once, driven, cancelled, refunded."""
    CARDS = "cards on file"
    """Too far ahead to be held for."""
    PRICES = "final prices"
    """Extras, with consent and without, and tips."""
    DISPUTES = "disputes"
    ACCOUNT = "on account"
    """Invoices and bank transfers."""


PATHS = dict.fromkeys(Plot, ("", "/v2/payments", "/complete", "/cancel", "/refunds")) | {
    Plot.CARDS: ("", "/v2/payments", "/v2/payments", "/v2/cards", "/v2/customers"),
    Plot.ACCOUNT: ("", "/v2/invoices", "/v2/orders", "/publish", "/refunds"),
}


@dataclass(frozen=True)
class Trouble:
    """Something that befalls so many calls to Square, after `skip` others, whose path has `path` in it."""

    kind: str
    count: int
    skip: int
    path: str
    status: int


any_one, few = st.integers(0, 5), st.integers(1, 3)
shares = st.sampled_from([100, 100, 60, 25])
salts = st.integers(0, 2**16)
fates: st.SearchStrategy[Fate | None] = st.none()
"""What a process meets is luck."""
DOOMED = 0.7
"""Processes that meet something, if they get as far as that."""
TROUBLED = 0.2
"""Deeds that bring trouble to the calls that follow."""


def fate_of(luck: Random) -> Fate | None:
    return Fate(luck.choice(list(How)), luck.randrange(8)) if luck.random() < DOOMED else None


def trouble_of(luck: Random, plot: Plot) -> Trouble:
    return Trouble(
        luck.choice(FAULTS), luck.randint(1, 3), luck.randint(0, 1), luck.choice(PATHS[plot]), luck.choice(STATUSES)
    )


DEEDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {}
"""What may happen, by the name of its method -> what it is given."""
WEIGHED: dict[Plot, list[str]] = {plot: [] for plot in Plot}
"""The same, by plot, each as often as its weight."""


def deed(
    weight: int, *plots: Plot, otherwise: int = 0, **given: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Of these plots, `otherwise` of the others; of all where none is named."""

    def note(method: Callable[..., None]) -> Callable[..., None]:
        DEEDS[method.__name__] = st.fixed_dictionaries(given)
        for plot in Plot:
            WEIGHED[plot].extend([method.__name__] * (weight if plot in plots or not plots else otherwise))
        return method

    return note
