"""Who may do what, by role. Rights on a single booking, vehicle or organization are their own apps' rules."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.rules.roles import Role
from accounts.users import CurrentUser
from atlas.errors import Forbidden


def require_role(user: CurrentUser | None, *roles: Role) -> None:
    """Raises `Forbidden` unless the user has one of the roles. None, the platform itself, may do everything."""
    if user is not None and user.role not in roles:
        raise Forbidden


class RoleIs(BasePermission):
    """`permission_classes = [RoleIs(Role.CONCIERGE, Role.ADMIN)]`: signed in as one of them."""

    def __init__(self, *roles: Role) -> None:
        self.roles = frozenset(roles)

    def __call__(self) -> "RoleIs":
        return self  # DRF instantiates what it finds in permission_classes

    def has_permission(self, request: Request, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.role in self.roles)
