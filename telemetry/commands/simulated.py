"""Cars that are not there: what `VEHICLE_COMMANDS=simulated` commands, so that everything works on one machine.

A simulated vehicle does what it is told and says so the way a real one does, as a reading into telemetry. It lives in
the cache, for all processes: `control` puts it to sleep, slows it down and lets it misbehave, in tests and by
`manage.py vehicle` in the demo. Production refuses it (`telemetry.commands.checks`).
"""

import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.core.cache import cache

from atlas.dynamo.attributes import utc_now
from telemetry.commands.order import Order
from telemetry.ingest.pipeline import ingest
from telemetry.rules.commands import Answer, CommandName, Reply
from telemetry.rules.point import milliseconds
from telemetry.tables import Device

KEPT = 24 * 3600
"""Seconds for which a vehicle stays as it is without a command."""


class Mood(StrEnum):
    """How it takes the next commands."""

    WILLING = "willing"
    REFUSES = "refuses"
    BUSY = "busy"
    LOSES_ANSWER = "loses-answer"
    """It does it, and nobody hears."""
    DEAF = "deaf"
    """It does nothing, and nobody hears."""
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Car:
    asleep: bool = False
    stays_asleep: bool = False
    """It does not hear being woken."""
    mood: Mood = Mood.WILLING
    times: int = 0
    """For how many commands the mood lasts; 0: until it is changed."""
    delay: float | None = None
    """Seconds it takes; None: `SIMULATED_VEHICLE_SECONDS`."""
    done: tuple[str, ...] = ()
    """What it did, newest last."""


def car(pvin: str) -> Car:
    kept = cache.get(_key(pvin))
    return Car() if kept is None else Car(**{**kept, "mood": Mood(kept["mood"]), "done": tuple(kept["done"])})


def control(pvin: str, **changes: object) -> Car:
    """Set how the vehicle is, by the names of `Car`."""
    changed = replace(car(pvin), **changes)  # type: ignore[arg-type]
    cache.set(_key(pvin), asdict(changed), KEPT)
    return changed


def send(order: Order) -> Answer:
    """The provider."""
    found = car(order.pvin)
    time.sleep(settings.SIMULATED_VEHICLE_SECONDS if found.delay is None else found.delay)
    if found.asleep:
        if not found.stays_asleep:
            control(order.pvin, asleep=False)
        return Answer(Reply.ASLEEP)
    mood = _mood(order.pvin, found)
    match mood:
        case Mood.REFUSES:
            return Answer(Reply.REFUSED, "could_not_do_it")
        case Mood.BUSY:
            return Answer(Reply.BUSY)
        case Mood.UNREACHABLE:
            return Answer(Reply.UNREACHABLE)
        case Mood.DEAF:
            return Answer(Reply.UNKNOWN, "timeout")
    _do(order)
    return Answer(Reply.UNKNOWN, "timeout") if mood is Mood.LOSES_ANSWER else Answer(Reply.DONE)


def _mood(pvin: str, found: Car) -> Mood:
    if found.times:
        left = found.times - 1
        control(pvin, times=left, mood=found.mood if left else Mood.WILLING)
    return found.mood


def _do(order: Order) -> None:
    """And say it, as a reading."""
    control(order.pvin, done=(*car(order.pvin).done, str(order.name))[-20:])
    said: dict[str, object] = {}
    match order.name:
        case CommandName.LOCK | CommandName.UNLOCK:
            said["locked"] = order.name is CommandName.LOCK
        case CommandName.CLIMATE_ON | CommandName.CLIMATE_OFF:
            said["climateOn"] = order.name is CommandName.CLIMATE_ON
    if order.temperature is not None:
        said["climateSetting"] = order.temperature
    if said:
        now = utc_now()
        ingest(
            device=Device(pvin=order.pvin, organization_id=order.organization_id),
            raws=[{"timestamp": milliseconds(now), **said}],
            now=now,
        )


def _key(pvin: str) -> str:
    return f"simulated-vehicle:{pvin}"
