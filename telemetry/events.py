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


@dataclass(frozen=True, slots=True)
class ClipUploaded:
    """A dashcam's clip is in the store, and waits to be processed."""

    clip_id: str


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """A report waits to be made."""

    report_id: str


@dataclass(frozen=True, slots=True)
class ReportMade:
    """A report is stored, and is wanted by e-mail."""

    report_id: str
