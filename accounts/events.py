"""What accounts tells the apps above it (atlas.wiring lists who hears it)."""

from dataclasses import dataclass

from accounts.rules.roles import Role


@dataclass(frozen=True, slots=True)
class UserRegistered:
    """Somebody signed up by themselves; an OPERATOR needs a profile, which starts suspended."""

    user_id: str
    role: Role
    name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class UserDeleted:
    """A user was anonymised; what else names the person must go too, bookings stay."""

    user_id: str
    role: Role
    profile_id: str | None
