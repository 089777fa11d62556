"""Asking for a command: who, to which vehicle, what. It is written down, and sent by a job."""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid4, uuid5

from django.conf import settings

from accounts.users import CurrentUser
from atlas import outbox, rates, trail
from atlas.dynamo.attributes import utc_now
from atlas.dynamo.transaction import transact
from atlas.errors import Conflict, Invalid, TooMany
from atlas.shards import shard_of
from telemetry.commands.granting import grant
from telemetry.commands.tables import Command
from telemetry.events import CommandAsked
from telemetry.rules.commands import COLDEST, WARMEST, CommandName, CommandStatus

KEPT = timedelta(days=90)
OFF = "off"


def send_command(
    *,
    user: CurrentUser,
    pvin: str,
    name: CommandName,
    temperature: float | None = None,
    booking_id: str | None = None,
    key: str | None = None,
) -> Command:
    """Ask for a command. The row that comes back is WAITING; a job sends it. With a `key`, a repeat is the same one.

    For a booking, the climate is set to what its passenger wishes unless a temperature is given.
    Raises `Invalid`, `NotFound`, `Forbidden`, `TooMany`, and `Conflict`: `outside_window`, `commands_off`,
    `key_reused`.
    """
    _check_temperature(name, temperature)
    granted = grant(user, pvin, booking_id)
    if settings.VEHICLE_COMMANDS == OFF:
        raise Conflict("Vehicles cannot be commanded here.", code="commands_off")
    id = str(uuid5(NAMESPACE_URL, f"command:{user.id}:{key}")) if key else str(uuid4())
    now = utc_now()
    origin = trail.work().origin
    command = Command(
        user_id=user.id,
        id=id,
        ts=now,
        pvin=pvin,
        organization_id=granted.organization_id,
        role=granted.role,
        name=name,
        temperature=_wanted(name, temperature, granted.temperature),
        booking_id=booking_id,
        status=CommandStatus.WAITING,
        ip_address=origin.ip_address or None,
        user_agent=origin.user_agent or None,
        due_shard=shard_of(id),
        due_at=now,
        expires_at=(now + KEPT).replace(microsecond=0),
    )
    if key and (earlier := Command.find(user.id, id, consistent=True)) is not None:
        return _same(earlier, command)
    _check_rate(user.id, pvin)
    with transact() as tx:
        tx.create(command, otherwise=Conflict("The same command is being taken.", code="request_in_progress"))
        outbox.add(tx, CommandAsked(user.id, id))
    return command


def _wanted(name: CommandName, temperature: float | None, wish: float | None) -> float | None:
    if name is not CommandName.CLIMATE_ON:
        return None
    return temperature if temperature is not None else wish


def _same(earlier: Command, now: Command) -> Command:
    if (earlier.pvin, earlier.name, earlier.booking_id) != (now.pvin, now.name, now.booking_id):
        raise Conflict("This key was used for another command.", code="key_reused")
    return earlier


def _check_temperature(name: CommandName, temperature: float | None) -> None:
    if temperature is None:
        return
    if name is not CommandName.CLIMATE_ON:
        raise Invalid(fields={"temperature": ["Only the climate has one."]})
    if not COLDEST <= temperature <= WARMEST:
        raise Invalid(fields={"temperature": [f"From {COLDEST:g} to {WARMEST:g} degrees Celsius."]})


def _check_rate(user_id: str, pvin: str) -> None:
    """Of the person and of the vehicle: a horn is for neighbours too."""
    wait = max(rates.count("command-user", user_id), rates.count("command-vehicle", pvin))
    if wait:
        raise TooMany("Too many commands. Wait a little.", retry_after=round(wait) + 1)
