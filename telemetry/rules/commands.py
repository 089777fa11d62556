"""Commands to a vehicle: which there are, and what becomes of one after each answer. Pure.

    WAITING -> SENDING -> DONE       the vehicle did it
                       -> REFUSED    the vehicle, or its manufacturer, said no, and why
                       -> WAITING    asleep, busy, out of reach: again, while it is still wanted
                       -> FAILED     it was surely not done, and is not tried again
                       -> UNKNOWN    it may have been done: nobody heard

What may have been done is done again only where twice is the same as once. A horn is not.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple


class CommandName(StrEnum):
    LOCK = "lock"
    UNLOCK = "unlock"
    CLIMATE_ON = "climate_on"
    CLIMATE_OFF = "climate_off"
    FLASH = "flash"
    HONK = "honk"


class CommandStatus(StrEnum):
    WAITING = "WAITING"
    SENDING = "SENDING"
    DONE = "DONE"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"

    @property
    def is_over(self) -> bool:
        return self not in (CommandStatus.WAITING, CommandStatus.SENDING)


class Reply(StrEnum):
    """What came of handing a command to the manufacturer."""

    DONE = "done"
    REFUSED = "refused"
    ASLEEP = "asleep"
    """It was told to wake up."""
    BUSY = "busy"
    """Too many commands: not taken."""
    UNREACHABLE = "unreachable"
    """It surely did not get there."""
    DENIED = "denied"
    """We may not command this vehicle: no account, no key."""
    UNKNOWN = "unknown"
    """It may have got there; no answer says."""


class Answer(NamedTuple):
    reply: Reply
    reason: str = ""
    """The manufacturer's word for it; never with a VIN."""
    again_after: timedelta | None = None
    """How long it asked us to wait."""


class Next(NamedTuple):
    status: CommandStatus
    reason: str = ""
    due_at: datetime | None = None
    """When to try again; None: it is over."""


WANTED_FOR = timedelta(minutes=2)
"""After that nobody stands at the car any more: a door that opens late is worse than one that stays shut."""
PAUSES = {
    Reply.ASLEEP: timedelta(seconds=6),
    Reply.BUSY: timedelta(seconds=10),
    Reply.UNREACHABLE: timedelta(seconds=5),
    Reply.UNKNOWN: timedelta(seconds=3),
}
REPEATABLE = frozenset({CommandName.LOCK, CommandName.UNLOCK, CommandName.CLIMATE_ON, CommandName.CLIMATE_OFF})
"""Twice is the same as once."""
SAME_THING = (
    frozenset({CommandName.LOCK, CommandName.UNLOCK}),
    frozenset({CommandName.CLIMATE_ON, CommandName.CLIMATE_OFF}),
)
"""Of these the newest holds: what came before it must not be done after it."""
COLDEST, WARMEST = 15.0, 28.0
"""Celsius, what a car's climate control takes."""

LATE, SUPERSEDED, GONE = "too_late", "superseded", "vehicle_gone"


def after(answer: Answer, *, name: CommandName, asked_at: datetime, now: datetime) -> Next:
    """What a command becomes by this answer. Defined for every reply, and never a third way for the same one."""
    match answer.reply:
        case Reply.DONE:
            return Next(CommandStatus.DONE)
        case Reply.REFUSED:
            return Next(CommandStatus.REFUSED, answer.reason or "refused")
        case Reply.DENIED:
            return Next(CommandStatus.FAILED, answer.reason or "denied")
    pause = max(PAUSES[answer.reply], answer.again_after or timedelta())
    reason = answer.reason or str(answer.reply)
    again = now + pause
    in_time = again < asked_at + WANTED_FOR
    if answer.reply is Reply.UNKNOWN:
        if in_time and name in REPEATABLE:
            return Next(CommandStatus.WAITING, reason, again)
        return Next(CommandStatus.UNKNOWN, reason)
    return Next(CommandStatus.WAITING, reason, again) if in_time else Next(CommandStatus.FAILED, reason)


def is_too_late(asked_at: datetime, now: datetime) -> bool:
    return now >= asked_at + WANTED_FOR


def supersedes(newer: CommandName, older: CommandName) -> bool:
    return any(newer in group and older in group for group in SAME_THING)


def seen_done(name: CommandName, *, locked: bool | None, climate_on: bool | None) -> bool:
    """Whether a vehicle that says this of itself has done it; what leaves no trace never is."""
    match name:
        case CommandName.LOCK:
            return locked is True
        case CommandName.UNLOCK:
            return locked is False
        case CommandName.CLIMATE_ON:
            return climate_on is True
        case CommandName.CLIMATE_OFF:
            return climate_on is False
    return False
