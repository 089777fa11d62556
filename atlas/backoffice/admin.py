"""What most tables of the back office are: looked at, and changed elsewhere."""

from typing import Any

from django.http import HttpRequest

from atlas.facade.admin.options import FacadeAdmin


class ReadOnlyAdmin(FacadeAdmin):
    """Items come and go by services; whoever may look may look, nobody writes."""

    addable = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
