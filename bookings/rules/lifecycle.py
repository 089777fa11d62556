"""The life of a booking: one table of transitions, and the questions everybody asks of it.

Templates, API, admin and services ask here which actions are open; nobody compares statuses by hand.
`docs/lifecycle.md` is this table in prose.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from atlas.errors import Conflict, Forbidden, Invalid


class BookingStatus(StrEnum):
    """In the order of a booking that goes well, then the two ways out."""

    NEW = "NEW"
    SOURCING = "SOURCING"
    QUOTING = "QUOTING"
    OPERATOR_ASSIGNED = "OPERATOR_ASSIGNED"
    DRIVER_ASSIGNED = "DRIVER_ASSIGNED"
    DRIVER_EN_ROUTE = "DRIVER_EN_ROUTE"
    ARRIVED = "ARRIVED"
    PASSENGER_ONBOARD = "PASSENGER_ONBOARD"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    PAID = "PAID"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


class Action(StrEnum):
    """What somebody does to a booking; the word that its history row bears."""

    PUBLISH = "publish"
    QUOTE = "quote"
    ACCEPT = "accept"
    ASSIGN = "assign"
    REASSIGN = "reassign"
    EN_ROUTE = "en_route"
    ARRIVE = "arrive"
    BOARD = "board"
    START = "start"
    COMPLETE = "complete"
    SETTLE = "settle"
    ANNOUNCE_PRICE = "announce_price"
    STATE_PRICE = "state_price"
    APPROVE_EXTRAS = "approve_extras"
    REFUSE_EXTRAS = "refuse_extras"
    TIP = "tip"
    CANCEL = "cancel"
    EXPIRE = "expire"


class Actor(StrEnum):
    """The part somebody plays in *this* booking, which is narrower than their role on the platform.

    CONCIERGE is the one who requested it, OPERATOR the assigned one (for `quote`, any active operator),
    DRIVER its driver. SYSTEM is a deadline or the settlement of a payment.
    """

    CONCIERGE = "CONCIERGE"
    OPERATOR = "OPERATOR"
    DRIVER = "DRIVER"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Transition:
    target: BookingStatus
    actors: frozenset[Actor]


_S = BookingStatus
_A = Action

INITIAL = BookingStatus.NEW

OPEN = frozenset({_S.SOURCING, _S.QUOTING})
"""Operators may quote."""
UPCOMING = frozenset({_S.OPERATOR_ASSIGNED, _S.DRIVER_ASSIGNED})
"""Sold, and nobody has set out yet."""
LIVE = frozenset({_S.DRIVER_EN_ROUTE, _S.ARRIVED, _S.PASSENGER_ONBOARD, _S.IN_PROGRESS})
"""The driver is at work and can be watched."""
ON_BOARD = frozenset({_S.PASSENGER_ONBOARD, _S.IN_PROGRESS})
"""The car goes where the passenger goes."""
JOBS = frozenset({_S.DRIVER_ASSIGNED}) | LIVE
"""What a driver has before them; the driver's and the vehicle's time is committed."""
SERVED = frozenset({_S.COMPLETED, _S.PAID})
"""The ride took place."""


_PARTIES = (Actor.CONCIERGE, Actor.OPERATOR, Actor.ADMIN)
_DISPATCHERS = (Actor.OPERATOR, Actor.ADMIN)
_ON_THE_ROAD = (Actor.DRIVER, Actor.ADMIN)
_PARTIES_OR_DEADLINE = (*_PARTIES, Actor.SYSTEM)
_DEADLINE = (Actor.SYSTEM, Actor.ADMIN)


def _to(target: BookingStatus, *actors: Actor) -> Transition:
    return Transition(target, frozenset(actors))


TRANSITIONS: Mapping[tuple[BookingStatus, Action], Transition] = MappingProxyType(
    {
        (_S.NEW, _A.PUBLISH): _to(_S.SOURCING, Actor.CONCIERGE, Actor.ADMIN, Actor.SYSTEM),
        (_S.SOURCING, _A.QUOTE): _to(_S.QUOTING, Actor.OPERATOR),
        (_S.QUOTING, _A.QUOTE): _to(_S.QUOTING, Actor.OPERATOR),
        (_S.QUOTING, _A.ACCEPT): _to(_S.OPERATOR_ASSIGNED, Actor.CONCIERGE),
        (_S.OPERATOR_ASSIGNED, _A.ASSIGN): _to(_S.DRIVER_ASSIGNED, *_DISPATCHERS),
        (_S.DRIVER_ASSIGNED, _A.REASSIGN): _to(_S.DRIVER_ASSIGNED, *_DISPATCHERS),
        (_S.DRIVER_ASSIGNED, _A.EN_ROUTE): _to(_S.DRIVER_EN_ROUTE, *_ON_THE_ROAD),
        (_S.DRIVER_EN_ROUTE, _A.ARRIVE): _to(_S.ARRIVED, *_ON_THE_ROAD),
        (_S.ARRIVED, _A.BOARD): _to(_S.PASSENGER_ONBOARD, *_ON_THE_ROAD),
        (_S.PASSENGER_ONBOARD, _A.START): _to(_S.IN_PROGRESS, *_ON_THE_ROAD),
        (_S.IN_PROGRESS, _A.COMPLETE): _to(_S.COMPLETED, *_ON_THE_ROAD),
        (_S.COMPLETED, _A.SETTLE): _to(_S.PAID, Actor.SYSTEM),
        (_S.DRIVER_EN_ROUTE, _A.ANNOUNCE_PRICE): _to(_S.DRIVER_EN_ROUTE, Actor.OPERATOR),
        (_S.ARRIVED, _A.ANNOUNCE_PRICE): _to(_S.ARRIVED, Actor.OPERATOR),
        (_S.PASSENGER_ONBOARD, _A.ANNOUNCE_PRICE): _to(_S.PASSENGER_ONBOARD, Actor.OPERATOR),
        (_S.IN_PROGRESS, _A.ANNOUNCE_PRICE): _to(_S.IN_PROGRESS, Actor.OPERATOR),
        (_S.COMPLETED, _A.STATE_PRICE): _to(_S.COMPLETED, Actor.OPERATOR),
        (_S.PAID, _A.STATE_PRICE): _to(_S.PAID, Actor.OPERATOR),
        (_S.COMPLETED, _A.APPROVE_EXTRAS): _to(_S.COMPLETED, Actor.CONCIERGE),
        (_S.PAID, _A.APPROVE_EXTRAS): _to(_S.PAID, Actor.CONCIERGE),
        (_S.COMPLETED, _A.REFUSE_EXTRAS): _to(_S.COMPLETED, Actor.CONCIERGE, Actor.SYSTEM),
        (_S.PAID, _A.REFUSE_EXTRAS): _to(_S.PAID, Actor.CONCIERGE, Actor.SYSTEM),
        (_S.COMPLETED, _A.TIP): _to(_S.COMPLETED, Actor.CONCIERGE),
        (_S.PAID, _A.TIP): _to(_S.PAID, Actor.CONCIERGE),
        (_S.NEW, _A.CANCEL): _to(_S.CANCELLED, Actor.CONCIERGE, Actor.ADMIN),
        (_S.SOURCING, _A.CANCEL): _to(_S.CANCELLED, Actor.CONCIERGE, Actor.ADMIN),
        (_S.QUOTING, _A.CANCEL): _to(_S.CANCELLED, Actor.CONCIERGE, Actor.ADMIN),
        (_S.OPERATOR_ASSIGNED, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES_OR_DEADLINE),
        (_S.DRIVER_ASSIGNED, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES_OR_DEADLINE),
        (_S.DRIVER_EN_ROUTE, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES),
        (_S.ARRIVED, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES),
        (_S.PASSENGER_ONBOARD, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES),
        (_S.IN_PROGRESS, _A.CANCEL): _to(_S.CANCELLED, *_PARTIES),
        (_S.COMPLETED, _A.CANCEL): _to(_S.CANCELLED, Actor.ADMIN),
        (_S.PAID, _A.CANCEL): _to(_S.CANCELLED, Actor.ADMIN),
        (_S.NEW, _A.EXPIRE): _to(_S.EXPIRED, *_DEADLINE),
        (_S.SOURCING, _A.EXPIRE): _to(_S.EXPIRED, *_DEADLINE),
        (_S.QUOTING, _A.EXPIRE): _to(_S.EXPIRED, *_DEADLINE),
    }
)

FINAL = frozenset(_S) - {status for status, _ in TRANSITIONS}
"""Nothing leads out."""
EXPIRABLE = frozenset(status for status, action in TRANSITIONS if action is _A.EXPIRE)
"""Waiting for an operator; over at the request's deadline."""
CLOSED = SERVED | FINAL
"""Nobody has to be anywhere any more."""

