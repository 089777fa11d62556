"""A vehicle of the cast's that can be commanded, and what is known of a command."""

from telemetry.commands.services import send_command
from telemetry.commands.tables import Command
from telemetry.devices.services import add_device
from telemetry.rules.commands import CommandName
from telemetry.services import give_vin
from tests.bookings.stage import Cast
from tests.telemetry.numbers import new_vin


def commanded(cast: Cast, vin: str | None = None) -> str:
    """The sedan, with a VIN and a tracker; its pseudoVIN."""
    vin = vin or new_vin()
    give_vin(user=cast.owner, vehicle_id=cast.sedan.id, vin=vin)
    return add_device(user=cast.owner, vin=vin, name="Tracker").device.pvin


def asked(cast: Cast, pvin: str, name: CommandName = CommandName.LOCK, **more: object) -> Command:
    """Through the service; the job has run when this returns, as far as it goes at once."""
    made = send_command(user=cast.owner, pvin=pvin, name=name, **more)  # type: ignore[arg-type]
    return now_of(made)


def now_of(command: Command) -> Command:
    found = Command.find(command.user_id, command.id, consistent=True)
    assert found is not None
    return found
