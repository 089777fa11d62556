"""Commands in the words of people."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from telemetry.commands.tables import Command
from telemetry.rules.commands import CommandName, CommandStatus

NAMES: dict[CommandName, str | Promise] = {
    CommandName.LOCK: _("Lock"),
    CommandName.UNLOCK: _("Unlock"),
    CommandName.CLIMATE_ON: _("Climate on"),
    CommandName.CLIMATE_OFF: _("Climate off"),
    CommandName.FLASH: _("Flash the lights"),
    CommandName.HONK: _("Honk"),
}
BUTTONS = tuple((str(name), label) for name, label in NAMES.items() if name is not CommandName.CLIMATE_ON)
"""Those that need nothing but a click."""

STATES: dict[CommandStatus, str | Promise] = {
    CommandStatus.WAITING: _("on its way"),
    CommandStatus.SENDING: _("on its way"),
    CommandStatus.DONE: _("done"),
    CommandStatus.REFUSED: _("the vehicle refused"),
    CommandStatus.FAILED: _("not done"),
    CommandStatus.UNKNOWN: _("nobody knows whether it was done"),
}
REASONS: dict[str, str | Promise] = {
    "asleep": _("the vehicle is waking up"),
    "busy": _("the vehicle is busy"),
    "rate_limited": _("too many commands"),
    "unreachable": _("the vehicle is out of reach"),
    "proxy_away": _("the manufacturer is out of reach"),
    "no_account": _("no account is connected"),
    "no_vin": _("its VIN is not known"),
    "superseded": _("a newer command took its place"),
    "too_late": _("it came too late"),
    "vehicle_gone": _("the vehicle left the organization"),
    "user_present": _("somebody sits in it"),
}
ICONS = {
    CommandStatus.DONE: "check-circle",
    CommandStatus.REFUSED: "x-circle",
    CommandStatus.FAILED: "x-circle",
    CommandStatus.UNKNOWN: "exclamation-triangle",
}


class Told(NamedTuple):
    """A command, as a line."""

    command: Command
    name: str | Promise
    state: str | Promise
    reason: str | Promise
    icon: str


def told(command: Command) -> Told:
    """A manufacturer's own reason has no words here; the API tells its code."""
    reason = REASONS.get(command.reason or "", "")
    if command.status is CommandStatus.DONE:
        reason = ""
    icon = ICONS.get(command.status, "clock")
    return Told(command, NAMES[command.name], STATES[command.status], reason, icon)
