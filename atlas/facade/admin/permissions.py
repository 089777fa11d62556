"""Who may do what: the user's `has_perm(perm, obj)` is asked, and nothing else."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin.options import BaseModelAdmin
from django.contrib.auth import get_permission_codename
from django.db.models import Model
from django.http import HttpRequest

if TYPE_CHECKING:
    Base = BaseModelAdmin[Any]
else:
    Base = object


class AsksTheUser(Base):
    """Mixed into admins and inlines, before Django's own class."""

    addable: ClassVar[bool] = True
    """False: nobody adds items here, whatever their rights (they come from services)."""
    deletable: ClassVar[bool] = False
    """True: who has the right may delete. Most items end by a service, or by their TTL."""

    def permission(self, verb: str) -> str:
        """`view` -> `bookings.view_booking`."""
        return f"{self.opts.app_label}.{get_permission_codename(verb, self.opts)}"

    def may(self, request: HttpRequest, verb: str, obj: Model | None = None) -> bool:
        user: Any = request.user
        return bool(user.has_perm(self.permission(verb), obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Who may change may look."""
        return self.may(request, "view", obj) or self.may(request, "change", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "change", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.addable and self.may(request, "add")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.deletable and self.may(request, "delete", obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """A table stands in the navigation for those who may see it."""
        return self.has_view_permission(request) or self.has_add_permission(request)
