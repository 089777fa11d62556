"""What telemetry does about facts (`atlas.wiring`)."""

from telemetry.commands import sending
from telemetry.events import CommandAsked


def send_command(event: CommandAsked) -> None:
    """In the job that delivers the outbox; what it leaves open the due index has."""
    sending.send(event.user_id, event.command_id)
