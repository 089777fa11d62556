"""What telemetry tells upward."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CommandAsked:
    """A command waits to be sent."""

    user_id: str
    command_id: str


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """An alert is new (level 0), or nobody acknowledged it in time."""

    alert_id: str
    level: int
