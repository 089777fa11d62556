"""Everything Atlas holds about a person (GDPR, right of access): accounts' own part and what the apps above add.

`atlas.wiring` registers one exporter per app. An exporter gets the user's id and returns plain JSON values; it must
not return what is another person's.
"""

from collections.abc import Callable
from typing import Any

from accounts.selectors import sign_ins
from accounts.tables import User
from accounts.users import CurrentUser

Exporter = Callable[[str], list[Any] | dict[str, Any]]

_exporters: dict[str, Exporter] = {}


def register(name: str, exporter: Exporter) -> None:
    """Add a member `name` to every export. Called by `atlas.wiring` alone; again with the same name replaces."""
    _exporters[name] = exporter


def export(user: CurrentUser) -> dict[str, Any]:
    """All of it under the names of the parts."""
    return {
        "user": _profile(User.fetch(user.id)),
        "signIns": [_sign_in(family) for family in sign_ins(user.id)],
        **{name: exporter(user.id) for name, exporter in sorted(_exporters.items())},
    }


def _profile(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "phone": user.phone,
        "role": user.role,
        "status": user.status,
        "avatar": user.avatar,
        "settings": {"notifications": user.settings.notifications, "darkMode": user.settings.dark_mode},
        "profileId": user.profile_id,
        "createdAt": user.created_at,
        "updatedAt": user.updated_at,
        "lastLogin": user.last_login,
    }


def _sign_in(family: Any) -> dict[str, Any]:
    return {
        "id": family.id,
        "createdAt": family.created_at,
        "userAgent": family.user_agent,
        "ipAddress": family.ip_address,
        "revokedAt": family.revoked_at,
        "expiresAt": family.expires_at,
    }
