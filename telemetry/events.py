"""What telemetry tells upward."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandAsked:
    """A command waits to be sent."""

    user_id: str
    command_id: str
