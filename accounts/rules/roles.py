"""Who somebody is on the platform (the part they play in one booking is `bookings.rules.lifecycle.Actor`)."""

from enum import StrEnum


class Role(StrEnum):
    """The seed's `UserRole`; one per user."""

    CONCIERGE = "CONCIERGE"
    OPERATOR = "OPERATOR"
    DRIVER = "DRIVER"
    ADMIN = "ADMIN"


class StaffRole(StrEnum):
    """What an ADMIN does at Atlas; `accounts.staff` says what each may. No other role has one."""

    SUPPORT = "SUPPORT"
    FINANCE = "FINANCE"
    OPERATIONS = "OPERATIONS"
    SUPERUSER = "SUPERUSER"


class UserStatus(StrEnum):
    """Only ACTIVE may sign in; DELETED is an anonymised user whose bookings stay."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    DELETED = "DELETED"


SELF_REGISTERED = frozenset({Role.CONCIERGE, Role.OPERATOR})
"""Who may sign up by themselves; drivers are added by their operator, admins by an admin."""
