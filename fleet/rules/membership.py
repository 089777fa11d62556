"""What the members of an organization may do, by role: the one table of it.

A driver and a viewer are told of the vehicles that are assigned to them, and of no others.
"""

from collections.abc import Mapping
from enum import StrEnum


class MemberRole(StrEnum):
    """The seed's roles. An organization has exactly one owner; ownership is handed over, never given away twice."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    DRIVER = "driver"
    VIEWER = "viewer"


class Right(StrEnum):
    SEE_ORGANIZATION = "see_organization"
    CHANGE_SETTINGS = "change_settings"
    SEE_MEMBERS = "see_members"
    CHANGE_MEMBERS = "change_members"
    TRANSFER = "transfer"
    SEE_ASSIGNED = "see_assigned"
    SEE_FLEET = "see_fleet"
    CHANGE_ASSIGNMENTS = "change_assignments"
    MANAGE_DEVICES = "manage_devices"
    HAND_OVER = "hand_over"
    COMMAND_FLEET = "command_fleet"
    COMMAND_ASSIGNED = "command_assigned"
    UPLOAD_CLIPS = "upload_clips"
    SEE_REPORTS = "see_reports"
    SEE_GEOFENCES = "see_geofences"
    CHANGE_GEOFENCES = "change_geofences"
    SEE_ALERTS = "see_alerts"
    ACKNOWLEDGE_ALERTS = "acknowledge_alerts"
    CHANGE_ALERTS = "change_alerts"


TABLE = """
                    owner  admin  manager  driver  viewer
see_organization      x      x       x       x       x
change_settings       x      x       .       .       .
see_members           x      x       x       .       .
change_members        x      x       .       .       .
transfer              x      .       .       .       .
see_assigned          x      x       x       x       x
see_fleet             x      x       x       .       .
change_assignments    x      x       .       .       .
manage_devices        x      x       x       .       .
hand_over             x      x       .       .       .
command_fleet         x      x       x       .       .
command_assigned      x      x       x       x       .
upload_clips          x      x       x       x       .
see_reports           x      x       x       .       .
see_geofences         x      x       x       .       .
change_geofences      x      x       .       .       .
see_alerts            x      x       x       .       .
acknowledge_alerts    x      x       x       .       .
change_alerts         x      x       .       .       .
"""

INVITABLE = tuple(role for role in MemberRole if role is not MemberRole.OWNER)
"""What somebody may be invited as, or made: everything but the owner."""
ACTS_FOR_COMPANY = frozenset({MemberRole.OWNER, MemberRole.ADMIN, MemberRole.MANAGER})
"""Who runs the organization's company in the marketplace too."""


def read_table(text: str) -> dict[Right, frozenset[MemberRole]]:
    """Right -> the roles with an `x`."""
    head, *lines = text.strip().splitlines()
    columns = [MemberRole(name) for name in head.split()]
    rights = {}
    for line in lines:
        name, *marks = line.split()
        if len(marks) != len(columns) or set(marks) - {"x", "."}:
            raise ValueError(f"Not a row of rights: {line!r}")
        rights[Right(name)] = frozenset(role for role, mark in zip(columns, marks, strict=True) if mark == "x")
    return rights


RIGHTS: Mapping[Right, frozenset[MemberRole]] = read_table(TABLE)


def may(role: str, right: Right) -> bool:
    return role in RIGHTS[right]