_FOR_STATUS = {
    _S.DRIVER_EN_ROUTE: _A.EN_ROUTE,
    _S.ARRIVED: _A.ARRIVE,
    _S.PASSENGER_ONBOARD: _A.BOARD,
    _S.IN_PROGRESS: _A.START,
    _S.COMPLETED: _A.COMPLETE,
}
REPORTED = frozenset(_FOR_STATUS.values())
"""What a driver says on the road."""


def transition(status: BookingStatus, action: Action, actor: Actor) -> BookingStatus:
    """The status that `action` by `actor` leads to.

    Raises `Forbidden` when this part never may do it, in whatever state; `Conflict` (`wrong_state`, with
    the status as it is and what is open to the actor) when it may, but not now: that is how a lost race
    looks.
    """
    row = TRANSITIONS.get((status, action))
    if row is not None and actor in row.actors:
        return row.target
    if not any(_may(somewhere, action, actor) for somewhere in BookingStatus):
        raise Forbidden(f"As {actor} of this booking you may not {_words(action)} it.")
    actions = [str(open_action) for open_action in open_actions(status, actor)]
    raise Conflict(
        f"The booking is {status}; you cannot {_words(action)} it now.",
        code="wrong_state",
        details={"status": str(status), "actions": actions},
    )


def open_actions(status: BookingStatus, actor: Actor) -> tuple[Action, ...]:
    """What `actor` may do now, in the order of the lifecycle."""
    return tuple(action for action in Action if _may(status, action, actor))


def action_for_status(target: BookingStatus) -> Action:
    """The action that a driver's "it is now `target`" means.

    Raises `Invalid` for a status that is not reported by a driver but follows from another deed (a quote, an
    assignment, a cancellation, a payment).
    """
    action = _FOR_STATUS.get(target)
    if action is None:
        reported = ", ".join(_FOR_STATUS)
        raise Invalid(
            f"{target} cannot be set here; it follows from another action.",
            fields={"status": [f"Give one of {reported}."]},
        )
    return action


def _may(status: BookingStatus, action: Action, actor: Actor) -> bool:
    row = TRANSITIONS.get((status, action))
    return row is not None and actor in row.actors


def _words(action: Action) -> str:
    return {
        _A.EN_ROUTE: "set out for",
        _A.ARRIVE: "arrive at",
        _A.BOARD: "board",
        _A.ANNOUNCE_PRICE: "announce another price for",
        _A.STATE_PRICE: "state the final price of",
        _A.APPROVE_EXTRAS: "approve extras of",
        _A.REFUSE_EXTRAS: "refuse extras of",
        _A.TIP: "tip for",
    }.get(action, str(action))
