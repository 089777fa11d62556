"""Who asks: the one shape of a user that services, selectors and permissions of every app take.

`request.user` (the facade `accounts.models.User`, on pages, in the API and on sockets alike) has it, and so has the
item `accounts.tables.User`; so a test or a job may pass either.
"""

from typing import TYPE_CHECKING, Protocol, cast

from accounts.rules.roles import Role, StaffRole, UserStatus
from atlas.errors import Unauthenticated

if TYPE_CHECKING:
    from django.http import HttpRequest
    from rest_framework.request import Request


class CurrentUser(Protocol):
    """A signed-in user."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def role(self) -> Role: ...

    @property
    def staff_role(self) -> StaffRole | None: ...

    @property
    def status(self) -> UserStatus: ...

    @property
    def profile_id(self) -> str | None:
        """The operator or driver profile that they act as."""


def current_user(request: "Request | HttpRequest") -> CurrentUser:
    """The signed-in user of a request, with its type. Raises `Unauthenticated` for a stranger."""
    if not request.user.is_authenticated:
        raise Unauthenticated
    return cast(CurrentUser, request.user)
